// Drafts keep themselves. What is typed is saved at the server while there is a line, and, encrypted with a key
// that only the signed-in person's session gives, in this browser, so that neither a dead line, a closed tab nor
// an ended session loses a word. A form takes part by data-draft="<place>|<for>".
(() => {
  const SAVE_AFTER_MS = 600;
  const FIELDS = ["body", "subject", "recipient", "category"];
  const bound = new WeakSet();
  const typed = new Map(); // newest words by draft, in memory: a page drawn anew has them at once
  let deviceKey = null;
  let owner = ""; // whose key it is, as a digest: people who share a device do not write over each other

  const address = (path, place, acting) => {
    const query = new URLSearchParams({ sted: place });
    if (acting) query.set("for", acting);
    return `${path}?${query}`;
  };
  const local = {
    name: (form) => `dh-draft:${owner}:${form.dataset.draft}`,
    // Whether it could be kept.
    async save(form, draft) {
      const key = await keyOf(form);
      if (!key) return false;
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const text = new TextEncoder().encode(JSON.stringify(draft));
      const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text));
      try {
        localStorage.setItem(local.name(form), base64([...iv, ...sealed]));
      } catch {
        return false; // the browser is full, or keeps nothing
      }
      return true;
    },
    async read(form) {
      const key = await keyOf(form); // also so that it is there when the line is not
      const kept = key && localStorage.getItem(local.name(form));
      if (!kept) return null;
      try {
        const bytes = Uint8Array.from(atob(kept), (c) => c.charCodeAt(0));
        const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, 12) }, key, bytes.slice(12));
        return JSON.parse(new TextDecoder().decode(plain));
      } catch {
        return null; // not ours to read
      }
    },
    async forget(form) {
      if (await local.read(form)) localStorage.removeItem(local.name(form));
    },
  };
  const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

  async function keyOf(form) {
    if (deviceKey || !crypto.subtle) return deviceKey;
    const [, acting] = form.dataset.draft.split("|");
    try {
      const answer = await fetch(address("/utkast/nokkel", "new", acting));
      if (!answer.ok) return null;
      const raw = Uint8Array.from(atob((await answer.json()).key), (c) => c.charCodeAt(0));
      owner = base64(new Uint8Array(await crypto.subtle.digest("SHA-256", raw)).slice(0, 9));
      deviceKey = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
    } catch {
      return null;
    }
    return deviceKey;
  }

  const field = (form, name) => {
    const found = form.elements.namedItem(name);
    return found instanceof RadioNodeList ? found.value : (found?.value ?? "");
  };
  function written(form) {
    const key = form.elements.namedItem("key");
    if (key && (!key.value || key.value === form.dataset.sentKey)) key.value = crypto.randomUUID();
    const draft = Object.fromEntries(FIELDS.map((name) => [name, field(form, name)]));
    return { ...draft, key: key?.value ?? "", at: Date.now() };
  }

  async function saveAtServer(form, draft, keepalive) {
    const [place, acting] = form.dataset.draft.split("|");
    try {
      const answer = await fetch(address("/utkast", place, acting), {
        method: "PUT", keepalive, body: JSON.stringify(draft), headers: { "Content-Type": "application/json" },
      });
      return answer.ok;
    } catch {
      return false;
    }
  }
  async function save(form, keepalive = false) {
    form.draftTimer = clearTimeout(form.draftTimer);
    if (!form.draftDirty) return;
    form.draftDirty = false;
    const draft = written(form);
    const sealed = local.save(form, draft);
    const kept = await saveAtServer(form, draft, keepalive);
    const here = await sealed;
    // What the server has had and has no more was sent or thrown away; what it never had is offered again.
    if (kept) {
      const synced = { ...draft, synced: true };
      if (typed.get(form.dataset.draft)?.at <= draft.at) typed.set(form.dataset.draft, synced);
      await local.save(form, synced);
    }
    else form.draftDirty = true; // tried again by the next word, the next line, or the next sign-in
    const worth = draft.body.trim() || draft.subject.trim();
    if (!form.draftRestored || !kept) tell(form, !worth ? "nothing" : kept ? "saved" : here ? "here" : "nothing");
    form.draftRestored = false;
  }
  function tell(form, how) {
    const note = form.querySelector("[data-draft-note]");
    if (note && form.isConnected) note.textContent = note.dataset[how] ?? "";
  }

  async function offer(form) {
    const [place, acting] = form.dataset.draft.split("|");
    if (!place) return;
    let remote = null;
    let files = [];
    let answered = false;
    try {
      const answer = await fetch(address("/utkast", place, acting));
      answered = answer.ok;
      if (answer.status === 200) {
        const begun = await answer.json();
        files = begun.files;
        if ("at" in begun) remote = begun; // otherwise files alone were added
      }
    } catch { /* the browser's own copy will do */ }
    if (files.length && form.isConnected) {
      form.draftFiles = files; // assets/attachments.js shows them, now or when it comes
      form.dispatchEvent(new Event("draft-files", { bubbles: true }));
    }
    const own = typed.get(form.dataset.draft) ?? (await local.read(form));
    const done = own && ((own.synced && answered && !remote) || own.key === form.dataset.sentKey);
    if (done) { await forget(form); return; }
    const newest = [remote, own].filter(Boolean).sort((a, b) => b.at - a.at)[0];
    if (!newest || form.draftDirty || !form.isConnected) return;
    fill(form, newest);
    tell(form, "restored");
    form.draftRestored = true; // stays to be read until more is typed
    if (newest === own && remote?.at !== own.at) { form.draftDirty = true; save(form); }
  }
  function fill(form, draft) {
    // First: filling in is noted as written, and must be noted under the key that names these words.
    const key = form.elements.namedItem("key");
    if (key && draft.key) key.value = draft.key;
    for (const name of ["subject", "body"]) {
      const input = form.elements.namedItem(name);
      if (input && !input.value && draft[name]) {
        input.value = draft[name];
        input.dispatchEvent(new Event("input", { bubbles: true })); // the counter counts
      }
    }
    form.draftDirty = false;
    form.draftTimer = clearTimeout(form.draftTimer);
    const recipient = draft.recipient && [...form.elements].find((e) => e.name === "recipient" && e.value === draft.recipient);
    if (recipient && !recipient.checked) recipient.click();
    if (draft.category) chooseWhenThere(form, draft.category);
  }
  // The categories come from the server once the recipient is chosen.
  function chooseWhenThere(form, category) {
    const choose = () => {
      const select = form.elements.namedItem("category");
      const there = select && [...(select.options ?? [])].some((option) => option.value === category);
      if (there) select.value = category;
      return there;
    };
    if (choose()) return;
    const watch = new MutationObserver(() => choose() && watch.disconnect());
    watch.observe(form, { childList: true, subtree: true });
  }

  async function forget(form) {
    typed.delete(form.dataset.draft);
    await local.forget(form);
  }
  async function forgetIfSent(form) {
    const own = typed.get(form.dataset.draft) ?? (await local.read(form));
    if (own?.key === form.dataset.sentKey) await forget(form);
  }

  function bind(form) {
    if (bound.has(form)) return;
    bound.add(form);
    form.addEventListener("input", () => {
      form.draftDirty = true;
      typed.set(form.dataset.draft, written(form));
      clearTimeout(form.draftTimer);
      form.draftTimer = setTimeout(() => save(form), SAVE_AFTER_MS);
    });
    form.addEventListener("submit", () => save(form));
    offer(form);
  }
  const forms = () => document.querySelectorAll("form[data-draft]");
  new MutationObserver((changes) => {
    forms().forEach(bind);
    for (const { target } of changes) {
      // Received: the key of what was sent comes back, and the draft has done its work.
      // Other forms say what was received too, and have no draft.
      if (target instanceof HTMLFormElement && target.dataset.sentKey && target.dataset.draft) forgetIfSent(target);
    }
  }).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-sent-key"],
  });
  const flush = () => forms().forEach((form) => save(form, true));
  addEventListener("pagehide", flush);
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush());
  forms().forEach(bind);
})();

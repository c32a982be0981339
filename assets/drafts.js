// Drafts keep themselves. What is typed is saved at the server while there is a line, and, encrypted with a key
// that only the signed-in person's session gives, in this browser, so that neither a dead line, a closed tab nor
// an ended session loses a word. A form takes part by data-draft="<place>|<for>".
(() => {
  const SAVE_AFTER_MS = 600;
  const DEAD_AFTER_MS = 10_000; // a line that has said nothing for so long is dead
  const OFFER_WITHIN_MS = 1_500; // nobody looks at an empty field for longer, while her words are here
  const FIELDS = ["body", "subject", "recipient", "category"];
  const KEPT = 204;
  const SENT = 205; // the send of these words was received: they are no draft any more
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
    // Whether it could be kept. Sealing takes a moment: what was overtaken in it is not put down.
    async save(form, draft) {
      const key = await keyOf(form);
      if (!key) return false;
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const text = new TextEncoder().encode(JSON.stringify(draft));
      const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text));
      if (!isNewest(form, draft)) return false;
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
      if ((await local.read(form)) && !typed.has(form.dataset.draft)) localStorage.removeItem(local.name(form));
    },
  };
  // False when more was typed since, or when it was sent or thrown away.
  const isNewest = (form, draft) => typed.get(form.dataset.draft)?.at === draft.at;
  const isWorthKeeping = (draft) => Boolean(draft.body.trim() || draft.subject.trim());
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

  // How the server answered: KEPT, SENT, another status, or 0 when the line is dead.
  async function saveAtServer(form, draft, { keepalive = false, within = DEAD_AFTER_MS } = {}) {
    const [place, acting] = form.dataset.draft.split("|");
    try {
      const answer = await fetch(address("/utkast", place, acting), {
        method: "PUT", keepalive, body: JSON.stringify(draft), headers: { "Content-Type": "application/json" },
        signal: AbortSignal.timeout?.(within),
      });
      return answer.status;
    } catch {
      return 0;
    }
  }
  // One at a time, so that older words never come last; a page that closes cannot wait for its turn.
  function saveInTurn(form, draft, keepalive) {
    const before = keepalive ? null : form.draftSaving;
    form.draftSaving = (async () => {
      if (before) await before;
      if (!isNewest(form, draft)) return 0;
      form.draftDirty = false;
      return saveAtServer(form, draft, { keepalive });
    })();
    return form.draftSaving;
  }
  async function save(form, keepalive = false) {
    form.draftTimer = clearTimeout(form.draftTimer);
    if (!form.draftDirty) return;
    const draft = written(form);
    typed.set(form.dataset.draft, draft);
    const sealing = local.save(form, draft);
    const answer = await saveInTurn(form, draft, keepalive);
    const here = await sealing;
    if (!isNewest(form, draft)) return; // a slow answer about words that are not the newest changes nothing
    if (answer === SENT) { await forget(form); return; }
    // What the server has had and has no more was sent or thrown away; what it never had is offered again.
    if (answer === KEPT) {
      const synced = { ...draft, synced: true };
      typed.set(form.dataset.draft, synced);
      await local.save(form, synced);
    }
    else form.draftDirty = true; // tried again by the next word, the next line, or the next sign-in
    const how = !isWorthKeeping(draft) ? "nothing" : answer === KEPT ? "saved" : here ? "here" : "nothing";
    if (!form.draftRestored || answer !== KEPT) tell(form, how);
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
    // What the server gives is as new as what it has had from here, or newer: written on another device.
    const newest = remote && (!own || own.synced || remote.at >= own.at) ? remote : own;
    // Sent, and the receipt never came here: it stands in the conversation, not in the field.
    const isUnsaved = newest !== null && newest === own;
    const answer = isUnsaved ? await saveAtServer(form, own, { within: OFFER_WITHIN_MS }) : 0;
    if (answer === SENT) { await forget(form); return; }
    if (!newest || !isWorthKeeping(newest) || form.draftDirty || !form.isConnected) return;
    fill(form, newest);
    tell(form, "restored");
    form.draftRestored = true; // stays to be read until more is typed
    if (isUnsaved) { form.draftDirty = true; save(form); }
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

// Drafts keep themselves. What is typed is saved at the server while there is a line, and, encrypted with a key
// that only the signed-in person's session gives, in this browser, so that neither a dead line, a closed tab nor
// an ended session loses a word. A form takes part by data-draft="<place>|<for>|<owner>".
(() => {
  const SAVE_AFTER_MS = 600;
  const DEAD_AFTER_MS = 10_000; // a line that has said nothing for so long is dead
  const OFFER_WITHIN_MS = 1_500; // nobody looks at an empty field for longer, while her words are here
  const FIELDS = ["body", "subject", "recipient", "category"];
  const KEPT = 204;
  const SENT = 205; // the send of these words was received: they are no draft any more
  const bound = new WeakSet();
  const offered = new WeakSet(); // forms that know what was begun where they belong
  const typed = new Map(); // newest words by draft, in memory: a page drawn anew has them at once
  const deviceKeys = new Map(); // by owner

  // The owner goes along: the server refuses when somebody else has signed in since the form was drawn.
  function ask(form, path, options = {}, within = DEAD_AFTER_MS) {
    const [place, acting, owner] = form.dataset.draft.split("|");
    const query = new URLSearchParams({ sted: place });
    if (acting) query.set("for", acting);
    const headers = { ...options.headers, "X-Draft-Owner": owner };
    return fetch(`${path}?${query}`, { ...options, headers, signal: AbortSignal.timeout?.(within) });
  }
  async function keyOf(form) {
    const owner = form.dataset.draft.split("|")[2];
    if (deviceKeys.has(owner) || !crypto.subtle) return deviceKeys.get(owner) ?? null;
    try {
      const answer = await ask(form, "/utkast/nokkel");
      if (!answer.ok) return null;
      const raw = Uint8Array.from(atob((await answer.json()).key), (c) => c.charCodeAt(0));
      deviceKeys.set(owner, await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]));
    } catch {
      return null;
    }
    return deviceKeys.get(owner);
  }

  const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
  // False when more was typed since, or when it was sent or thrown away.
  const isNewest = (form, draft) => typed.get(form.dataset.draft)?.at === draft.at;
  const isWorthKeeping = (draft) => Boolean(draft.body.trim() || draft.subject.trim());
  const local = {
    name: (form) => `dh-draft:${form.dataset.draft}`,
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
  };
  // The words that this key names. Others may have been begun in their place since, here or in another tab.
  async function forget(form, key) {
    if (typed.get(form.dataset.draft)?.key === key) typed.delete(form.dataset.draft);
    if ((await local.read(form))?.key === key) localStorage.removeItem(local.name(form));
  }

  const field = (form, name) => {
    const found = form.elements.namedItem(name);
    return found instanceof RadioNodeList ? found.value : (found?.value ?? "");
  };
  const fieldsOf = (form) => Object.fromEntries(FIELDS.map((name) => [name, field(form, name)]));
  const written = (form) => ({ ...fieldsOf(form), key: window.digihelse.nameSend(form), at: Date.now() });

  // How the server answered: KEPT, SENT, another status, or 0 when the line is dead.
  async function saveAtServer(form, draft, { keepalive = false, within } = {}) {
    const headers = { "Content-Type": "application/json" };
    try {
      const put = { method: "PUT", keepalive, body: JSON.stringify(draft), headers };
      return (await ask(form, "/utkast", put, within)).status;
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
  // Before it is known what was begun here, a choice alone would be put in its place.
  async function maySave(form, keepalive) {
    if (!keepalive && !offered.has(form)) await form.draftOffer;
    return form.draftDirty && (offered.has(form) || isWorthKeeping(fieldsOf(form)));
  }
  async function save(form, keepalive = false) {
    form.draftTimer = clearTimeout(form.draftTimer);
    if (!(await maySave(form, keepalive))) return;
    const draft = written(form);
    const isEmpty = !isWorthKeeping(draft);
    if (isEmpty && !typed.has(form.dataset.draft)) { form.draftDirty = false; return; } // nothing to throw away
    typed.set(form.dataset.draft, draft);
    const sealing = local.save(form, draft);
    const answer = await saveInTurn(form, draft, keepalive);
    const here = await sealing;
    if (!isNewest(form, draft)) return; // a slow answer about words that are not the newest changes nothing
    if (answer === SENT) { await wasSent(form, draft); return; }
    // What the server has had and has no more was sent or thrown away; what it never had is offered again.
    if (answer === KEPT) {
      const synced = { ...draft, synced: true };
      typed.set(form.dataset.draft, synced);
      await local.save(form, synced);
    }
    else form.draftDirty = true; // tried again by the next word, the next line, or the next sign-in
    const how = isEmpty ? "nothing" : answer === KEPT ? "saved" : here ? "here" : "nothing";
    if (!form.draftRestored || answer !== KEPT) tell(form, how);
    form.draftRestored = false;
  }
  // From here, and these are the words; or from another tab or device that had the draft, and these are others.
  async function wasSent(form, draft) {
    if (form.wentAs?.key === draft.key || !form.isConnected) { await forget(form, draft.key); return; }
    form.elements.namedItem("key").value = "";
    form.draftDirty = true;
    await save(form);
  }
  function tell(form, how) {
    const note = form.querySelector("[data-draft-note]");
    const words = note?.dataset[form.sends || how] ?? "";
    if (note && form.isConnected && note.textContent !== words) note.textContent = words;
  }

  // What was begun before: by the server, unless it did not answer, with the files that were added.
  async function begunBefore(form) {
    try {
      const answer = await ask(form, "/utkast");
      if (answer.status !== 200) return { answered: answer.ok, remote: null, files: [] };
      const begun = await answer.json();
      return { answered: true, remote: "at" in begun ? begun : null, files: begun.files };
    } catch {
      return { answered: false, remote: null, files: [] }; // the browser's own copy will do
    }
  }
  async function offer(form) {
    const { answered, remote, files } = await begunBefore(form);
    if (files.length && form.isConnected) {
      form.draftFiles = files; // assets/attachments.js shows them, now or when it comes
      form.dispatchEvent(new Event("draft-files", { bubbles: true }));
    }
    let own = typed.get(form.dataset.draft) ?? (await local.read(form));
    const isDone = own && ((own.synced && answered && !remote) || own.key === form.dataset.sentKey);
    if (isDone) { await forget(form, own.key); own = null; }
    // What the server gives is as new as what it has had from here, or newer: written on another device.
    const newest = remote && (!own || own.synced || remote.at >= own.at) ? remote : own;
    // Sent, and the receipt never came here: it stands in the conversation, not in the field.
    const isUnsaved = newest !== null && newest === own;
    const answer = isUnsaved ? await saveAtServer(form, own, { within: OFFER_WITHIN_MS }) : 0;
    if (answer === SENT) { await forget(form, own.key); return; }
    if (!newest || !isWorthKeeping(newest) || !form.isConnected) return;
    const isToBeSaved = isUnsaved || Boolean(form.draftDirty);
    fill(form, newest);
    typed.set(form.dataset.draft, { ...written(form), synced: !isToBeSaved });
    tell(form, "restored");
    form.draftRestored = true; // stays to be read until more is typed
    form.draftDirty = isToBeSaved;
    if (isToBeSaved) save(form);
  }
  function fill(form, draft) {
    // First: filling in is noted as written, and must be noted under the key that names these words.
    const key = form.elements.namedItem("key");
    if (key && draft.key) key.value = draft.key;
    for (const name of ["subject", "body"]) {
      const input = form.elements.namedItem(name);
      const whole = input && draft[name] ? joined(name, draft[name], input.value) : "";
      if (whole && whole !== input.value) {
        input.value = whole;
        input.dispatchEvent(new Event("input", { bubbles: true })); // the counter counts
      }
    }
    form.draftTimer = clearTimeout(form.draftTimer);
    const others = [...form.elements].filter((element) => element.name === "recipient");
    const recipient = others.find((element) => element.value === draft.recipient);
    if (recipient && !others.some((element) => element.checked)) recipient.click();
    if (draft.category) chooseWhenThere(form, draft.category);
  }
  // Who was quicker than the line has begun anew: both are kept.
  function joined(name, kept, now) {
    if (!now.trim() || kept.startsWith(now)) return kept;
    return name === "subject" || now.startsWith(kept) ? now : `${kept}\n\n${now}`;
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

  // Who presses and sees nothing happen presses again, or leaves. So a send that takes time is told of, until it
  // is received or the page says what is wrong; and when no answer comes at all, that to press again is safe.
  const SLOW_AFTER_MS = 1_500;
  const UNSURE_AFTER_MS = 30_000;
  const IN_FORM = "#error-summary, [aria-invalid=true], .attachments .ds-validation-message:not(:empty)";
  const ON_PAGE = ".connection > *, .failure > *";
  const saysWhy = (form) => form.querySelector(IN_FORM) || document.querySelector(ON_PAGE);
  function followSend(form) {
    const pressedAt = Date.now();
    clearInterval(form.sendTimer);
    form.sendTimer = setInterval(() => {
      const isReceived = !form.isConnected || form.dataset.sentKey === form.wentAs?.key;
      const isOver = isReceived || Boolean(saysWhy(form));
      const past = Date.now() - pressedAt;
      const wasTold = Boolean(form.sends);
      form.sends = isOver || past < SLOW_AFTER_MS ? "" : past < UNSURE_AFTER_MS ? "sending" : "unsure";
      if (form.sends || wasTold) tell(form, "nothing");
      if (isOver || form.sends === "unsure") clearInterval(form.sendTimer);
    }, 250);
  }

  function note(form) {
    form.draftDirty = true;
    form.sends = "";
    if (offered.has(form)) typed.set(form.dataset.draft, written(form));
    clearTimeout(form.draftTimer);
    form.draftTimer = setTimeout(() => save(form), SAVE_AFTER_MS);
  }
  function bind(form) {
    const [place, , owner] = form.dataset.draft.split("|");
    if (bound.has(form) || !place || !owner) return;
    bound.add(form);
    form.addEventListener("input", () => note(form));
    form.addEventListener("submit", () => { save(form); followSend(form); });
    form.draftOffer = offer(form).finally(() => offered.add(form));
    if (isWorthKeeping(fieldsOf(form))) note(form); // by whoever was quicker than this script
  }
  const forms = () => document.querySelectorAll("form[data-draft]");
  new MutationObserver((changes) => {
    forms().forEach(bind);
    for (const { target } of changes) {
      // Received: the key of what was sent comes back, and the draft has done its work.
      // Other forms say what was received too, and have no draft.
      if (target instanceof HTMLFormElement && target.dataset.sentKey && bound.has(target)) {
        forget(target, target.dataset.sentKey);
      }
    }
  }).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-sent-key", "data-draft"],
  });
  const flush = () => [...forms()].filter((form) => bound.has(form)).forEach((form) => save(form, true));
  addEventListener("pagehide", flush);
  addEventListener("online", flush);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush());
  forms().forEach(bind);
})();

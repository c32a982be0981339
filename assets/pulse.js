// Keeps a signed-in page live: looks again now and then, and asks the server how long the session lasts.
// It decides nothing: it presses two hidden buttons, and the server answers.
(() => {
  const LOOK_AGAIN_MS = 60_000;
  const WARN_SECONDS = 120;
  let told = "";
  let deadline = Infinity;
  let asked = false;
  let lastLook = Date.now();

  // What only a form needs comes when the browser has nothing better to do: the page is read first.
  const WHEN_IDLE = ["/drafts.js", "/attachments.js", "/urgent-words.js", "/fields.js"];
  const fetchLater = () => WHEN_IDLE.forEach((address) => {
    document.head.append(Object.assign(document.createElement("script"), { src: address }));
  });
  if ("requestIdleCallback" in window) requestIdleCallback(fetchLater, { timeout: 2000 });
  else setTimeout(fetchLater, 300);

  const press = (id) => document.getElementById(id)?.click();

  function followSession() {
    const check = document.getElementById("pulse-check");
    const dialog = document.getElementById("session-warning");
    if (!check) { told = ""; deadline = Infinity; return; }
    if (check.dataset.told !== told) {
      told = check.dataset.told;
      const left = Number(check.dataset.left);
      deadline = told === "0" ? Infinity : Date.now() + left * 1000;
      asked = false;
    }
    const warn = check.dataset.warn === "true";
    if (dialog && warn && !dialog.open) dialog.showModal();
    if (dialog && !warn && dialog.open) dialog.close();
    const left = (deadline - Date.now()) / 1000;
    // Once when the warning is due, once when it is over: the server may know that another tab was used.
    // Who has heard that nothing puts the end off is left to finish what she is writing.
    const due = !warn && check.dataset.heard !== "true" && left <= WARN_SECONDS;
    if (!asked && (left <= 0 || due)) { asked = true; press("pulse-check"); }
  }

  function lookAgain() {
    lastLook = Date.now();
    press("pulse-refresh");
  }

  setInterval(() => {
    followSession();
    if (document.visibilityState === "visible" && Date.now() - lastLook > LOOK_AGAIN_MS) lookAgain();
  }, 1000);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - lastLook > 5000) lookAgain();
  });
  // Escape would close the warning without an answer; staying is what pressing a key means.
  document.addEventListener("cancel", (event) => {
    if (event.target.id === "session-warning") { event.preventDefault(); event.target.querySelector("button")?.click(); }
  }, true);

  // A conversation that scrolls by itself opens at, and follows, its newest message.
  // What comes while the page is in view is looked at; what comes to a hidden tab is not, until it is shown.
  let newest = "";
  let unseen = false;
  let watched = null;
  let atEnd = true;
  let replied = false;
  function look() {
    if (unseen && document.visibilityState === "visible") { unseen = false; press("pulse-seen"); }
  }
  // Whoever reads the newest stays there when lines are added under it, and when what stands below takes more room.
  function stayAtEnd() {
    if (watched && atEnd) watched.scrollTop = watched.scrollHeight;
  }
  const room = new ResizeObserver(stayAtEnd);
  document.addEventListener("scroll", ({ target }) => {
    if (target === watched) atEnd = target.scrollHeight - target.scrollTop - target.clientHeight < 8;
  }, true);
  function watch(log) {
    room.disconnect();
    watched = log;
    if (log) room.observe(log);
  }
  // The form is drawn anew once the answer is received, and its button is gone: the focus goes to what was sent.
  document.addEventListener("submit", ({ target }) => { replied = target.matches(".reply"); }, true);
  function goToSent(log) {
    const lost = replied && document.activeElement === document.body;
    replied = false;
    if (!lost) return;
    const sent = [...log.querySelectorAll("article")].pop();
    sent?.setAttribute("tabindex", "-1");
    sent?.focus({ preventScroll: true });
  }
  new MutationObserver(() => {
    const log = document.getElementById("log");
    if (log !== watched) watch(log);
    const last = log?.dataset.newest ?? "";
    if (last !== newest) {
      unseen = Boolean(last && newest);
      newest = last;
      atEnd = true;
      if (log) goToSent(log);
      look();
    }
    stayAtEnd();
  }).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-newest"],
  });
  document.addEventListener("visibilitychange", look);

  // The same for a list with marks on what is new: seen once it has been in view, by the mark of the newest.
  let markSeen = "";
  function lookAtMarks() {
    const mark = document.getElementById("pulse-seen")?.dataset.unseen ?? "";
    if (mark && mark !== markSeen && document.visibilityState === "visible") press("pulse-seen");
    if (!mark || document.visibilityState === "visible") markSeen = mark;
  }
  new MutationObserver(lookAtMarks).observe(document.documentElement, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["data-unseen"],
  });
  document.addEventListener("visibilitychange", lookAtMarks);

  // Each form that sends something carries a key of its own, made here, so that a send repeated by a tired
  // finger, a lost line or a restarted server is the same send. A new one is made once the last is received,
  // and for other words: the key is the name of what was sent with it.
  const wordsOf = (form) => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "key"));
  // A message that was refused keeps its key: nothing was sent by it, and its draft is known by it. What the page
  // said was wrong before it went is no answer to it.
  const hasErrors = (form) => Boolean(form.querySelector("[data-field=validation]"));
  const isRefused = (form) => form.dataset.draft && hasErrors(form) && !form.wentAs.hadErrors;
  function nameSend(form) {
    const key = form.querySelector("input[name=key]");
    if (!key) return "";
    const went = form.wentAs;
    if (went && went.words === wordsOf(form)) key.value = went.key;
    else if (went && went.key === key.value && !isRefused(form)) key.value = "";
    if (!key.value || key.value === form.dataset.sentKey) key.value = crypto.randomUUID();
    return key.value;
  }
  window.digihelse = { nameSend };
  document.addEventListener("submit", ({ target }) => {
    const key = nameSend(target);
    if (key) target.wentAs = { key, words: wordsOf(target), hadErrors: hasErrors(target) };
  }, true);
})();

// Keeps what is being written while the page is drawn anew: after a lost line or a restarted server the form comes back
// empty. In memory alone, never stored: it is gone with the tab, with signing out, and at the message's receipt.
(() => {
  const SIGNED_OUT = "/logget-ut";
  const kept = new Map();
  const met = new WeakSet();

  const nameOf = (form) => `${form.dataset.kept}|${form.elements.namedItem("person")?.value ?? ""}`;

  function keep(event) {
    const form = event.target.closest?.("form[data-kept]");
    if (form) kept.set(nameOf(form), Object.fromEntries(new FormData(form)));
  }

  function fill(form) {
    for (const [field, value] of Object.entries(kept.get(nameOf(form)) ?? {})) {
      const control = form.elements.namedItem(field);
      if (!control || control.readOnly || control.value) continue;
      control.value = value;
      if (control instanceof Element) control.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function follow() {
    if (location.pathname === SIGNED_OUT) kept.clear();
    for (const form of document.querySelectorAll("form[data-kept]")) {
      const received = form.dataset.sentKey;
      if (received && kept.get(nameOf(form))?.key === received) kept.delete(nameOf(form));
      if (met.has(form)) continue;
      met.add(form);
      fill(form);
    }
  }

  document.addEventListener("input", keep);
  document.addEventListener("submit", keep); // After pulse.js has given the send its key, which is kept with it.
  new MutationObserver(follow).observe(document, {
    subtree: true,
    childList: true,
    attributes: true,
    attributeFilter: ["data-sent-key"],
  });
})();

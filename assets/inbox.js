// What the inbox does in the browser alone: the icon's count, older messages in place, printing, Escape in search.
(() => {
  const scroller = (log) => (log.scrollHeight > log.clientHeight + 1 ? log : document.scrollingElement);

  let counted = null;
  function count() {
    const unread = document.getElementById("pulse")?.dataset.unread;
    // Empty while acting for someone: then the count on the icon stays as it was.
    if (unread === "" || unread === counted) return;
    counted = unread;
    const done = Number(unread) > 0 ? navigator.setAppBadge?.(Number(unread)) : navigator.clearAppBadge?.();
    done?.catch(() => {});
  }

  // Older messages come in above: what was read stays where it is, and the focus goes to the first new one.
  let before = null;
  function placeOlder() {
    const log = document.getElementById("log");
    const first = log?.querySelector("article");
    if (!before || !first || first === before.article) return;
    const moved = before.article.getBoundingClientRect().top - before.top;
    if (before.article.isConnected) scroller(log).scrollTop += moved;
    before = null;
    first.setAttribute("tabindex", "-1");
    first.focus({ preventScroll: true });
  }

  let shown = null;
  function placeOlderThreads() {
    const rows = document.querySelectorAll(".rows > li > a");
    if (shown === null || rows.length <= shown) return;
    rows[shown].focus({ preventScroll: true });
    shown = null;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button");
    if (button?.dataset.print !== undefined) window.print();
    if (button?.id === "older-messages") {
      const article = document.querySelector("#log article");
      if (article) before = { article, top: article.getBoundingClientRect().top };
    }
    if (button?.id === "older-threads") shown = document.querySelectorAll(".rows > li > a").length;
  }, true);

  // The server counts up when all that was asked for is on the page; then it can be printed.
  let prints = null;
  function print() {
    const wanted = document.querySelector("[data-prints]")?.dataset.prints;
    if (wanted === undefined) { prints = null; return; }
    const ask = prints !== null && Number(wanted) > Number(prints);
    prints = wanted;
    if (ask) requestAnimationFrame(() => window.print());
  }

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.target.type !== "search" || !event.target.value) return;
    event.preventDefault();
    event.target.form?.querySelector("button[type=reset]")?.click();
  });

  new MutationObserver(() => { count(); placeOlder(); placeOlderThreads(); print(); }).observe(
    document.documentElement,
    { childList: true, subtree: true, attributes: true, attributeFilter: ["data-unread", "data-prints"] },
  );
  count();
})();

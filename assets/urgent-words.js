// Words that sound like an emergency raise a notice before sending. They never stop anyone, and nothing leaves
// the browser: the words are in this script. A field takes part by data-urgent-notice="<id of the notice>".
(() => {
  const WORDS = []; // those of every catalogue, put here when the app is built
  const WAIT_MS = 400;
  let timer;
  const fold = (text) => text.toLowerCase().normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, " ");
  const words = WORDS.map((word) => fold(word).trim());

  function look(id) {
    const notice = document.getElementById(id);
    if (!notice) return;
    // Subject and message alike: it stands while any of them has such words, whichever was written last.
    const fields = [...document.querySelectorAll("[data-urgent-notice]")].filter((one) => one.dataset.urgentNotice === id);
    const texts = fields.map((field) => ` ${fold(field.value)}`);
    // From the start of a word, so that endings are found too.
    const urgent = words.some((word) => texts.some((text) => text.includes(` ${word}`)));
    if (notice.dataset.raised !== String(urgent)) notice.dataset.raised = String(urgent);
    const said = notice.querySelector("[role=alert]");
    const sentence = urgent ? notice.dataset.sentence : "";
    if (said && said.textContent !== sentence) said.textContent = sentence;
  }
  document.addEventListener("input", ({ target }) => {
    const id = target.dataset?.urgentNotice;
    if (!id) return;
    clearTimeout(timer);
    timer = setTimeout(() => look(id), WAIT_MS);
  });
})();

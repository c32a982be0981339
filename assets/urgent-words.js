// Words that sound like an emergency raise a notice before sending. They never stop anyone, and nothing leaves
// the browser: the words are in the page. A field takes part by data-urgent-notice="<id of the notice>", and the
// notice has data-words="word, word".
(() => {
  const WAIT_MS = 400;
  let timer;
  const fold = (text) => text.toLowerCase().normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, " ");

  function look(id) {
    const notice = document.getElementById(id);
    if (!notice) return;
    // Subject and message alike: it stands while any of them has such words, whichever was written last.
    const fields = [...document.querySelectorAll("[data-urgent-notice]")].filter((one) => one.dataset.urgentNotice === id);
    const texts = fields.map((field) => ` ${fold(field.value)}`);
    const words = notice.dataset.words.split(",").map((word) => fold(word).trim()).filter(Boolean);
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

// Words that sound like an emergency raise a notice before sending. They never stop anyone, and nothing leaves
// the browser: the words are in the page. A text area takes part by data-urgent-words="word, word".
(() => {
  const WAIT_MS = 400;
  let timer;
  const fold = (text) => text.toLowerCase().normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, " ");

  function look(area) {
    const notice = document.getElementById(area.dataset.urgentNotice);
    if (!notice) return;
    const text = ` ${fold(area.value)}`;
    const words = area.dataset.urgentWords.split(",").map((word) => fold(word).trim()).filter(Boolean);
    // From the start of a word, so that endings are found too.
    const urgent = words.some((word) => text.includes(` ${word}`));
    if (notice.dataset.raised !== String(urgent)) notice.dataset.raised = String(urgent);
    const said = notice.querySelector("[role=alert]");
    const sentence = urgent ? notice.dataset.sentence : "";
    if (said && said.textContent !== sentence) said.textContent = sentence;
  }
  document.addEventListener("input", (event) => {
    const area = event.target;
    if (!area.dataset?.urgentWords) return;
    clearTimeout(timer);
    timer = setTimeout(() => look(area), WAIT_MS);
  });
})();

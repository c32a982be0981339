// A field that has an error says so to assistive technology for as long as the error stands. Where characters
// are counted, the design system's script lets the count alone decide, and takes aria-invalid away.
(() => {
  const WITH_ERROR = "ds-field:has(> [data-field=validation]) > :is(input, textarea, select):not([aria-invalid=true])";
  const mark = () => {
    for (const field of document.querySelectorAll(WITH_ERROR)) field.setAttribute("aria-invalid", "true");
  };
  new MutationObserver(mark).observe(document.documentElement, {
    subtree: true, attributes: true, attributeFilter: ["aria-invalid"],
  });
  mark();
})();

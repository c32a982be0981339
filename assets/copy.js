// Copies a field when its button is pressed, and tells the page when that is done. A refusal leaves the field selected.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-copies]");
  const field = button && document.getElementById(button.dataset.copies);
  if (!field) return;
  const copied = () => document.getElementById(button.dataset.copied)?.click();
  Promise.resolve(navigator.clipboard?.writeText(field.value) ?? Promise.reject(new Error("no clipboard")))
    .then(copied)
    .catch(() => field.select());
});

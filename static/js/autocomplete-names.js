// Select2 draws a field of its own that a screen reader hears without a name: it is given that of the label. The admin draws
// some of them late, after the page has loaded, or with a row that is added: each is named as it appears.
const nameDrawnFields = () => {
  for (const field of document.querySelectorAll("select.admin-autocomplete")) {
    const label = document.querySelector(`label[for="${field.id}"]`);
    const drawn = document.getElementById(`select2-${field.id}-container`);
    if (label && drawn) drawn.setAttribute("aria-label", label.textContent.trim());
  }
};
new MutationObserver(nameDrawnFields).observe(document.documentElement, { childList: true, subtree: true });

// Select2 draws a field of its own that a screen reader hears without a name: it is given that of the label.
// By the time the page has loaded, the admin has drawn them all, in whatever order its scripts came.
window.addEventListener("load", () => {
  for (const field of document.querySelectorAll("select.admin-autocomplete")) {
    const label = document.querySelector(`label[for="${field.id}"]`);
    const drawn = document.getElementById(`select2-${field.id}-container`);
    if (label && drawn) drawn.setAttribute("aria-label", label.textContent.trim());
  }
});

// Select2 draws a field of its own that a screen reader hears without a name: it is given that of the label.
django.jQuery(() => {
  for (const field of document.querySelectorAll("select.admin-autocomplete")) {
    const label = document.querySelector(`label[for="${field.id}"]`);
    const drawn = document.getElementById(`select2-${field.id}-container`);
    if (label && drawn) drawn.setAttribute("aria-label", label.textContent.trim());
  }
});

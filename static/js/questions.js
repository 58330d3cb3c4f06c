// Without this file the server counts the answered parts when the form comes back; with it they are counted as one answers.
const form = document.querySelector(".questions");

function count() {
  const parts = [...form.querySelectorAll(".part")];
  for (const part of parts) {
    const answered = [...part.querySelectorAll("input, select")].some((field) =>
      field.matches("[type=radio], [type=checkbox]") ? field.checked : field.value !== "");
    part.classList.toggle("is-answered", answered);
    part.querySelector(".part__state").textContent = answered ? form.dataset.answered : "";
  }
  const done = parts.filter((part) => part.classList.contains("is-answered")).length;
  const sum = form.querySelector(".progress__sum b");
  sum.textContent = sum.textContent.replace(/\d+/, done);
}

if (form) {
  form.addEventListener("input", count);
  count(); // a browser that goes back fills the fields in by itself
}

// Only a script can ask the browser to print: the button shows where one runs.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A password that is typed once may be read before it is sent. Without this script the field is an ordinary one.
for (const field of document.querySelectorAll("input[type=password][data-show]")) {
  const button = document.createElement("button");
  const tell = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? field.dataset.hide : field.dataset.show;
  };
  button.type = "button";
  button.className = "quiet password-shown";
  button.setAttribute("aria-controls", field.id);
  button.addEventListener("click", () => tell(field.type === "password"));
  field.form.addEventListener("submit", () => tell(false)); // so that the browser offers to keep it
  field.after(button);
  tell(false);
}

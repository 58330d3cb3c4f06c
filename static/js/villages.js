// On a phone the filters are a sheet over the list. Once they are sent, it makes way for the results.
document.addEventListener("submit", (event) => {
  if (event.target.id !== "filtres" || !event.target.matches(":popover-open")) return;
  event.target.hidePopover();
  document.getElementById("ouvrir-criteres")?.focus();
});

// Four villages fit side by side: once four are ticked, the other boxes wait.
document.addEventListener("change", (event) => {
  const tray = event.target.form;
  if (tray?.id !== "comparer") return;
  const boxes = [...tray.elements].filter((field) => field.name === "v");
  const full = boxes.filter((box) => box.checked).length >= Number(tray.dataset.most);
  for (const box of boxes) box.disabled = full && !box.checked;
});

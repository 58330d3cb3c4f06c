// On a phone the filters are a sheet over the list. Once they are sent, it makes way for the results.
document.addEventListener("submit", (event) => {
  if (event.target.id !== "filtres" || !event.target.matches(":popover-open")) return;
  event.target.hidePopover();
  document.getElementById("ouvrir-criteres")?.focus();
});

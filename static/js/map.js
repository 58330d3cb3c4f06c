// The map and its list point at each other. Without this file both are complete; with it they light up together, and a
// press on a mark follows its link in the list. Both carry data-place. The listeners sit on the page, so that marks which
// htmx brings later are served too.
const placeOf = (event) => event.target.closest?.("[data-place]")?.dataset.place;

function light(place, on) {
  for (const twin of document.querySelectorAll(`[data-place="${CSS.escape(place)}"]`)) twin.classList.toggle("is-lit", on);
}

for (const [event, on] of [["pointerover", true], ["focusin", true], ["pointerout", false], ["focusout", false]]) {
  document.addEventListener(event, (happened) => {
    const place = placeOf(happened);
    if (place) light(place, on);
  });
}

document.addEventListener("click", (event) => {
  const mark = event.target.closest?.(".map [data-place]");
  if (mark) document.querySelector(`[data-place="${CSS.escape(mark.dataset.place)}"] a[href]`)?.click();
});

// The map and its list point at each other. Without this file both are complete; with it, they light up together.
// The marks carry data-place. One listener on the page serves every mark, those that htmx brings later included.
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

// The morning by keyboard: j and k go from card to card; f, r, n and o act on the one that has the focus. Every act is a link or
// a button of the page, so that without this script nothing is missing.
const cards = [...document.querySelectorAll(".card")];

function at() {
  return cards.findIndex((card) => card.contains(document.activeElement));
}

function goTo(place) {
  const card = cards[Math.max(0, Math.min(cards.length - 1, place))];
  card?.focus();
  card?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea")) return;
  const here = at();
  switch (event.key) {
    case "j":
      goTo(here + 1);
      break;
    case "k":
      goTo(here < 0 ? 0 : here - 1);
      break;
    case "o":
      cards[here]?.querySelector(".card__who a")?.click();
      break;
    case "f":
    case "r":
    case "n":
      cards[here]?.querySelector(`[data-key="${event.key}"]`)?.click();
      break;
    default:
      return;
  }
  event.preventDefault();
});

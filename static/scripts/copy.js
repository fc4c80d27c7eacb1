// Copy buttons: `[data-copy="text"]` shows itself where copying works and says when it is done.
import { announce } from "./page.js";

function offer(place) {
  if (navigator.clipboard) for (const button of place.querySelectorAll("[data-copy]")) button.hidden = false;
}

offer(document);
document.addEventListener("htmx:load", (event) => offer(event.detail.elt));

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.toggleAttribute("data-copied", true);
  announce(`${button.dataset.copy} copied`);
  setTimeout(() => button.removeAttribute("data-copied"), 2000);
});

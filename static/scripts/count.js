// Counts what is left of a long text. It never cuts: the server refuses what is too long and keeps it all.
import { announce } from "./page.js";

const units = (text) => [...text.replace(/\r?\n/g, "\r\n")].length;  // as the server counts a posted text

function show(area, spoken = true) {
  const place = document.getElementById(`${area.id}_count`);
  if (!place) return;
  const left = Number(area.dataset.countLimit) - units(area.value);
  place.textContent = left >= 0 ? `${left.toLocaleString("en-US")} characters left` : `${(-left).toLocaleString("en-US")} characters too many`;
  place.toggleAttribute("data-over", left < 0);
  if (spoken) speak(place.textContent);
}

let timer;
function speak(words) {
  clearTimeout(timer);
  timer = setTimeout(() => announce(words), 1500);
}

for (const area of document.querySelectorAll("textarea[data-count-limit]")) show(area, false);
document.addEventListener("input", (event) => event.target.matches("textarea[data-count-limit]") && show(event.target));

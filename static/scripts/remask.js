// `[data-remask="30"]` holds what is shown for so many seconds: bullets take its place then, or when the page is left.
import { announce } from "./page.js";

const BULLETS = "•".repeat(8);

function keep(place) {
  const end = Date.now() + Number(place.dataset.remask) * 1000;
  const says = document.querySelector("[data-remask-says]");
  const counts = document.querySelector("[data-remask-left]");

  function mask() {
    if (place.textContent === BULLETS) return;
    place.textContent = BULLETS;
    if (says) says.textContent = "Masked again.";
    announce("The number is masked again");
  }

  // The clock is asked each time: a computer that slept must not show it longer.
  function look() {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) return mask();
    if (counts) counts.textContent = left === 1 ? "1 second" : `${left} seconds`;
    setTimeout(look, Math.min(1000, end - Date.now()));
  }

  look();
  addEventListener("pagehide", mask);
  document.addEventListener("visibilitychange", () => { if (Date.now() >= end) mask(); });
}

for (const place of document.querySelectorAll("[data-remask]")) keep(place);

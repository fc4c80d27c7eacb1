// The menu button of a phone opens and closes in place; without scripts it is a link to the menu.
const button = document.querySelector("[data-menu-button]");
const menu = document.getElementById("menu");

function toggle(open) {
  menu.classList.toggle("menu-open", open);
  button.setAttribute("aria-expanded", String(open));
}

if (button && menu) {
  button.setAttribute("role", "button");
  button.setAttribute("aria-controls", "menu");
  toggle(false);
  button.addEventListener("click", (event) => { event.preventDefault(); toggle(!menu.classList.contains("menu-open")); });
  button.addEventListener("keydown", (event) => { if (event.key === " ") { event.preventDefault(); button.click(); } });
  menu.querySelector(".menu-close")?.addEventListener("click", (event) => { event.preventDefault(); toggle(false); button.focus(); });
  menu.addEventListener("keydown", (event) => { if (event.key === "Escape") { toggle(false); button.focus(); } });
}

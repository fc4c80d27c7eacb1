// Keys, all optional: `/` to search, `?` for this list, `j` and `k` along the rows of a list, Enter to open the row.
import { make, typing } from "./page.js";

const KEYS = [["/", "Search"], ["j", "Next row"], ["k", "Row before"], ["Enter", "Open the row"], ["?", "This list"]];
const rows = () => [...document.querySelectorAll("[data-rows] tbody tr:not(.why)")];
const selected = () => document.querySelector("tr[data-selected]");
let list = null;

function move(step) {
  const all = rows();
  const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(selected()) + step))];
  if (!next) return;
  selected()?.removeAttribute("data-selected");
  next.toggleAttribute("data-selected", true);
  (next.querySelector("[data-row-link], a, button") ?? next).focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function show() {
  if (!list) {
    const close = make("button", { className: "usa-button usa-button--outline", type: "button", textContent: "Close" });
    const pairs = KEYS.flatMap(([key, does]) => [make("dt", {}, make("kbd", { textContent: key })), make("dd", { textContent: does })]);
    list = make("dialog", {}, make("h2", { id: "keys-heading", textContent: "Keys" }), make("dl", {}, ...pairs), make("div", { className: "actions" }, close));
    list.setAttribute("aria-labelledby", "keys-heading");
    close.onclick = () => list.close();
    document.body.append(list);
  }
  list.showModal();
}

function open() {
  const link = selected()?.querySelector("[data-row-link], a");
  if (link && document.activeElement !== link) link.click();
}

const ACTS = { "/": () => (document.querySelector("#main [data-search]") ?? document.querySelector("[data-search]"))?.focus(), "?": show, j: () => move(1), k: () => move(-1) };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter" && !event.target.closest("a, button, summary")) return open();
  const act = ACTS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

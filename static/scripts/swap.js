// Filters and pages of a list exchange the main part alone (htmx). The focus goes with it, and whatever htmx would not
// show, a refusal or a failure, is asked for as a whole page.
import { announce } from "./page.js";

document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (elt.id !== "main") return;
  (elt.querySelector("[data-error-summary]") ?? elt).focus({ preventScroll: true });
  announce(elt.querySelector("h1")?.textContent.trim() ?? "");
});

for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, ({ detail }) => {
    if (detail.boosted) location.assign(detail.pathInfo.finalRequestPath ?? detail.pathInfo.requestPath);
  });
}

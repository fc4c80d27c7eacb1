// A second click on a form that is already on its way does nothing. Coming back to the page arms it again.
const sent = new Set();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.target) return;
  if (sent.has(form)) return event.preventDefault();
  sent.add(form);
  form.setAttribute("aria-busy", "true");
  // A network that never answers must not lock the form for good.
  setTimeout(() => release(form), 15000);
});

function release(form) {
  sent.delete(form);
  form.removeAttribute("aria-busy");
}

addEventListener("pageshow", () => [...sent].forEach(release));
document.addEventListener("htmx:afterRequest", (event) => release(event.target.closest("form") ?? event.target));

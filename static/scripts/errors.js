// After a refused form: the summary takes the focus, and its links reach the control even where a script drew it anew.
const summary = document.querySelector("[data-error-summary]");
summary?.focus({ preventScroll: true });
summary?.scrollIntoView({ block: "start" });

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-error-summary] a");
  const control = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!control) return;
  event.preventDefault();
  control.closest(".usa-form-group")?.scrollIntoView({ block: "start" });
  control.focus({ preventScroll: true });
});

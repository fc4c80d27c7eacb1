// Light, dark or as the device, at once and without a new page; the form does the same where scripts do not run.
import { announce } from "./page.js";

document.addEventListener("submit", (event) => {
  const chosen = event.submitter?.closest(".scheme button");
  if (!chosen) return;
  event.preventDefault();
  document.documentElement.dataset.scheme = chosen.value;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `sen_scheme=${chosen.value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  for (const button of chosen.form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === chosen));
  announce(`Colours: ${chosen.textContent}`);
}, true);

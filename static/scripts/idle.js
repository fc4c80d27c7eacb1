// Warns two minutes before the idle sign-out and lets the reader stay; drafts are saved first, whatever is chosen.
// Tabs tell each other about activity, so that a forgotten tab does not sign out the one in use.
import { make, post } from "./page.js";

const WARN = 120;
const seconds = Number(document.body.dataset.idleSeconds ?? 0);
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("sen-session") : null;
let end = 0;
let dialog = null;

function renew(tell = true) {
  end = Date.now() + seconds * 1000;
  dialog?.close();
  if (tell) tabs?.postMessage("renewed");
}

async function stay() {
  const answer = await post("/session/extend/", null, {}, { redirect: "manual" }).catch(() => null);
  if (answer?.ok) renew();
  else if (answer) leave();
}

function leave() {
  document.dispatchEvent(new Event("sen:save"));
  const here = encodeURIComponent(location.pathname + location.search);
  setTimeout(() => location.assign(`/sign-in/?next=${here}`), 500);
}

function build() {
  const stayButton = make("button", { className: "usa-button", type: "button", textContent: "Stay signed in", onclick: stay });
  const heading = make("h2", { id: "idle-heading" });
  const says = make("p", { textContent: "Drafts are saved. Anything else on this page that is not saved would be lost." });
  dialog = make("dialog", {}, heading, says, stayButton);
  dialog.setAttribute("aria-labelledby", "idle-heading");
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); stay(); });
  document.body.append(dialog);
}

function warn() {
  if (!dialog) build();
  const clock = new Date(end).toLocaleTimeString("en-US", { hour: "2-digit", minute: "2-digit", hour12: false });
  dialog.firstChild.textContent = `You will be signed out at ${clock}`;
  document.dispatchEvent(new Event("sen:save"));
  dialog.showModal();
}

function look() {
  const left = end - Date.now();
  if (left <= 0) leave();
  else if (left <= WARN * 1000 && !dialog?.open) warn();
  if (left > 0) setTimeout(look, Math.min(left, 5000));
}

if (seconds) {
  renew();
  tabs?.addEventListener("message", () => renew(false));
  // What the server counted as activity counts here too.
  document.addEventListener("sen:saved", () => { if (!dialog?.open) renew(); });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr?.status && !event.detail.requestConfig?.headers?.["X-Background"]) renew();
  });
  setTimeout(look, 1000);
}

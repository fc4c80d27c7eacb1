// Saves a draft while it is typed: `<form data-autosave="URL">`. Nothing typed is thrown away on any failure:
// the words stay in the page, the reader is told calmly, and saving resumes by itself.
import { announce, icon, make, post } from "./page.js";

const QUIET = 2000;  // after the last key
const LONGEST = 8000;  // even while typing goes on
const RETRY = 5000;
const SAY = {
  offline: "Not connected. Your typing is kept here; saving resumes by itself.",
  signedOut: "You were signed out. Your typing is kept here: sign in again in another tab, then come back to this one.",
  refused: "This draft could not be saved. Your typing is kept here; copy what matters before you leave the page.",
};

class Autosave {
  constructor(form) {
    this.form = form;
    this.changes = 0;
    this.saved = 0;
    this.busy = false;
    this.bar = make("div", { className: "offline", hidden: true, role: "status" }, icon("warning"), make("span"));
    document.body.append(this.bar);
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("submit", () => { this.leaving = true; this.changes = this.saved; });
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.save(true));
    addEventListener("pagehide", () => this.save(true));
    addEventListener("pageshow", () => { this.leaving = false; });
    addEventListener("online", () => this.save());
    addEventListener("focus", () => !this.bar.hidden && this.save());
    addEventListener("beforeunload", (event) => this.waiting && !this.leaving && event.preventDefault());
    document.addEventListener("sen:save", () => this.save());
  }

  get waiting() { return this.changes !== this.saved; }

  changed() {
    this.changes += 1;
    clearTimeout(this.timer);
    this.first ??= Date.now();
    this.timer = setTimeout(() => this.save(), Math.max(0, Math.min(QUIET, this.first + LONGEST - Date.now())));
  }

  async save(leaving = false) {
    if (!this.waiting || (this.busy && !leaving) || this.leaving) return;
    const sent = this.changes;
    this.busy = true;
    this.first = undefined;
    try {
      await this.answered(await this.send(leaving), sent);
    } catch {
      this.failed(SAY.offline);
    } finally {
      this.busy = false;
      if (this.waiting && !this.stopped) this.again(this.bar.hidden ? QUIET : RETRY);
    }
  }

  send(leaving) {
    const body = new FormData(this.form);
    body.delete("csrfmiddlewaretoken");
    // Files go with the real submit: a draft is saved many times, and `keepalive` allows 64 KB.
    for (const [name, value] of [...body]) if (value instanceof File) body.delete(name);
    return post(this.form.dataset.autosave, new URLSearchParams(body), { "X-Autosave": "1" }, { keepalive: leaving, redirect: "manual" });
  }

  async answered(response, sent) {
    if (response.status === 401 || response.type === "opaqueredirect") return this.failed(SAY.signedOut);
    if (response.status >= 500 || response.status === 429) return this.failed(SAY.offline);
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) return this.failed(answer.message ?? SAY.refused, response.status === 409);
    this.saved = sent;
    this.bar.hidden = true;
    this.stopped = false;
    this.show(answer);
  }

  show({ saved_at: at, version, masked = [] }) {
    if (version !== undefined && this.form.elements.version) this.form.elements.version.value = version;
    const words = `Saved ${at}` + (masked.length ? ". A number that looks like an SSN was not kept; eight bullets stand in its place." : "");
    for (const place of document.querySelectorAll("[data-saved]")) place.textContent = words;
    this.form.dispatchEvent(new CustomEvent("sen:saved", { bubbles: true, detail: { masked } }));
  }

  failed(sentence, stop = false) {
    this.stopped = stop;
    if (this.bar.hidden || this.bar.lastChild.textContent !== sentence) announce(sentence);
    this.bar.lastChild.textContent = sentence;
    this.bar.hidden = false;
  }

  again(after) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), after);
  }
}

for (const form of document.querySelectorAll("form[data-autosave]")) new Autosave(form);

// New rows of a list: `[data-live="URL"]` asks every five seconds. Rows slide in at the top only while the reader is
// at the top of the page; otherwise a button says how many wait. Asking never counts as the person's own activity.
import { announce, background, make } from "./page.js";

const EVERY = 5000;

class Live {
  constructor(frame) {
    this.frame = frame;
    this.held = [];
    this.count = 0;
    this.more = make("button", { className: "usa-button", type: "button", onclick: () => this.insert() });
    this.bar = make("div", { className: "live-more", hidden: true }, this.more);
    frame.before(this.bar);
    setTimeout(() => this.ask(), EVERY);
  }

  async ask() {
    if (!this.frame.isConnected) return;  // the list was exchanged for another, which asks for itself
    try {
      if (document.visibilityState === "visible") await this.look();
    } catch {
      // The network is away: the next round asks again, and the page goes on as it is.
    }
    if (!this.ended) setTimeout(() => this.ask(), EVERY);
  }

  async look() {
    const url = new URL(this.frame.dataset.live, location.href);
    url.searchParams.set("since", this.frame.dataset.liveMark ?? "");
    const answer = await fetch(url, { headers: background, redirect: "manual" });
    this.ended = answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect";
    if (answer.status === 200) this.received(await answer.json());
  }

  received({ count, mark, rows }) {
    this.frame.dataset.liveMark = mark;
    if (!count) return;
    this.held.unshift(rows);
    this.count += count;
    announce(`${this.count} new`);
    if (scrollY < 40 && !this.frame.contains(document.activeElement)) return this.insert();
    this.more.textContent = `${this.count} new`;
    this.bar.hidden = false;
  }

  insert() {
    const body = this.frame.querySelector("tbody");
    const template = make("template", { innerHTML: this.held.join("") });
    for (const row of template.content.querySelectorAll("tr")) {
      row.toggleAttribute("data-arrived", true);
      // A row that changed is shown once, in its new place.
      if (row.id) document.getElementById(row.id)?.remove();
    }
    const fresh = [...template.content.children];
    body.prepend(template.content);
    window.htmx?.process(body);
    if (!this.bar.hidden) fresh[0]?.scrollIntoView({ block: "center" });
    Object.assign(this, { held: [], count: 0 });
    this.bar.hidden = true;
  }
}

for (const frame of document.querySelectorAll("[data-live]")) new Live(frame);
document.addEventListener("htmx:load", ({ detail: { elt } }) => {
  if (elt.id === "main") for (const frame of elt.querySelectorAll("[data-live]")) new Live(frame);
});

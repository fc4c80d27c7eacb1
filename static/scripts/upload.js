// Photos and documents: `<form data-upload>` sends every chosen file in a request of its own, one after the other, with
// its progress. The key is made here, so a repeated upload is the same attachment. What the network drops goes again by
// itself; the list `[data-attachments]` asks for news while a file waits for the virus scanner.
import { announce, background, icon, make, post } from "./page.js";

const AGAIN = [1, 3, 8, 20, 45];  // seconds until the next try
const STALLED = 60_000;  // without a byte sent or an answer
const ASK = [1500, 2000, 3000, 5000];
const SAY = {
  waits: "Waits for its turn",
  checked: "Sent. Checking…",
  cut: "The connection was cut. Nothing is lost: it is sent again by itself.",
  gone: "The connection was cut too often. Press “Try again” when you are connected.",
  signedOut: "You were signed out. Sign in again in another tab, then press “Try again”.",
  empty: "This file is empty. Choose another.",
};

const megabytes = (bytes) => `${(bytes / 1048576).toFixed(1)} MB`;

function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();  // only where the page came over TLS
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("").replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

// -- The list of what is there -----------------------------------------------------------------------------------------
class Attachments {
  constructor(list) {
    this.list = list;
    this.asked = 0;
    list.addEventListener("submit", (event) => this.describe(event));
    this.wait();
  }

  merge({ html, state }) {
    const fresh = make("template", { innerHTML: html }).content;
    for (const row of [...fresh.querySelectorAll("li")]) {
      const old = document.getElementById(row.id);
      if (!old) this.list.append(row);
      // What one is typing is not taken away.
      else if (old.dataset.mark !== row.dataset.mark && !old.contains(document.activeElement)) old.replaceWith(row);
    }
    if (state) this.list.dataset.state = state;
    document.querySelector("[data-no-attachments]")?.remove();
    this.asked = 0;
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    if (this.ended || !this.list.querySelector("[data-waiting]")) return;
    this.timer = setTimeout(() => this.ask(), ASK[Math.min(this.asked++, ASK.length - 1)]);
  }

  async ask() {
    try {
      if (document.visibilityState === "visible") await this.look();
    } catch {
      // The network is away: the next round asks again.
    }
    this.wait();
  }

  async look() {
    const url = new URL(this.list.dataset.attachments, location.href);
    url.searchParams.set("state", this.list.dataset.state ?? "");
    const answer = await fetch(url, { headers: { ...background, Accept: "application/json" }, redirect: "manual" });
    this.ended = [401, 403, 404].includes(answer.status) || answer.type === "opaqueredirect";
    if (answer.status !== 200) return;
    const before = this.list.querySelectorAll("[data-waiting]").length;
    this.merge(await answer.json());
    const after = this.list.querySelectorAll("[data-waiting]").length;
    if (before && !after) announce("All files are checked");
  }

  // A caption is kept without leaving the page, where other files may be under way.
  async describe(event) {
    const form = event.target.closest("form[data-caption]");
    if (!form) return;
    event.preventDefault();
    const said = form.querySelector("[data-said]");
    try {
      const answer = await post(form.action, new URLSearchParams(new FormData(form)), { Accept: "application/json" });
      const told = await answer.json();
      said.textContent = answer.ok ? "" : told.message;
      if (!answer.ok) return announce(told.message);
      document.activeElement?.blur();
      const row = form.closest("li").id;
      this.merge(told);
      document.querySelector(`#${row} summary`)?.focus();
      announce("Saved");
    } catch {
      said.textContent = "Not connected, so this is not saved yet. Press the button again.";
      announce(said.textContent);
    }
  }
}

// -- One file on its way ------------------------------------------------------------------------------------------------
class Upload {
  constructor(queue, file) {
    Object.assign(this, { queue, file, key: newKey(), tries: 0, state: "waits" });
    this.bar = make("progress", { max: 1, value: 0 });
    this.bar.setAttribute("aria-label", `${file.name}, sent`);
    this.said = make("span", { className: "upload-said" });
    const act = (label, onclick) => make("button", { type: "button", className: "button-link", onclick },
      label, make("span", { className: "usa-sr-only", textContent: ` ${file.name}` }));
    this.acts = make("span", { className: "row-acts" }, act("Try again", () => this.again()), act("Leave it out", () => this.drop()));
    this.row = make("li", { className: "upload" }, make("b", { textContent: file.name }), this.bar, this.said, this.acts);
    this.show("waits", SAY.waits);
    const most = Number(queue.form.dataset.most);
    if (file.size > most) this.refused(`This file has ${megabytes(file.size)}; at most ${megabytes(most)} are taken. Send a smaller one.`);
    else if (!file.size) this.refused(SAY.empty);
  }

  get underWay() { return this.state !== "refused"; }

  show(state, sentence) {
    this.state = state;
    this.said.replaceChildren(...(["refused", "failed", "cut"].includes(state) ? [icon(state === "refused" ? "error" : "warning"), sentence] : [sentence]));
    this.row.classList.toggle("upload-refused", state === "refused");
    this.bar.hidden = state === "refused";
    this.acts.hidden = !["refused", "failed", "cut"].includes(state);
    this.acts.firstChild.hidden = state === "refused";
  }

  send() {
    this.show("sends", "");
    this.bar.value = 0;
    const body = new FormData();
    for (const [name, value] of [["act", "add"], ["key", this.key], ["chosen", this.file], ["end", "all"]]) body.append(name, value);
    const request = this.request = new XMLHttpRequest();
    request.upload.onprogress = ({ loaded, total }) => this.progress(loaded / (total || 1));
    request.onload = () => this.answered(request);
    for (const end of ["error", "abort"]) request[`on${end}`] = () => this.cut();
    request.open("POST", this.queue.form.action);
    request.setRequestHeader("X-CSRFToken", document.body.dataset.csrf ?? "");
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
    this.progress(0);
  }

  progress(share) {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.request.abort(), STALLED);
    this.bar.value = share;
    this.said.textContent = share < 1 ? `${Math.round(share * 100)} % of ${megabytes(this.file.size)}` : SAY.checked;
  }

  answered({ status, responseText, responseURL }) {
    clearTimeout(this.watch);
    let told = {};
    try { told = JSON.parse(responseText); } catch { /* not from us: a proxy speaks in pages */ }
    if (status === 201 && told.html) return this.done(told);
    if (status === 401 || (status === 200 && !told.html && responseURL !== this.queue.form.action)) return this.stopped(SAY.signedOut);
    if (status >= 500 || status === 429 || status === 408 || (status === 400 && told.cut)) return this.cut();
    if (status === 413) return this.refused("This file is larger than the server takes. Send a smaller one.");
    this.refused(told.message || `The server refused this file (${status}). Reload the page, then send it again.`);
  }

  done(told) {
    this.row.remove();
    this.queue.left(this, "done");
    this.queue.list?.merge(told);
  }

  refused(sentence) {
    this.show("refused", sentence);
    this.queue.left(this, "refused");
  }

  stopped(sentence) {
    this.show("failed", sentence);
    this.queue.left(this, "failed");
  }

  cut() {
    clearTimeout(this.watch);
    const seconds = AGAIN[this.tries++];
    if (seconds === undefined) return this.stopped(SAY.gone);
    this.show("cut", SAY.cut);
    this.queue.cut();
    this.timer = setTimeout(() => this.send(), seconds * 1000);
    addEventListener("online", () => this.state === "cut" && this.now(), { once: true });
  }

  now() {
    clearTimeout(this.timer);
    this.send();
  }

  again() {
    this.tries = 0;
    if (this.state === "cut") return this.now();
    this.show("waits", SAY.waits);
    this.queue.go();
  }

  drop() {
    clearTimeout(this.timer);
    this.row.remove();
    this.queue.drop(this);
  }
}

// -- All of them, one at a time ------------------------------------------------------------------------------------------
class Queue {
  constructor(form) {
    this.form = form;
    this.files = [];
    this.counted = { done: 0, refused: 0, failed: 0 };
    this.rows = make("ul", { className: "uploads" });
    this.rows.setAttribute("aria-label", "Files on their way");
    form.after(this.rows);
    form.toggleAttribute("data-scripted", true);
    const list = document.querySelector("[data-attachments]");
    this.list = list && new Attachments(list);
    for (const input of form.querySelectorAll("input[type=file]")) {
      input.addEventListener("change", () => this.chosen(input));
      if (input.files.length) this.chosen(input);  // chosen before the script was there
    }
    form.addEventListener("submit", (event) => event.preventDefault());
    addEventListener("beforeunload", (event) => this.files.some((one) => one.underWay) && event.preventDefault());
  }

  chosen(input) {
    const files = [...input.files];
    input.value = "";
    if (!files.length) return;
    announce(files.length === 1 ? "One file is being sent" : `${files.length} files are being sent`);
    for (const file of files) {
      const one = new Upload(this, file);
      this.files.push(one);
      this.rows.append(one.row);
    }
    this.go();
  }

  go() {
    if (this.sending) return;
    this.sending = this.files.find((one) => one.state === "waits");
    this.sending?.send();
    if (!this.sending) this.tell();
  }

  left(one, how) {
    this.counted[how] += 1;
    if (how === "done") this.files = this.files.filter((other) => other !== one);
    if (this.sending !== one) return;
    this.sending = undefined;
    this.go();
  }

  drop(one) {
    this.files = this.files.filter((other) => other !== one);
    if (this.sending === one) this.sending = undefined;
    this.form.querySelector("input[name=chosen]").focus();
    this.go();
  }

  cut() {
    if (!this.saidCut) announce(SAY.cut);
    this.saidCut = true;
  }

  // Once, at the end of all: what became of them.
  tell() {
    const { done, refused, failed } = this.counted;
    if (!done && !refused && !failed) return;
    const words = [done && `${done} sent`, refused && `${refused} refused`, failed && `${failed} not sent`].filter(Boolean);
    announce(`Files: ${words.join(", ")}`);
    Object.assign(this, { counted: { done: 0, refused: 0, failed: 0 }, saidCut: false });
  }
}

for (const form of document.querySelectorAll("form[data-upload]")) new Queue(form);
if (!document.querySelector("form[data-upload]")) {
  for (const list of document.querySelectorAll("[data-attachments]")) new Attachments(list);
}

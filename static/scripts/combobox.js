// A long select becomes a type-ahead (`select[data-combobox]`), after the ARIA pattern: a text box that owns a list.
// The select stays in the form and keeps the answer; without this script it is simply used as it is.
import { announce, icon, make } from "./page.js";

const MOST = 60;
const plain = (words) => words.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

class Combobox {
  constructor(select) {
    this.select = select;
    this.build();
    this.listen();
    this.take();
  }

  build() {
    const { select } = this;
    const id = select.id;
    this.input = make("input", { className: "usa-input", type: "text", id, autocomplete: "off", role: "combobox", disabled: select.disabled });
    // What an empty answer means ("All offices") is said where the answer would stand.
    const empty = [...select.options].find((option) => !option.value)?.label ?? "";
    if (/^\p{L}/u.test(empty)) this.input.placeholder = empty;
    this.list = make("ul", { id: `${id}_list`, hidden: true, role: "listbox" });
    this.list.setAttribute("aria-label", document.querySelector(`label[for="${CSS.escape(id)}"]`)?.textContent ?? "Choices");
    this.arrow = make("button", { className: "button-bare", type: "button", tabIndex: -1 }, icon("expand_more"));
    this.arrow.setAttribute("aria-label", "Show the choices");
    for (const name of ["aria-describedby", "aria-invalid", "required"]) {
      if (select.hasAttribute(name)) this.input.setAttribute(name, select.getAttribute(name));
    }
    const states = { "aria-autocomplete": "list", "aria-controls": this.list.id, "aria-expanded": "false" };
    for (const [name, value] of Object.entries(states)) this.input.setAttribute(name, value);
    select.id = `${id}_select`;
    select.hidden = true;
    select.required = false;
    select.after(make("div", { className: "combobox" }, this.input, this.arrow, this.list));
  }

  listen() {
    this.input.addEventListener("input", () => this.open(this.input.value));
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.settle());
    this.arrow.addEventListener("mousedown", (event) => event.preventDefault());
    this.arrow.addEventListener("click", () => { this.input.focus(); this.list.hidden ? this.open("") : this.close(); });
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
    this.select.addEventListener("change", () => this.take());
    this.select.form?.addEventListener("reset", () => setTimeout(() => this.take()));
  }

  take() {
    const option = this.select.selectedOptions[0];
    this.input.value = option?.value ? option.label : "";
  }

  found(words) {
    const asked = plain(words).split(/\s+/).filter(Boolean);
    const options = [...this.select.options].filter((option) => option.value);
    return options.filter((option) => asked.every((word) => plain(option.label).includes(word)));
  }

  open(words) {
    const found = this.found(words);
    this.list.replaceChildren(...found.slice(0, MOST).map((option, index) => this.item(option, index)));
    if (found.length > MOST) this.note(`${found.length - MOST} more: type further letters.`);
    if (!found.length) this.note("Nothing found. Try fewer letters.");
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(words && found.length ? 0 : -1);
    announce(found.length ? `${found.length} found` : "Nothing found");
  }

  item(option, index) {
    const item = make("li", { id: `${this.list.id}_${index}`, role: "option", textContent: option.label });
    item.dataset.value = option.value;
    item.setAttribute("aria-selected", "false");
    return item;
  }

  note(words) {
    const item = make("li", { className: "none", role: "option", textContent: words });
    item.setAttribute("aria-disabled", "true");
    this.list.append(item);
  }

  get items() { return [...this.list.querySelectorAll("[data-value]")]; }

  mark(index) {
    this.at = index;
    this.items.forEach((item, place) => item.setAttribute("aria-selected", String(place === index)));
    const item = this.items[index];
    item ? this.input.setAttribute("aria-activedescendant", item.id) : this.input.removeAttribute("aria-activedescendant");
    item?.scrollIntoView({ block: "nearest" });
  }

  key(event) {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) return this.open("");
      const last = this.items.length - 1;
      const next = this.at + (event.key === "ArrowDown" ? 1 : -1);
      this.mark(next < 0 ? last : next > last ? 0 : next);
    } else if (event.key === "Enter" && open) {
      event.preventDefault();
      this.choose(this.items[this.at]);
    } else if (event.key === "Escape" && open) {
      event.stopPropagation();
      this.take();
      this.close();
    }
  }

  choose(item) {
    if (item?.dataset.value !== undefined) this.set(item.dataset.value);
    this.close();
  }

  set(value) {
    if (this.select.value !== value) {
      this.select.value = value;
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    this.take();
  }

  // Leaving the box: an exact name or the only match is taken, an empty box clears, anything else goes back.
  settle() {
    const typed = this.input.value.trim();
    const found = this.found(typed);
    const exact = found.find((option) => plain(option.label) === plain(typed)) ?? (found.length === 1 ? found[0] : null);
    if (!typed && [...this.select.options].some((option) => !option.value)) this.set("");
    else if (typed && exact) this.set(exact.value);
    else this.take();
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

for (const select of document.querySelectorAll("select[data-combobox]:not([multiple])")) new Combobox(select);
document.addEventListener("htmx:load", (event) => {
  for (const select of event.detail.elt.querySelectorAll?.("select[data-combobox]:not([multiple], [hidden])") ?? []) new Combobox(select);
});

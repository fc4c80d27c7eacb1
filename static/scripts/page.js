// What every other script may use: a POST with the request token, a polite announcement, and a small maker of elements.
export const background = { "X-Background": "1" };

export function post(url, body, headers = {}, options = {}) {
  const token = document.body.dataset.csrf ?? "";
  return fetch(url, { method: "POST", body, headers: { "X-CSRFToken": token, ...headers }, credentials: "same-origin", ...options });
}

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export function icon(name) {
  const sprite = document.querySelector("svg.icon use")?.getAttribute("href")?.split("#")[0] ?? "";
  const holder = make("span");
  holder.innerHTML = `<svg class="icon" aria-hidden="true" focusable="false"><use href="${sprite}#${name}"></use></svg>`;
  return holder.firstChild;
}

const speaker = make("div", { className: "usa-sr-only", role: "status" });
speaker.setAttribute("aria-live", "polite");
document.body.append(speaker);

export function announce(sentence) {
  speaker.textContent = "";
  setTimeout(() => { speaker.textContent = sentence; }, 50);
}

export const typing = (element) => element?.matches?.("input, textarea, select, [contenteditable]") ?? false;

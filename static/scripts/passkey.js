// Passkeys: `form[data-passkey=get|create]` asks the browser with its data-options and sends what it answers.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
const words = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const asKeys = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

function readOptions(form) {
  const options = JSON.parse(form.dataset.options);
  options.challenge = bytes(options.challenge);
  if (options.user) options.user.id = bytes(options.user.id);
  if (options.allowCredentials) options.allowCredentials = asKeys(options.allowCredentials);
  options.excludeCredentials = asKeys(options.excludeCredentials);
  return options;
}

function written(key) {
  const names = key.response.attestationObject ? ["clientDataJSON", "attestationObject"] : ["clientDataJSON", "authenticatorData", "signature"];
  const response = Object.fromEntries(names.map((name) => [name, words(key.response[name])]));
  return JSON.stringify({ id: key.id, rawId: words(key.rawId), type: key.type, clientExtensionResults: {}, response });
}

async function ask(form) {
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  try {
    const key = await navigator.credentials[form.dataset.passkey]({ publicKey: readOptions(form) });
    form.querySelector("[data-passkey-answer]").value = written(key);
    form.submit();
  } catch {
    failed.hidden = false;
  }
}

function offer(form) {
  form.querySelector("[data-passkey-off]").hidden = true;
  form.querySelector("[data-passkey-on]").hidden = false;
  if (form.dataset.passkey === "get") return form.querySelector("[data-passkey-on] button").addEventListener("click", () => ask(form));
  form.addEventListener("submit", (event) => {
    if (!form.elements.name.value.trim()) return;  // the server says what is missing
    event.preventDefault();
    ask(form);
  });
}

if (globalThis.PublicKeyCredential) for (const form of document.querySelectorAll("form[data-passkey]")) offer(form);

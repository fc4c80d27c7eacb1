// What every other script may use: the request token, a polite announcement, and a POST of a form's fields.
export const token = () => document.body.dataset.csrf ?? "";

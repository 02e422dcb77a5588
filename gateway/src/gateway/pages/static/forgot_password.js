// The page for a forgotten password: asks for the mail and says where to look, whether there is an account or not.
import { call, once, showError } from "./api.js";

const form = document.getElementById("form");
const error = document.getElementById("error");
const email = document.getElementById("email");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!email.value.trim() || !email.validity.valid) return showError(error, form.dataset.emailWrong, email);
  return once(form, ask);
});

async function ask() {
  try {
    await call("POST", "/v1/password-resets", { body: { email: email.value } });
    form.hidden = true;
    const done = document.getElementById("done");
    const title = document.getElementById("title");
    title.textContent = done.dataset.title;
    done.hidden = false;
    title.focus();
  } catch (problem) {
    showError(error, problem.message || form.dataset.failed);
  }
}

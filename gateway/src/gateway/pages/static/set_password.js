// Pages of mailed links that end with a password: checks it, sends it with the token of the link, says what comes next.
import { call, once, showError } from "./api.js";

const form = document.getElementById("form");
const error = document.getElementById("error");
const password = document.getElementById("password");
const again = document.getElementById("again");
const token = new URLSearchParams(location.search).get("token");
// The link works once, but it need not stay in the history or on the screen.
history.replaceState(null, "", location.pathname);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!token) return showError(error, form.dataset.noToken);
  if ([...password.value].length < 12) return showError(error, form.dataset.tooShort, password);
  if (password.value !== again.value) return showError(error, form.dataset.notSame, again);
  return once(form, send);
});

async function send() {
  try {
    const answer = await call("POST", form.dataset.path, { body: { token, password: password.value } });
    form.hidden = true;
    const done = document.getElementById("done");
    const title = document.getElementById("title");
    title.textContent = done.dataset.title;
    // What comes next is not the same for everybody who activates an account.
    const next = done.querySelector(`[data-kind="${answer.kind}"]`);
    if (next) next.hidden = false;
    done.hidden = false;
    title.focus();
  } catch (problem) {
    // What goes wrong with a link is said in the reader's language; anything else in the API's.
    showError(error, form.dataset[problem.code] || problem.message || form.dataset.failed);
  }
}

if (!token) showError(error, form.dataset.noToken);

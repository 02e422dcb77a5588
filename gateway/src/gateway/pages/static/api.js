// Calls to the platform's API from its own pages. The access token lives in memory only and is gone with the page.

/** The JSON of an answer, or an Error whose message is the sentence of the problem document. */
export async function call(method, path, { token, body } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  if (token && method !== "GET") headers["Idempotency-Key"] = crypto.randomUUID();
  const response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    const error = new Error([answer.title, answer.detail].filter(Boolean).join(". "));
    error.status = response.status;
    error.code = answer.code;
    throw error;
  }
  return answer;
}

/** Show a sentence where screen readers announce it, mark the fields it is about, and go to the first of them. */
export function showError(place, sentence, ...fields) {
  place.textContent = sentence;
  place.hidden = !sentence;
  for (const field of place.closest("form").querySelectorAll("input")) field.removeAttribute("aria-invalid");
  for (const field of fields) field.setAttribute("aria-invalid", "true");
  if (fields.length) fields[0].focus();
}

/** Run the work with the form's button out of reach, so that a second click does not do it twice. */
export async function once(form, work) {
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await work();
  } finally {
    button.disabled = false;
  }
}

/** Let a person sign in; `then(token)` goes on. A token that has run out brings the form back through `again`. */
export function signIn(then) {
  const form = document.getElementById("sign-in");
  const error = document.getElementById("error");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    once(form, async () => {
      const [email, password] = [form.querySelector("#email"), form.querySelector("#password")];
      try {
        const session = await call("POST", "/v1/sessions", { body: { email: email.value, password: password.value } });
        password.value = "";
        showError(error, "");
        form.hidden = true;
        await then(session.access_token);
      } catch (problem) {
        form.hidden = false;
        showError(error, problem.message || "That did not work. Please try again in a moment.", email);
      }
    });
  });
  return function again(sentence) {
    form.hidden = false;
    showError(error, sentence);
  };
}

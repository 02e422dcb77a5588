// Calls to the platform's API from its own pages. The access token lives in memory only and is gone with the page.

/** The JSON of an answer (`body` is sent as JSON, `file` as it is), or an Error whose message is the sentence of the problem document. */
export async function call(method, path, { token, body, file } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body) headers["Content-Type"] = "application/json";
  if (token && method !== "GET") headers["Idempotency-Key"] = crypto.randomUUID();
  if (file) headers["Content-Type"] = file.type || "application/octet-stream";
  const response = await fetch(path, { method, headers, body: file ?? (body && JSON.stringify(body)) });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    const error = new Error([answer.title, answer.detail].filter(Boolean).join(". "));
    error.status = response.status;
    error.code = answer.code;
    error.facts = answer;
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

/** Run the work with the form's buttons out of reach, so that a second click does not do it twice. */
export async function once(form, work) {
  const buttons = [...form.querySelectorAll("button")];
  for (const button of buttons) button.disabled = true;
  try {
    await work();
  } finally {
    for (const button of buttons) button.disabled = false;
  }
}

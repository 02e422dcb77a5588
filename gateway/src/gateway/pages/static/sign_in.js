// Signing in on any of our pages: with the password and, where there is one, a second factor; or with a passkey alone.
import { call, once, showError } from "./api.js";
import { canUsePasskeys, passkeyTrouble, usePasskey } from "./passkeys.js";

const FAILED = "That did not work. Please try again in a moment.";
const MUST_ENROL = "You need a second factor before you can do anything else. Set one up on the page about your sign-in (the link below).";

/** What somebody typed, by its look: six digits are an app's code, everything else a recovery code. */
export function typedFactor(typed) {
  const code = typed.trim();
  return /^\d{3}\s?\d{3}$/.test(code) ? { code } : { recovery_code: code };
}

/** Whether the token is good for nothing but getting a second factor. */
export const mustEnrol = (session) => session.subject.scopes.join() === "self";

/**
 * Let a person sign in; `then(token, session)` goes on. `enrols` says that the page is where second factors are set up. A token
 * that has run out brings the form back through the function that is given back.
 */
export function signIn(then, { enrols = false } = {}) {
  const find = (id) => document.getElementById(id);
  const [form, second] = [find("sign-in"), find("second-factor")];
  const [email, password, code] = [find("email"), find("password"), find("second-code")];
  const [error, secondError] = [find("error"), find("second-error")];
  let asked = null;

  find("passkey-sign-in").hidden = !canUsePasskeys();

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    once(form, async () => {
      try {
        await goOn(await call("POST", "/v1/sessions", { body: { email: email.value, password: password.value } }));
      } catch (problem) {
        if (problem.code === "second_factor_required") askMore(problem.facts);
        else showError(error, problem.message || FAILED, email);
      }
    });
  });
  second.addEventListener("submit", (event) => {
    event.preventDefault();
    once(second, () => show(typedFactor(code.value), code));
  });
  find("second-passkey").addEventListener("click", () => {
    once(second, async () => {
      let passkey;
      try {
        passkey = await usePasskey(asked.passkey_options);
      } catch (problem) {
        return showError(secondError, passkeyTrouble(problem));
      }
      return show({ passkey });
    });
  });
  find("second-back").addEventListener("click", () => {
    begin();
    email.focus();
  });
  find("passkey-sign-in").addEventListener("click", () => {
    once(form, async () => {
      try {
        const begun = await call("POST", "/v1/sessions/passkey-challenges");
        const passkey = await usePasskey(begun.options);
        await goOn(await call("POST", "/v1/sessions/passkey", { body: { challenge: begun.challenge, passkey } }));
      } catch (problem) {
        showError(error, problem.status ? problem.message || FAILED : passkeyTrouble(problem));
      }
    });
  });

  function askMore(facts) {
    asked = facts;
    form.hidden = true;
    second.hidden = false;
    showError(secondError, "");
    code.value = "";
    const typed = facts.factors.includes("code") || facts.factors.includes("recovery_code");
    find("second-typed").hidden = !typed;
    find("second-passkey").hidden = !facts.passkey_options || !canUsePasskeys();
    if (typed) code.focus();
    else find("second-title").focus();
  }

  async function show(factor, ...fields) {
    let session;
    try {
      session = await call("POST", "/v1/sessions/second-factor", { body: { challenge: asked.challenge, ...factor } });
    } catch (problem) {
      if (problem.code !== "challenge_refused") return showError(secondError, problem.message || FAILED, ...fields);
      begin(problem.message);
      return email.focus();
    }
    try {
      await goOn(session);
    } catch (problem) {
      begin(problem.message || FAILED);
    }
  }

  async function goOn(session) {
    if (mustEnrol(session) && !enrols) throw new Error(MUST_ENROL);
    password.value = code.value = "";
    begin();
    form.hidden = true;
    try {
      await then(session.access_token, session);
    } catch (problem) {
      form.hidden = false;
      throw problem;
    }
  }

  function begin(sentence = "") {
    asked = null;
    second.hidden = true;
    form.hidden = false;
    showError(error, sentence);
  }
  return begin;
}

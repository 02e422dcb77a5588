// Before something is taken away a person shows password and second factor once more.
import { call, once, showError } from "./api.js";
import { place } from "./board_kit.js";
import { canUsePasskeys, passkeyTrouble, usePasskey } from "./passkeys.js";
import { typedFactor } from "./sign_in.js";

/** The answer of `path`, or null where the person has called it off; `ended` is told when the session is over. */
export function askForProof(title, path, token, ended) {
  const [dialog, form, error] = [place("proof"), place("proof-form"), place("proof-error")];
  const [password, code] = [place("proof-password"), place("proof-code")];
  place("proof-title").textContent = title;
  place("proof-passkey").hidden = !canUsePasskeys();
  showError(error, "");
  password.value = code.value = "";
  dialog.showModal();
  password.focus();

  return new Promise((resolve) => {
    let answer = null;
    const attempt = (work) =>
      once(form, async () => {
        try {
          answer = await work();
          dialog.close();
        } catch (problem) {
          if (problem.status === 401) {
            dialog.close();
            ended("Your session has ended. Please sign in again.");
          } else showError(error, problem.status ? problem.message : passkeyTrouble(problem), password);
        }
      });
    const stop = new AbortController();
    const on = (target, type, run) => target.addEventListener(type, run, { signal: stop.signal });

    on(form, "submit", (event) => {
      event.preventDefault();
      attempt(() => call("POST", path, { token, body: { password: password.value, ...typedFactor(code.value) } }));
    });
    on(place("proof-passkey"), "click", () =>
      attempt(async () => {
        const body = { password: password.value, purpose: "proof" };
        const { challenge, options } = await call("POST", "/v1/me/passkey-challenges", { token, body });
        const passkey = await usePasskey(options);
        return call("POST", path, { token, body: { password: password.value, challenge, passkey } });
      }),
    );
    on(place("proof-cancel"), "click", () => dialog.close());
    on(dialog, "close", () => {
      stop.abort();
      password.value = code.value = "";
      resolve(answer);
    });
  });
}

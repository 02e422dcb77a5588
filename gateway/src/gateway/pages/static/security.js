// A person's own sign-in: authenticator app, passkeys, recovery codes, and where one is signed in.
import { call, once, showError } from "./api.js";
import { make, place, dayAndTime } from "./board_kit.js";
import { addressByName, canUsePasskeys, createPasskey, passkeyTrouble } from "./passkeys.js";
import { askForProof } from "./security_proof.js";
import { qrCode } from "./qr_code.js";
import { signIn } from "./sign_in.js";

const FAILED = "That did not work. Please try again in a moment.";
const APP = {
  off: "Not set up. An app shows a new code each half minute, which is asked for after your password.",
  offered: "Not turned on yet: enter a code of the app.",
  on: "On. A code of it is asked for after your password.",
};
let token = null;

const askAgain = signIn(begin, { enrols: true });

async function begin(found) {
  token = found;
  const me = await call("GET", "/v1/me", { token });
  place("whom").textContent = me.email;
  await show();
  place("door").hidden = true;
  place("account").hidden = place("sign-out").hidden = false;
  place("title").focus();
}

async function show() {
  const [mine, sessions] = await Promise.all([
    call("GET", "/v1/me/second-factor", { token }),
    call("GET", "/v1/me/sessions", { token }),
  ]);
  showApp(mine);
  showPasskeys(mine);
  const has = mine.authenticator === "on" || mine.passkeys.length > 0;
  place("needed").hidden = !mine.needed || has;
  place("recovery").hidden = !has;
  const left = mine.recovery_codes_left;
  place("recovery-left").textContent = `${left} of them ${left === 1 ? "is" : "are"} left.`;
  showSessions(sessions.items);
}

function showApp({ authenticator }) {
  place("app-state").textContent = APP[authenticator];
  place("app-offer").hidden = authenticator === "on" || !place("app-confirm").hidden;
  place("app-remove").hidden = authenticator !== "on";
}

function showPasskeys({ passkeys }) {
  place("passkeys").replaceChildren(
    ...passkeys.map((one) =>
      row(one.name, one.last_used_at ? `used ${dayAndTime(one.last_used_at)}` : `added ${dayAndTime(one.added_at)}`, {
        label: "Remove",
        of: one.name,
        run: () => prove(`Remove the passkey “${one.name}”`, `/v1/me/passkeys/${one.id}/removal`, "The passkey is removed."),
      }),
    ),
  );
  place("passkey-add").hidden = !canUsePasskeys();
  const here = place("passkeys-here");
  here.hidden = canUsePasskeys();
  if (here.hidden) return;
  const named = addressByName();
  here.textContent = named ? "Passkeys need this page by its name: " : "This browser knows no passkeys.";
  if (named) here.append(make("a", { href: named }, named));
}

function showSessions(sessions) {
  place("sessions").replaceChildren(
    ...sessions.map((one) =>
      row(
        [nameOf(one), one.current ? "(here)" : ""].join(" ").trim(),
        `${one.network ?? "unknown network"}, last seen ${dayAndTime(one.last_seen_at)}`,
        one.current
          ? null
          : { label: "Sign out", of: nameOf(one), run: () => change("DELETE", `/v1/me/sessions/${one.id}`, "That session has ended.") },
      ),
    ),
  );
  place("sessions-end").hidden = sessions.length < 2;
}

/** A browser by its name; everything else that signs in is a program. */
const nameOf = ({ agent }) => (agent && agent !== "program" ? agent : "A program");

function row(name, detail, act) {
  const line = make("li", {}, make("span", {}, make("strong", {}, name), make("span", { className: "quiet" }, ` ${detail}`)));
  if (act) {
    const button = make("button", { type: "button", className: "other small", "aria-label": `${act.label}: ${act.of}` }, act.label);
    button.addEventListener("click", act.run);
    line.append(button);
  }
  return line;
}

onSubmit("app-offer", "app-offer-error", async () => {
  const offered = await call("POST", "/v1/me/authenticator", { token, body: { password: taken("app-password") } });
  place("app-key").textContent = offered.secret.match(/.{1,4}/g).join(" ");
  place("app-picture").replaceChildren(qrCode(offered.qr_rows, "The key as a QR code"));
  place("app-confirm").hidden = false;
  await show();
  place("app-code").focus();
});
onSubmit("app-confirm", "app-confirm-error", async () => {
  const kept = await call("POST", "/v1/me/authenticator/confirmation", { token, body: { code: taken("app-code") } });
  place("app-confirm").hidden = true;
  place("app-picture").replaceChildren();
  place("app-key").textContent = "";
  await show();
  tell("The app is on. Everywhere else you are signed out.");
  showCodes(kept.recovery_codes);
});
onSubmit("passkey-add", "passkey-error", async () => {
  const name = place("passkey-name").value.trim();
  if (!name) throw new Error("Please give the passkey a name.");
  const body = { password: taken("passkey-password"), purpose: "registration" };
  const begun = await call("POST", "/v1/me/passkey-challenges", { token, body });
  const passkey = await createPasskey(begun.options);
  const added = await call("POST", "/v1/me/passkeys", { token, body: { challenge: begun.challenge, passkey, name } });
  place("passkey-name").value = "";
  await show();
  tell("The passkey is added. Everywhere else you are signed out.");
  showCodes(added.recovery_codes);
});
place("app-remove").addEventListener("click", () =>
  prove("Remove the authenticator app", "/v1/me/authenticator/removal", "The app is removed."),
);
place("recovery-renew").addEventListener("click", async () => {
  const made = await prove("Make new recovery codes", "/v1/me/recovery-codes", "The old codes work no more.");
  if (made) showCodes(made.recovery_codes);
});
place("sessions-end").addEventListener("click", () => change("DELETE", "/v1/me/sessions", "Everywhere else you are signed out."));
place("codes-kept").addEventListener("click", () => {
  place("codes").hidden = true;
  place("codes-list").replaceChildren();
  place("title").focus();
});
place("sign-out").addEventListener("click", async () => {
  const sessions = await call("GET", "/v1/me/sessions", { token }).catch(() => ({ items: [] }));
  const here = sessions.items.find((one) => one.current);
  if (here) await call("DELETE", `/v1/me/sessions/${here.id}`, { token }).catch(() => null);
  end("");
});

/** Let the person show password and factor, then do it; gives the answer, or nothing where it was called off. */
async function prove(title, path, done) {
  const answer = await askForProof(title, path, token, end);
  if (!answer) return null;
  await show();
  tell(done);
  return answer;
}

async function change(method, path, done) {
  try {
    await call(method, path, { token });
    await show();
    tell(done);
  } catch (problem) {
    if (problem.status === 401) end("Your session has ended. Please sign in again.");
    else tell(problem.message || FAILED);
  }
}

function onSubmit(id, errorId, work) {
  const form = place(id);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    once(form, async () => {
      try {
        await work();
        showError(place(errorId), "");
      } catch (problem) {
        if (problem.status === 401) return end("Your session has ended. Please sign in again.");
        const field = form.querySelector("input");
        return showError(place(errorId), problem.status ? problem.message || FAILED : passkeyTrouble(problem), field);
      }
    });
  });
}

function taken(id) {
  const value = place(id).value;
  place(id).value = "";
  return value;
}

function showCodes(codes) {
  if (!codes.length) return;
  place("codes-list").replaceChildren(...codes.map((code) => make("li", {}, make("code", {}, code))));
  place("codes").hidden = false;
  place("codes-title").focus();
}

function tell(sentence) {
  const told = place("told");
  told.textContent = sentence;
  told.hidden = !sentence;
}

function end(sentence) {
  token = null;
  place("account").hidden = place("sign-out").hidden = place("codes").hidden = true;
  place("codes-list").replaceChildren();
  place("app-confirm").hidden = true;
  place("door").hidden = false;
  tell("");
  askAgain(sentence);
  place("email").focus();
}

// A seller's own case: how the application stands, what the operator asks, and the invoicing mandate to read and sign.
import { call, once, showError } from "./api.js";
import { signIn } from "./sign_in.js";

const SENTENCES = {
  submitted: "Your application has arrived. We write to you as soon as it has been looked at.",
  in_review: "Your application is being looked at.",
  info_requested: "We need something more from you before we can go on:",
  approved: "You are approved. Please read and sign the invoicing mandate; then you can sell.",
  rejected: "Your application could not be accepted as it stands.",
  active: "You may sell. The invoicing mandate is signed.",
  suspended: "You may not sell at the moment. Open orders still have to be delivered.",
  offboarded: "You no longer sell here. Open orders still have to be delivered, and you are paid for them.",
};
// Where the next step is the seller's; afterwards it is only a memory.
const OPEN_STEPS = ["info_requested", "rejected"];
const form = document.getElementById("mandate");
const answer = document.getElementById("answer");
const title = document.getElementById("title");
let token;
let version;

signIn(async (found) => {
  token = found;
  await show();
  title.focus();
});

async function show() {
  const seller = await call("GET", "/v1/sellers/me", { token });
  document.getElementById("state").textContent = SENTENCES[seller.state] ?? seller.state;
  const nextStep = document.getElementById("next-step");
  nextStep.textContent = seller.next_step ?? "";
  nextStep.hidden = !seller.next_step || !OPEN_STEPS.includes(seller.state);
  answer.hidden = seller.state !== "info_requested";
  form.hidden = seller.state !== "approved";
  if (!form.hidden) {
    const mandate = await call("GET", "/v1/sellers/me/mandate", { token });
    version = mandate.version;
    document.getElementById("version").textContent = version;
    document.getElementById("text").textContent = mandate.text;
  }
  document.getElementById("case").hidden = false;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const error = document.getElementById("mandate-error");
  const signatory = document.getElementById("signatory");
  const accepted = document.getElementById("accepted");
  if (!signatory.value.trim()) return showError(error, "Please give the name of who signs.", signatory);
  if (!accepted.checked) return showError(error, "Please tick the box to accept the mandate.", accepted);
  return once(form, async () => {
    try {
      await call("POST", "/v1/sellers/me/mandate", {
        token,
        body: { version, accepted: true, signatory: signatory.value.trim() },
      });
      await show();
      title.focus();
    } catch (problem) {
      showError(error, problem.message || "That did not work. Please try again in a moment.");
    }
  });
});

answer.addEventListener("submit", (event) => {
  event.preventDefault();
  const error = document.getElementById("answer-error");
  const words = document.getElementById("words");
  if (!words.value.trim()) return showError(error, "Please write an answer.", words);
  return once(answer, async () => {
    try {
      await call("POST", "/v1/sellers/me/information", { token, body: { answer: words.value.trim() } });
      await show();
      title.focus();
    } catch (problem) {
      showError(error, problem.message || "That did not work. Please try again in a moment.");
    }
  });
});

// A seller's own case: how it stands, what is missing, papers to upload, the operator's question, and the mandate to sign.
import { call, once, showError } from "./api.js";
import { signIn } from "./sign_in.js";

const SENTENCES = {
  draft: "Your application is a draft. Hand it in once nothing is missing.",
  submitted: "Your application has arrived. We write to you as soon as it has been looked at.",
  in_review: "Your application is being looked at.",
  info_requested: "We need something more from you before we can go on:",
  approved: "You are approved. Please read and sign the invoicing mandate; then you can sell.",
  rejected: "Your application could not be accepted as it stands.",
  active: "You may sell. The invoicing mandate is signed.",
  suspended: "You may not sell at the moment. Open orders still have to be delivered.",
  offboarded: "You no longer sell here. Open orders still have to be delivered, and you are paid for them.",
};
const NAMES = {
  markets: "Markets",
  regimes: "Taxation of your goods",
  payout_account: "Bank account for payouts",
  support_phone: "Support phone",
  beneficial_owners: "Beneficial owners",
  vat_number: "VAT number",
  return_address: "Return address",
  tax_data: "Tax data",
  mandate: "Invoicing mandate",
  register_extract: "Extract of the commercial register",
  representative_identity: "Identity of the legal representative",
  bank_account_proof: "Proof of the bank account",
  address_proof: "Proof of the address",
  liability_insurance: "Liability insurance",
  waste_registration: "Registration as a producer (waste)",
};
const OPEN = ["missing", "refused", "expired"];
// Where the next step is the seller's; afterwards it is only a memory.
const OPEN_STEPS = ["info_requested", "rejected"];
const needs = document.getElementById("needs");
const needed = document.getElementById("needed");
const submission = document.getElementById("submission");
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
  needed.replaceChildren(...seller.requirements.filter((one) => OPEN.includes(one.state)).map(item));
  needs.hidden = !needed.children.length || ["rejected", "offboarded"].includes(seller.state);
  submission.hidden = seller.state !== "draft";
  answer.hidden = seller.state !== "info_requested";
  form.hidden = !seller.requirements.some((one) => one.name === "mandate" && OPEN.includes(one.state));
  if (!form.hidden) {
    const mandate = await call("GET", "/v1/sellers/me/mandate", { token });
    version = mandate.version;
    document.getElementById("version").textContent = version;
    document.getElementById("text").textContent = mandate.text;
  }
  document.getElementById("case").hidden = false;
}

/** One thing that is missing; a paper comes with a form to upload it. */
function item(requirement) {
  const line = document.createElement("li");
  const name = document.createElement("strong");
  const isPaper = requirement.name === "document";
  const country = requirement.subject && !isPaper ? ` (${requirement.subject})` : "";
  name.textContent = (NAMES[isPaper ? requirement.subject : requirement.name] ?? requirement.name) + country;
  line.append(name, ` ${requirement.next_step}`, requirement.due_on ? ` Until ${requirement.due_on}.` : "");
  if (isPaper) line.append(upload(requirement.subject, name.textContent));
  return line;
}

function upload(kind, label) {
  const paper = document.createElement("form");
  const error = document.createElement("p");
  error.className = "error";
  error.setAttribute("role", "alert");
  error.hidden = true;
  const file = document.createElement("input");
  file.type = "file";
  file.accept = "application/pdf,image/png,image/jpeg";
  file.setAttribute("aria-label", `${label}: PDF, PNG or JPEG`);
  const button = document.createElement("button");
  button.type = "submit";
  button.textContent = "Upload";
  paper.append(error, file, button);
  paper.addEventListener("submit", (event) => {
    event.preventDefault();
    if (!file.files.length) return showError(error, "Please choose a file.", file);
    const query = new URLSearchParams({ kind, file_name: file.files[0].name });
    return once(paper, async () => {
      try {
        await call("POST", `/v1/sellers/me/documents?${query}`, { token, file: file.files[0] });
        await show();
        title.focus();
      } catch (problem) {
        showError(error, problem.message || "That did not work. Please try again in a moment.", file);
      }
    });
  });
  return paper;
}

submission.addEventListener("submit", (event) => {
  event.preventDefault();
  const error = document.getElementById("submission-error");
  return once(submission, async () => {
    try {
      await call("POST", "/v1/sellers/me/submission", { token });
      await show();
      title.focus();
    } catch (problem) {
      showError(error, problem.message || "That did not work. Please try again in a moment.");
    }
  });
});

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

// Live service health: reads the platform's status with the operator's token.
import { call, signIn } from "./api.js";

const EVERY_MS = 2000;
const health = document.getElementById("health");
const verdict = document.getElementById("verdict");
const rows = document.getElementById("services");

const signInAgain = signIn(async (token) => {
  await refresh(token);
  health.hidden = false;
  verdict.focus();
  keepUp(token);
});

async function keepUp(token) {
  for (;;) {
    await new Promise((resume) => setTimeout(resume, EVERY_MS));
    try {
      await refresh(token);
    } catch (problem) {
      if (problem.status === 401) {
        health.hidden = true;
        return signInAgain("Your session has ended. Please sign in again.");
      }
      say("The platform does not answer at the moment.");
    }
  }
}

async function refresh(token) {
  const services = await call("GET", "/v1/operator/status", { token });
  rows.replaceChildren(...services.map(row));
  const down = services.filter((one) => !one.up).map((one) => one.service);
  const waiting = services.filter((one) => one.parked || one.timers_dead).map((one) => one.service);
  verdict.className = down.length || waiting.length ? "error" : "notice";
  if (down.length) say(`Not answering: ${down.join(", ")}.`);
  else if (waiting.length) say(`All services answer. Something waits for an operator in: ${waiting.join(", ")}.`);
  else say("All services answer, and nothing waits for an operator.");
}

function say(sentence) {
  // Only a changed sentence is announced; the same one every two seconds would drown everything else.
  if (verdict.textContent !== sentence) verdict.textContent = sentence;
}

function row(one) {
  const tr = document.createElement("tr");
  const name = cell("th", one.service);
  name.scope = "row";
  const state = cell("td", one.up ? "up" : "not answering", one.up ? "up" : "down");
  const counts = [one.outbox_pending, one.lag, one.timers_due, one.timers_dead, one.parked];
  const next = one.next_due_at ? new Date(one.next_due_at).toLocaleString(undefined, { dateStyle: "short", timeStyle: "short" }) : "–";
  tr.append(name, state, ...counts.map((count) => cell("td", count ?? "–", "number")), cell("td", next));
  return tr;
}

function cell(kind, text, style = "") {
  const element = document.createElement(kind);
  element.textContent = text;
  element.className = style;
  return element;
}

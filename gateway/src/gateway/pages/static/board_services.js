// The panel of services, and the one sentence over all of them.
import { dayAndTime, fresh, make, place, showRows } from "./board_kit.js";

const COUNTS = ["outbox_pending", "lag", "timers_due", "timers_dead", "parked"];
// Then an operator is needed; the others come and go by themselves.
const FOR_PEOPLE = new Set(["timers_dead", "parked"]);
const verdict = place("verdict");

/** Show how every service stands. */
export function showServices(services) {
  showRows(place("services-rows"), services.map(row), 9, "No service is known.");
  fresh("services");
  const down = services.filter((one) => !one.up).map((one) => one.service);
  const waiting = services.filter((one) => one.parked || one.timers_dead).map((one) => one.service);
  const sentences = [down.length ? `Not answering: ${down.join(", ")}.` : `All ${services.length} services answer.`];
  if (waiting.length) sentences.push(`Something waits for an operator in: ${waiting.join(", ")}.`);
  else if (!down.length) sentences.push("Nothing waits for an operator.");
  say(sentences.join(" "), down.length + waiting.length > 0);
}

/** The gateway itself is silent. */
export function nothingAnswers() {
  say("The platform does not answer at the moment. It is asked again every few seconds.", true);
}

function say(sentence, wrong) {
  verdict.className = wrong ? "error" : "notice";
  // Only a changed sentence is announced; the same one every few seconds would drown everything else.
  if (verdict.textContent !== sentence) verdict.textContent = sentence;
}

function row(one) {
  const cells = COUNTS.map((name) => {
    const value = one.up ? one[name] : null;
    const style = value === 0 ? "number zero" : FOR_PEOPLE.has(name) && value ? "number down" : "number";
    // -1: no partition is assigned yet.
    return make("td", { className: style }, value === null ? "–" : value < 0 ? "starting" : String(value));
  });
  return make(
    "tr",
    { "data-service": one.service },
    make("th", { scope: "row" }, one.service),
    make("td", { className: one.up ? "up" : "down" }, one.up ? "up" : "not answering"),
    make("td", {}, one.version ?? "–"),
    ...cells,
    make("td", {}, one.next_due_at ? dayAndTime(one.next_due_at) : "–"),
  );
}

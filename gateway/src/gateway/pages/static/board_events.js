// The panel of facts: newest first, paused and filtered by the reader, and told to screen readers now and then only.
import { clockTime, make, place } from "./board_kit.js";

const SERVICES = ["accounts", "catalog", "orders", "payments", "aftersales", "gateway"];
const SHOWN = 200;
const TELL_EVERY_MS = 30_000;

const list = place("events-list");
const state = place("events-state");
const pause = place("pause");
const hidden = new Set();
const waiting = [];
let paused = false;
let untold = 0;

/** Build the filter; `open(fact)` shows one in full. Gives `add(fact)` and `connection(name)`. */
export function factsPanel(open) {
  place("filters").append(...SERVICES.map(filter));
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    if (!paused) waiting.splice(0).forEach((fact) => show(fact, open));
    pause.textContent = paused ? "Go on" : "Pause";
    sayHowItStands();
  });
  setInterval(tellNow, TELL_EVERY_MS);
  return {
    add(fact) {
      untold += 1;
      if (!paused) show(fact, open);
      else {
        waiting.push(fact);
        if (waiting.length > SHOWN) waiting.shift();
      }
      sayHowItStands();
    },
    connection(name) {
      list.dataset.connection = name;
      sayHowItStands();
    },
    clear() {
      list.replaceChildren();
      waiting.length = 0;
      sayHowItStands();
    },
  };
}

function filter(service) {
  const box = make("input", { type: "checkbox", id: `filter-${service}` });
  box.checked = true;
  box.addEventListener("change", () => {
    if (box.checked) hidden.delete(service);
    else hidden.add(service);
    for (const row of list.children) row.hidden = hidden.has(row.dataset.service);
    sayHowItStands();
  });
  return make("label", { for: box.id }, box, service);
}

function show(fact, open) {
  const service = fact.topic.split(".")[0];
  const subject = make("button", { type: "button", className: "link" }, fact.subject.slice(-8));
  subject.setAttribute("aria-label", `${fact.topic} ${fact.subject.slice(-8)}: show this fact in full`);
  subject.addEventListener("click", () => open(fact));
  const row = make(
    "li",
    { "data-service": service, "data-type": fact.type },
    make("time", { datetime: fact.time }, clockTime(fact.time)),
    make("span", { className: "summary" }, fact.summary),
    subject,
    make("span", { className: "type" }, `${fact.type.replace(/\.v\d+$/, "")} · ${fact.seq}`),
  );
  row.hidden = hidden.has(service);
  // Whoever reads further down keeps the place.
  const before = list.scrollTop ? list.scrollHeight : 0;
  list.prepend(row);
  while (list.children.length > SHOWN) list.lastElementChild.remove();
  if (before) list.scrollTop += list.scrollHeight - before;
}

function sayHowItStands() {
  const connection = list.dataset.connection;
  const none = list.children.length === 0;
  if (connection === "lost") say("The stream is interrupted. It is tried again, and what is missed will be told then.", true);
  else if (connection !== "on") say("Connecting …");
  else if (paused) say(waiting.length ? `Paused. ${waiting.length} waiting.` : "Paused.");
  else if (none) say("Connected. Nothing has happened since.");
  else if (hidden.size && ![...list.children].some((row) => !row.hidden)) say("Nothing of what you chose to see.");
  else say("Facts appear as they happen, the newest first.");
}

function say(sentence, wrong = false) {
  if (state.textContent !== sentence) state.textContent = sentence;
  state.classList.toggle("wrong", wrong);
}

function tellNow() {
  place("events-told").textContent = untold ? `${untold} new ${untold === 1 ? "fact" : "facts"}` : "";
  untold = 0;
}

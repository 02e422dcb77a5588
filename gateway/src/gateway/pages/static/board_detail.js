// One fact or one order in full, over the board.
import { call } from "./api.js";
import { dayAndTime, make, place } from "./board_kit.js";

const dialog = place("detail");
// Where the thing a fact is about can be read as it is now.
const NOW_AT = {
  "orders.order": "/v1/orders/",
  "orders.seller_order": "/v1/seller/orders/",
  "payments.payment": "/v1/payments/",
  "payments.invoice": "/v1/invoices/",
};

place("detail-close").addEventListener("click", () => dialog.close());

/** A fact: its attributes, its data, and the thing as it is now where it can be read. */
export function openFact(fact, token) {
  const facts = { type: fact.type, time: dayAndTime(fact.time), subject: fact.subject, seq: fact.seq, id: fact.id };
  show(fact.type.replace(/\.v\d+$/, ""), fact.summary, facts);
  addPart("Data", fact.data);
  addNow(NOW_AT[fact.topic], fact.subject, token);
  dialog.showModal();
}

/** An order as it is now. */
export function openOrder(id, title, token) {
  show(title, "", { id });
  addNow(NOW_AT["orders.order"], id, token);
  dialog.showModal();
}

function show(title, summary, facts) {
  place("detail-title").textContent = title;
  place("detail-summary").textContent = summary;
  place("detail-facts").replaceChildren(
    ...Object.entries(facts).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, String(value))]),
  );
  place("detail-parts").replaceChildren();
}

async function addNow(path, id, token) {
  if (!path) return;
  const part = addPart("As it is now", "Asking …");
  try {
    part.textContent = JSON.stringify(await call("GET", path + id, { token }), null, 2);
  } catch (problem) {
    part.textContent = problem.message || "It could not be read.";
  }
}

function addPart(title, value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const part = make("pre", { tabindex: "0", role: "region", "aria-label": title }, text);
  place("detail-parts").append(make("h3", {}, title), part);
  return part;
}

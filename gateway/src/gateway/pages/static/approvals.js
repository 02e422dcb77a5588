// Orders over a spending limit: whoever is asked approves or refuses them here. Nothing is held until the last yes.
import { call, once, showError } from "./api.js";
import { amount } from "./board_kit.js";
import { signIn } from "./sign_in.js";

const REASONS = {
  person_per_order: ({ limit }) => `More than ${limit}, which is what the person may spend on one order.`,
  person_per_month: ({ limit, spent }) => `More than ${limit}, which is what the person may spend in a month; ${spent} were spent before.`,
  cost_centre_per_order: ({ limit }) => `More than ${limit}, which is what may be spent on one order for the cost centre.`,
  cost_centre_per_month: ({ limit, spent }) => `More than ${limit}, which is what may be spent in a month for the cost centre; ${spent} were spent before.`,
};
const OUTCOMES = {
  awaiting_payment: (number) => `Order ${number} is approved, and its devices are held.`,
  reserving: (number) => `Order ${number} is approved; its devices are being reserved.`,
  awaiting_approval: (number) => `You have approved order ${number}. The next step is somebody else's.`,
};
const REFUSALS = {
  approval_refused: (number) => `Order ${number} is refused.`,
  stock: (number) => `You have approved order ${number}, but some of its devices were sold in the meantime.`,
  price_changed: (number) => `You have approved order ${number}, but it costs more by now. Whoever still wants it has to order again.`,
};
const find = (id) => document.getElementById(id);
const wanted = new URLSearchParams(location.search).get("order");
let token;

signIn(async (found) => {
  token = found;
  await show();
  find("title").focus();
});

async function show() {
  const waiting = [];
  let cursor = null;
  do {
    const page = await call("GET", `/v1/approvals?limit=200${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`, { token });
    waiting.push(...page.items.filter((order) => order.waits_for_me));
    cursor = page.next_cursor;
  } while (cursor);
  // The order that the mail was about comes first.
  waiting.sort((one, other) => (other.id === wanted) - (one.id === wanted));
  find("orders").replaceChildren(...waiting.map(cardOf));
  find("none").hidden = waiting.length > 0;
  find("waiting").hidden = false;
}

function cardOf(order) {
  const card = find("order").content.cloneNode(true);
  const form = card.querySelector("form");
  const { approval } = order;
  card.querySelector("h2").textContent = `Order ${order.number} over ${amount(approval.totals.gross)}`;
  card.querySelector("ul").append(...approval.reasons.map(reasonOf));
  card.querySelector("tbody").append(...rowsOf(order).map(rowOf));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    decide(form, order, "approve");
  });
  card.querySelector("button.other").addEventListener("click", () => decide(form, order, "refuse"));
  return card;
}

function reasonOf({ code, limit, spent }) {
  const point = document.createElement("li");
  point.textContent = REASONS[code]?.({ limit: amount(limit), spent: amount(spent) }) ?? code;
  return point;
}

function rowsOf(order) {
  const { totals, step, steps, lapses_at: lapsesAt, decisions } = order.approval;
  return [
    ["Without VAT", amount(totals.net)],
    ["With VAT and shipping", amount(totals.gross)],
    ["PO number", order.buyer_reference],
    ["Cost centre", order.cost_centre],
    ["Step", steps > 1 ? `${step} of ${steps}` : null],
    ["Comments", decisions.map((one) => one.comment).filter(Boolean).join(" / ")],
    ["Decide by", new Date(lapsesAt).toLocaleString()],
  ].filter(([, text]) => text);
}

function rowOf([label, text]) {
  const row = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = label;
  const cell = document.createElement("td");
  cell.textContent = text;
  row.append(head, cell);
  return row;
}

function decide(form, order, decision) {
  return once(form, async () => {
    try {
      const comment = form.querySelector("textarea").value.trim() || null;
      const body = { decision, comment, step: order.approval.step };
      const after = await call("POST", `/v1/orders/${order.id}/approval`, { token, body });
      await show();
      const say = after.refusal ? REFUSALS[after.refusal.reason] : OUTCOMES[after.state];
      find("told").textContent = say?.(order.number) ?? `Your decision about order ${order.number} is kept.`;
      find("told").hidden = false;
      find("title").focus();
    } catch (problem) {
      showError(form.querySelector(".error"), problem.message || "That did not work. Please try again in a moment.");
    }
  });
}

// The panels of figures: orders by state, whose money lies where, and the holds that end next.
import { amount, fresh, make, minus, place, showRows, span, stale, words } from "./board_kit.js";

// In the order in which money walks through the books; kinds that are not named here follow under their own name.
const KINDS = {
  "buyer.escrow": "Held in escrow",
  "buyer.unapplied": "Unapplied",
  "seller.pending": "Sellers, pending",
  "seller.available": "Sellers, available",
  "refund.payable": "Refunds owed",
};
// The platform's own books and the other side of the same money, which would only be counted twice.
const LEFT_OUT = /^(mkt|psp)\./;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Show what the services said; `openOrder(id, title)` shows one in full. */
export function showFigures(figures, openOrder) {
  if (figures.orders) {
    tiles(place("orders-open"), figures.orders.open);
    tiles(place("orders-ended"), figures.orders.ended_last_day);
    waiting(figures.orders);
    holds(figures.orders, openOrder);
    fresh("orders");
  } else stale("orders", "orders did not answer");
  if (figures.payments) {
    money(figures.payments);
    fresh("payments");
  } else stale("payments", "payments did not answer");
}

function tiles(list, states) {
  list.replaceChildren(
    ...states.map(({ state, orders }) =>
      make("div", { "data-state": state }, make("dt", {}, words(state)), make("dd", { className: orders ? "" : "zero" }, String(orders))),
    ),
  );
}

function waiting({ late_parts: late = 0, asked_about: asked = 0 }) {
  for (const [name, count, words] of [
    ["late-parts", late, "late"],
    ["asked-about", asked, "asked to cancel"],
  ]) {
    const badge = place(name);
    badge.hidden = !count;
    badge.textContent = `${count} ${words}`;
  }
}

function holds({ as_of, holds: rows, holds_within_a_day: soon }, openOrder) {
  const badge = place("holds-soon");
  badge.hidden = !soon;
  badge.textContent = `${soon} within 24 h`;
  const made = rows.map((hold) => {
    const number = make("button", { type: "button", className: "link", "data-key": hold.order_id }, String(hold.number));
    number.addEventListener("click", () => openOrder(hold.order_id, `Order ${hold.number}`));
    const isSoon = new Date(hold.hold_until) - new Date(as_of) < DAY_MS;
    return make(
      "tr",
      { className: isSoon ? "soon" : "", "data-order": hold.order_id },
      make("th", { scope: "row" }, number),
      make("td", { className: "number" }, amount(hold.gross)),
      make("td", { className: "number" }, amount(minus(hold.gross, hold.received))),
      make("td", { className: "number" }, make("time", { datetime: hold.hold_until, title: hold.hold_until }, span(as_of, hold.hold_until))),
      make("td", {}, hold.market),
    );
  });
  showRows(place("holds-rows"), made, 5, "No order waits for its money.");
}

function money({ balances, unswept_commission: unswept }) {
  const currencies = [...new Set([...balances.map((one) => one.balance.currency), ...unswept.map((one) => one.currency)])].sort();
  const others = balances.map((one) => one.kind).filter((kind) => !(kind in KINDS) && !LEFT_OUT.test(kind));
  const lines = [...Object.entries(KINDS), ...[...new Set(others)].sort().map((kind) => [kind, words(kind)])];
  place("money-currencies").replaceChildren(
    make("tr", {}, make("th", { scope: "col" }, "Whose"), ...currencies.map((one) => make("th", { scope: "col", className: "number" }, one))),
  );
  const rows = lines.map(([kind, label]) => {
    const of = (currency) => balances.find((one) => one.kind === kind && one.balance.currency === currency)?.balance;
    return line(label, currencies.map((currency) => of(currency) ?? { amount: 0, currency }), { "data-kind": kind });
  });
  const swept = currencies.map((currency) => unswept.find((one) => one.currency === currency) ?? { amount: 0, currency });
  rows.push(line("Unswept commission", swept, { className: "total", "data-kind": "unswept" }));
  showRows(place("money-rows"), currencies.length ? rows : [], 2, "No money has moved yet.");
}

function line(label, sums, attributes) {
  const cells = sums.map((sum) => make("td", { className: sum.amount ? "number" : "number zero" }, amount(sum)));
  return make("tr", attributes, make("th", { scope: "row" }, label), ...cells);
}

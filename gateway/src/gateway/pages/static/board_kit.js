// What the panels of the board share: elements, amounts, times, and how old their figures are.

/** An element with a class, attributes and children; texts become text, never markup. */
export function make(tag, { className, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export const place = (id) => document.getElementById(id);
export const words = (code) => code.replaceAll("_", " ");

/** 94548 EUR minor units → "945.48 €" as the reader writes it; exact, for it is never a float. */
export function amount({ amount: minor, currency }) {
  const format = new Intl.NumberFormat(undefined, { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  const digits = format.resolvedOptions().maximumFractionDigits;
  const all = String(Math.abs(minor)).padStart(digits + 1, "0");
  const whole = digits ? `${all.slice(0, -digits)}.${all.slice(-digits)}` : all;
  return format.format(minor < 0 ? `-${whole}` : whole);
}

export function minus(one, other) {
  return { amount: one.amount - other.amount, currency: one.currency };
}

export function clockTime(instant) {
  return new Date(instant).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
}

export function dayAndTime(instant) {
  return new Date(instant).toLocaleString(undefined, { dateStyle: "short", timeStyle: "short" });
}

/** How long from one instant to another, in two units: "4 d 3 h", "2 h 05 min", "40 s". */
export function span(from, until) {
  const seconds = Math.round((new Date(until) - new Date(from)) / 1000);
  if (seconds <= 0) return "over";
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${String(minutes % 60).padStart(2, "0")} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** Replace the rows of a table, or say in one that there are none. A focused button keeps the focus. */
export function showRows(body, rows, columns, none) {
  const focused = document.activeElement?.dataset?.key;
  if (rows.length) body.replaceChildren(...rows);
  else body.replaceChildren(make("tr", {}, make("td", { className: "none", colspan: columns }, none)));
  if (focused) body.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

const seen = new Map();

/** The figures of this part are of now. */
export function fresh(part) {
  seen.set(part, new Date());
  tell(part, false, `Figures of ${clockTime(new Date())}`);
}

/** The part could not be read: what is shown stays, and says how old it is. */
export function stale(part, why) {
  const last = seen.get(part);
  tell(part, true, last ? `${why}; figures of ${clockTime(last)}` : `${why}; nothing to show yet`);
}

function tell(part, wrong, sentence) {
  for (const line of document.querySelectorAll(`.as-of[data-of="${part}"]`)) {
    if (line.textContent !== sentence) line.textContent = sentence;
    line.classList.toggle("wrong", wrong);
    line.closest(".panel").dataset.stale = wrong;
  }
}

// The panel of parked messages: one line per aggregate, because a redrive handles all of it or nothing.
import { call } from "./api.js";
import { dayAndTime, fresh, make, place, showRows, stale, words } from "./board_kit.js";

const told = place("parked-told");

/** Read the parked messages of those services that have some, and show them. */
export async function showParked(services, token, afterwards) {
  const asked = services.filter((one) => one.up && one.parked).map((one) => one.service);
  const down = services.filter((one) => !one.up).map((one) => one.service);
  try {
    const lists = await Promise.all(asked.map((service) => call("GET", `/v1/operator/parked?service=${service}`, { token })));
    const groups = byAggregate(lists.flat());
    const rows = groups.map((group) => row(group, token, afterwards));
    const count = lists.flat().length;
    place("parked-count").hidden = !count;
    place("parked-count").textContent = String(count);
    place("parked-count").className = "count wrong";
    showRows(place("parked-rows"), rows, 6, down.length ? `None known of; ${down.join(", ")} cannot be asked.` : "None. Every message was handled.");
    if (down.length) stale("parked", `${down.join(", ")} did not answer`);
    else fresh("parked");
  } catch (problem) {
    if (problem.status === 401) throw problem;
    stale("parked", "The parked messages could not be read");
  }
}

function byAggregate(messages) {
  const groups = new Map();
  for (const message of messages) {
    const key = `${message.service}/${message.handler}/${message.aggregate_id}`;
    if (!groups.has(key)) groups.set(key, { key, first: message, count: 0 });
    const group = groups.get(key);
    group.count += 1;
    // The poison one says what is wrong; the others only wait behind it.
    if (message.reason === "poison") group.first = message;
  }
  return [...groups.values()];
}

function row({ key, first, count }, token, afterwards) {
  return make(
    "tr",
    { "data-aggregate": first.aggregate_id },
    make("th", { scope: "row" }, first.service),
    make("td", {}, `${first.type || first.topic} · ${first.aggregate_id.slice(-8)}`),
    make("td", { className: "number" }, String(count)),
    make("td", { className: "wide-text" }, [words(first.reason), first.detail].filter(Boolean).join(": ")),
    make("td", {}, dayAndTime(first.parked_at)),
    make("td", {}, ...(first.may_redrive ? [redriveButton(key, first, count, token, afterwards)] : [])),
  );
}

function redriveButton(key, first, count, token, afterwards) {
  const button = make("button", { type: "button", className: "plain", "data-key": key }, "Redrive");
  button.setAttribute("aria-label", `Redrive ${count} of ${first.type} in ${first.service}`);
  button.disabled = first.reason === "not_an_event";
  button.addEventListener("click", () => redrive(button, first, token, afterwards));
  return button;
}

async function redrive(button, first, token, afterwards) {
  button.disabled = true;
  say(`Redriving ${first.type} in ${first.service} …`, "quiet");
  try {
    const path = `/v1/operator/parked/${first.service}/${encodeURIComponent(first.handler)}/${first.aggregate_id}/redrive`;
    const { handled } = await call("POST", path, { token });
    if (handled) say(`${handled} ${handled === 1 ? "message was" : "messages were"} handled in ${first.service}.`, "notice");
    else say(`Nothing was handled in ${first.service}: its predecessor has not come yet.`, "error");
  } catch (problem) {
    say(problem.message || "That did not work. Please try again in a moment.", "error");
  }
  button.disabled = false;
  await afterwards();
  if (!document.activeElement || document.activeElement === document.body) place("parked-title").focus();
}

function say(sentence, style) {
  told.className = style;
  told.textContent = sentence;
}

// The operator's board: one sign-in, then every panel keeps itself up to date until the sign-in ends.
import { call, once, showError } from "./api.js";
import { openFact, openOrder } from "./board_detail.js";
import { factsPanel } from "./board_events.js";
import { showFigures } from "./board_figures.js";
import { place, stale } from "./board_kit.js";
import { showParked } from "./board_parked.js";
import { nothingAnswers, showServices } from "./board_services.js";
import { follow } from "./board_stream.js";
import { signIn } from "./sign_in.js";

const EVERY_MS = 5_000;
// Facts come in bursts; figures are read at most so often for them.
const AT_MOST_EVERY_MS = 1_000;
const PARTS = ["orders", "payments", "parked", "services"];

let session = null;
const facts = factsPanel((fact) => openFact(fact, session?.token));
const askAgain = signIn(begin);

place("key-sign-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const [form, key] = [event.target, place("key")];
  once(form, async () => {
    try {
      await begin(key.value.trim());
      key.value = "";
      showError(place("key-error"), "");
    } catch (problem) {
      showError(place("key-error"), problem.message || "That did not work. Please try again in a moment.", key);
    }
  });
});
place("sign-out").addEventListener("click", () => {
  end();
  place("board").hidden = true;
  facts.clear();
  place("email").focus();
});

async function begin(token) {
  // Refused here already where somebody may not look.
  const services = await call("GET", "/v1/operator/status", { token });
  session = { token, ends: new AbortController(), refreshing: null };
  place("door").hidden = true;
  place("sign-in").hidden = false;
  place("board").hidden = place("standing").hidden = false;
  showMoneyPanels(true);
  showServices(services);
  place("title").focus();
  keepUp(session);
  watch(session);
}

function end(sentence) {
  session?.ends.abort();
  session = null;
  place("door").hidden = false;
  place("standing").hidden = true;
  connection("off");
  if (sentence) {
    // What was seen last stays on the screen, and says that it is old.
    for (const part of PARTS) stale(part, "You are not signed in any more");
    askAgain(sentence);
  }
}

async function keepUp(mine) {
  while (!mine.ends.signal.aborted) {
    await refresh(mine);
    await new Promise((resume) => setTimeout(resume, EVERY_MS));
  }
}

/** Read everything once; who asks while it is under way gets the same round. */
function refresh(mine) {
  mine.refreshing ??= readAll(mine).finally(() => (mine.refreshing = null));
  return mine.refreshing;
}

async function readAll(mine) {
  const { token } = mine;
  const parts = await Promise.allSettled([readServices(mine), readFigures(mine), readClock(token)]);
  if (mine.ends.signal.aborted) return;
  const refused = parts.find((part) => part.reason?.status === 401);
  if (refused) end("Your session has ended. Please sign in again.");
  else if (parts[0].reason) nothingAnswers();
}

async function readServices(mine) {
  try {
    const services = await call("GET", "/v1/operator/status", { token: mine.token });
    showServices(services);
    await showParked(services, mine.token, () => refresh(mine));
  } catch (problem) {
    for (const part of ["services", "parked"]) stale(part, "The gateway did not answer");
    throw problem;
  }
}

async function readFigures(mine) {
  if (mine.seesNoMoney) return;
  try {
    const figures = await call("GET", "/v1/operator/figures", { token: mine.token });
    showFigures(figures, (id, title) => openOrder(id, title, mine.token));
  } catch (problem) {
    if (problem.status === 403) {
      mine.seesNoMoney = true;
      return showMoneyPanels(false);
    }
    for (const part of ["orders", "payments"]) stale(part, "The gateway did not answer");
    throw problem;
  }
}

/** Engineers keep the machinery going; whose money runs through it is not theirs to see. */
function showMoneyPanels(shown) {
  for (const panel of ["orders", "money", "holds"]) place(panel).hidden = !shown;
}

async function readClock(token) {
  // Outside of a sandbox there is no test clock, and business time is the time.
  const { now } = "sandbox" in document.body.dataset ? await call("GET", "/v1/test-clock", { token }) : { now: new Date() };
  place("clock").textContent = new Date(now).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

async function watch(mine) {
  let due = null;
  const soon = () => (due ??= setTimeout(() => ((due = null), refresh(mine)), AT_MOST_EVERY_MS));
  const on = {
    fact: (fact) => (facts.add(fact), soon()),
    state: connection,
    gap: () => (facts.clear(), soon()),
  };
  try {
    await follow(mine.token, on, mine.ends.signal);
  } catch {
    if (!mine.ends.signal.aborted) end("Your session has ended. Please sign in again.");
  }
  clearTimeout(due);
}

function connection(name) {
  const live = place("live");
  live.dataset.state = name;
  live.textContent = { on: "live", lost: "reconnecting", off: "not connected" }[name];
  facts.connection(name);
}

// The stream of facts, read with fetch: the sign-in stays in a header, which the browser's EventSource cannot send.

// The server says something at least every 15 seconds; who hears nothing for longer is not connected any more.
const SILENCE_MS = 40_000;
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 10_000;
const REMEMBERED = 2_000;

/**
 * Follow the facts until `signal` aborts. `on.fact(event)` gets every fact once, `on.state(name)` one of "on", "lost", and
 * `on.gap()` is told when too much was missed. Ends by throwing only for a 401 or 403.
 */
export async function follow(token, on, signal) {
  let last = null;
  let pause = RETRY_MS;
  const known = new Set();
  const heard = ({ id, event, data }) => {
    if (id) last = id;
    if (event === "ready") {
      pause = RETRY_MS;
      on.state("on");
    } else if (event === "gap") on.gap();
    else if (event === "message") {
      const fact = JSON.parse(data);
      // After a break facts may come once more.
      if (known.has(fact.id)) return;
      known.add(fact.id);
      if (known.size > REMEMBERED) known.delete(known.values().next().value);
      on.fact(fact);
    }
  };
  while (!signal.aborted) {
    try {
      await once(token, last, heard, signal);
    } catch (error) {
      if (error.status === 401 || error.status === 403) throw error;
    }
    if (signal.aborted) return;
    on.state("lost");
    await new Promise((resume) => setTimeout(resume, pause));
    pause = Math.min(pause * 2, RETRY_MAX_MS);
  }
}

async function once(token, last, heard, signal) {
  const silence = new AbortController();
  const stop = () => silence.abort();
  signal.addEventListener("abort", stop);
  let watch = setTimeout(stop, SILENCE_MS);
  try {
    const headers = { Authorization: `Bearer ${token}`, Accept: "text/event-stream" };
    if (last) headers["Last-Event-ID"] = last;
    const response = await fetch("/v1/events", { headers, cache: "no-store", signal: silence.signal });
    if (!response.ok) {
      const error = new Error(`the stream was refused with ${response.status}`);
      error.status = response.status;
      throw error;
    }
    const parse = parser(heard);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(watch);
      watch = setTimeout(stop, SILENCE_MS);
      parse(value);
    }
  } finally {
    clearTimeout(watch);
    signal.removeEventListener("abort", stop);
  }
}

/** Text in, events out, as the HTML standard reads a stream (our server ends lines with LF only). */
export function parser(heard) {
  let rest = "";
  let fields = {};
  return (text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) {
      if (line === "") {
        if ("data" in fields) heard({ event: "message", ...fields });
        fields = {};
      } else if (!line.startsWith(":")) {
        const [, name, value] = line.match(/^([^:]*):? ?(.*)$/);
        fields[name] = name === "data" && "data" in fields ? `${fields.data}\n${value}` : value;
      }
    }
  };
}

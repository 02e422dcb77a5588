// The start page of a sandbox shows business time, which the test clock may have moved.
import { call } from "./api.js";

const clock = document.getElementById("clock");
try {
  const { now } = await call("GET", "/v1/test-clock");
  clock.textContent = new Date(now).toLocaleString(undefined, { dateStyle: "full", timeStyle: "short" });
} catch {
  clock.textContent = "not known at the moment";
}

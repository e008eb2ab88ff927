// A day of one bot: 60 calls a minute for 24 hours, on clocks that run 144 times as fast, in the server and in its sandbox.
// Prints the memory by the hour; exits with 1 if it grows, or if a call fails.

import { residentMiB } from "./mcp-process.mjs";
import { startSandbox, startServer } from "./pacing-actors.mjs";

const SPEED = 144;
const HOURS = Number(process.argv[2] ?? 24);
const CALLS_A_MINUTE = 60;
/** Garbage collection runs at any time. */
const NOISE_MIB = 24;

const clock = {
  SPEED: String(SPEED),
  NODE_OPTIONS: `--import=${new URL("fast-clock.mjs", import.meta.url)}`,
};
const sandbox = await startSandbox(["--limit", "240"], () => {}, clock);
const server = await startServer({
  ...sandbox.env,
  ...clock,
  KOOK_MESSAGES: "read,send",
  KOOK_CONFIRM_SEND: "never",
  KOOK_SEND_TO: "*",
  KOOK_SEND_LIMIT: "400",
  // A tenth of a second is a quarter of a minute on this clock.
  KOOK_TIMEOUT_MS: "600000",
  KOOK_LOG_LEVEL: "error",
});
const { result } = await server.call("list_chats", { page_size: 50 });
/** @type {string[]} */
const users = result.structuredContent.chats.map((/** @type {any} */ chat) => chat.target_id);

/** One minute's calls: an inbox, five messages to send, and what a model reads. @param {number} index */
function callOf(index) {
  const target_id = users[(index * 7) % users.length];
  const place = index % CALLS_A_MINUTE;
  if (place === 0) return server.call("list_inbox", { since: "24h" });
  if (place % 12 === 5) {
    return server.call("send_messages", { messages: [{ target_id, text: `答复 ${index}` }] });
  }
  if (place % 3 === 0) return server.call("list_chats", { page: 1 + (index % 10) });
  if (place % 10 === 1) return server.call("list_chats", { query: `${index % 50}` });
  return server.call("list_messages", { target_id, limit: 20 });
}

const total = HOURS * 60 * CALLS_A_MINUTE;
const pauseMs = 60_000 / CALLS_A_MINUTE / SPEED;
const startedAt = performance.now();
/** @type {number[]} */
const hours = [];
/** @type {Map<string, number>} */
const failures = new Map();
let answered = 0;
for (let index = 0; index < total && !server.hasEnded(); index++) {
  const dueMs = index * pauseMs - (performance.now() - startedAt);
  if (dueMs > 1) await new Promise((resolve) => setTimeout(resolve, dueMs));
  // A person waits for an answer; a few calls may overlap.
  while (server.unanswered() > 8) await new Promise((resolve) => setTimeout(resolve, 1));
  void callOf(index).then(({ result: { isError, content } }) => {
    answered++;
    const kind = content[0].text.slice(0, 40);
    if (isError) failures.set(kind, (failures.get(kind) ?? 0) + 1);
  });
  if (index % (60 * CALLS_A_MINUTE) === 60 * CALLS_A_MINUTE - 1) {
    hours.push(Math.round(residentMiB(server.pid ?? 0)));
  }
}
while (server.unanswered() > 0 && !server.hasEnded()) {
  await new Promise((resolve) => setTimeout(resolve, 10));
}
const minutes = (performance.now() - startedAt) / 60_000;
console.log(`${answered} calls of ${HOURS} hours answered in ${minutes.toFixed(1)} minutes`);
console.log(`resident MiB by the hour: ${hours.join(" ")}`);
for (const [kind, count] of failures) console.log(`${count} × ${kind}`);
const half = hours.slice(Math.floor(hours.length / 2));
const early = Math.max(...hours.slice(1, Math.ceil(hours.length / 2)));
const grows = Math.max(...half) - early > NOISE_MIB;
if (grows) console.error("Not good: memory grows");
if (server.stderr.length > 0) console.error(`Not good: ${server.stderr.slice(0, 3).join(" / ")}`);
server.stop();
sandbox.stop();
process.exit(grows || server.hasEnded() || server.stderr.length > 0 ? 1 : 0);

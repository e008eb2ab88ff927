// How many calls a second one process makes, 32 at once, against a sandbox on loopback; beside what KOOK allows a bot.
import { startSandbox, startServer } from "./pacing-actors.mjs";

const CALLS = 10_000;
const AT_ONCE = 32;
/** KOOK's developer rules: 60 calls a minute without proof of identity. */
const KOOK_A_SECOND = 1;

const sandbox = await startSandbox(["--limit", "1000000000"]);
const server = await startServer({ ...sandbox.env, KOOK_LOG_LEVEL: "error" });
const { result } = await server.call("list_chats", { page_size: 1 });
const [{ chat_code }] = result.structuredContent.chats;

const calls = {
  list_chats: { page_size: 20 },
  view_chat: { chat_code },
};
/** @type {Record<string, object>} */
const rows = {};
for (const [name, args] of Object.entries(calls)) {
  let left = CALLS;
  const work = async () => {
    while (left-- > 0) await server.call(name, args);
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const perSecond = CALLS / ((performance.now() - startedAt) / 1_000);
  rows[name] = {
    "calls a second": Math.round(perSecond),
    "times KOOK's limit": Math.round(perSecond / KOOK_A_SECOND),
  };
}
console.table(rows);
server.stop();
sandbox.stop();
process.exit(0);

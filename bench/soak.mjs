// Makes 100 000 calls through the built server against a sandbox where each fault hits 1 % of the requests. Exits with 1
// if a call gets no answer, an exception is not caught, or memory or sockets grow.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { startSandbox, startServer } from "./pacing-actors.mjs";

const CALLS = Number(process.argv[2] ?? 100_000);
const AT_ONCE = 64;
const SAMPLES = 200;
const MAX_MINUTES = 12;
/** Allowed difference between the quarters: garbage collection runs at any time. */
const NOISE_MIB = 24;
const NOISE_SOCKETS = AT_ONCE / 2;

const sandbox = await startSandbox(["--fault", "all:0.01", "--limit", "1000000000"]);
const server = await startServer({
  ...sandbox.env,
  KOOK_TIMEOUT_MS: "250",
  KOOK_LOG_LEVEL: "error",
  KOOK_CONFIRM_DELETE: "never",
});
const startedAt = performance.now();

/** @param {number} index */
function callOf(index) {
  const page = 1 + (index % 480);
  if (index % 20 === 7) return server.call("create_chat", { target_id: "2418200000" });
  if (index % 20 === 17) {
    return server.call("delete_chat", { chat_code: "c3373907bf372d60ba1f8285cea5efd6" });
  }
  if (index % 2 === 0) return server.call("list_chats", { page, page_size: 1 + (index % 7) });
  return server.call("view_chat", { chat_code: `${index}` });
}

/** @type {Map<string, number>} */
const kinds = new Map();
/** @param {any} answer */
function kindOf({ result, error }) {
  if (error) return `JSON-RPC error ${error.code}`;
  if (!result.isError) return "result";
  return result.content[0].text.replace(/(: |\. |, ).*$/s, "").replace(/\d+ ms/, "… ms");
}

/** @returns {{ mib: number, sockets: number }} */
function measure() {
  const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
  const folder = `/proc/${server.pid}/fd`;
  const sockets = readdirSync(folder).filter((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`).startsWith("socket:");
    } catch {
      return false;
    }
  });
  return { mib: Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024, sockets: sockets.length };
}

/** @type {ReturnType<typeof measure>[]} */
const samples = [];
let next = 0;
let answered = 0;
async function work() {
  while (next < CALLS && performance.now() - startedAt < MAX_MINUTES * 60_000) {
    const answer = await callOf(next++);
    answered++;
    const kind = kindOf(answer);
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    // /proc exists on Linux only.
    if (process.platform === "linux" && answered % Math.ceil(CALLS / SAMPLES) === 0)
      samples.push(measure());
  }
}

const stuck = setInterval(() => {
  if (server.hasEnded()) finish();
}, 1_000);
await Promise.all(Array.from({ length: AT_ONCE }, work));
finish();

function finish() {
  clearInterval(stuck);
  const seconds = (performance.now() - startedAt) / 1000;
  const length = Math.floor(samples.length / 4);
  const quarters = [0, 1, 2, 3].map((quarter) => {
    const part = samples.slice(quarter * length, (quarter + 1) * length);
    /** @param {"mib" | "sockets"} key */
    const mean = (key) => part.reduce((sum, sample) => sum + sample[key], 0) / part.length;
    return { "RSS, MiB": Math.round(mean("mib")), sockets: Math.round(mean("sockets")) };
  });
  console.log(`${answered} of ${CALLS} calls answered in ${Math.round(seconds)} s`);
  console.table(
    Object.fromEntries(quarters.map((quarter, index) => [`quarter ${index + 1}`, quarter])),
  );
  console.table(Object.fromEntries([...kinds].sort((a, b) => b[1] - a[1])));
  const [first, , , last] = quarters;
  const problems = [
    answered < CALLS && `${CALLS - answered} calls have no answer`,
    server.hasEnded() && "the server has ended",
    server.stderr.length > 0 && `stderr: ${server.stderr.slice(0, 3).join(" / ")}`,
    [...kinds.keys()].some((kind) => /JSON-RPC|fault of its own; nothing/.test(kind)) &&
      "a fault of the server's own",
    first && last && last["RSS, MiB"] - first["RSS, MiB"] > NOISE_MIB && "memory grows",
    first && last && last.sockets - first.sockets > NOISE_SOCKETS && "sockets grow",
  ].filter((problem) => problem !== false && problem !== undefined);
  for (const problem of problems) console.error(`Not good: ${problem}`);
  server.stop();
  sandbox.stop();
  process.exit(problems.length > 0 ? 1 : 0);
}

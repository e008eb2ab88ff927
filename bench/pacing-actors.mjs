// Runs the built file: the sandbox over HTTP, and servers over stdio.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../dist/main.js", import.meta.url));

/**
 * Starts `kook-chat-mcp sandbox`.
 * @param {string[]} flags
 * @param {(line: string) => void} [onRequest] called for each request, e.g. `GET /api/v3/user-chat/list?page=1 200`
 * @param {Record<string, string>} [env]
 */
export async function startSandbox(flags, onRequest = () => {}, env = {}) {
  const child = spawn(process.execPath, [MAIN, "sandbox", ...flags], {
    env: { PATH: process.env["PATH"], ...env },
  });
  // The sandbox does not exit when its stdin ends, so kill it.
  process.once("exit", () => child.kill("SIGKILL"));
  createInterface(child.stderr).on("line", (line) =>
    onRequest(line.replace(/^kook-chat-mcp info: /, "")),
  );
  const [line] = await once(createInterface(child.stdout), "line");
  /** @type {{ url: string, token: string }} */
  const { url, token } = JSON.parse(line);
  return {
    env: { KOOK_BASE_URL: url, KOOK_TOKEN: token },
    pid: child.pid,
    stop: () => void child.kill("SIGKILL"),
  };
}

/**
 * Starts and initializes a server.
 * @param {Record<string, string>} env
 * @param {string[]} [flags]
 */
export async function startServer(env, flags = []) {
  const child = spawn(process.execPath, [MAIN, ...flags], {
    env: { PATH: process.env["PATH"], ...env },
  });
  /** @type {Map<number, (answer: any) => void>} */
  const waiting = new Map();
  /** @type {string[]} */
  const stderr = [];
  createInterface(child.stderr).on("line", (line) => stderr.push(line));
  createInterface(child.stdout).on("line", (line) => {
    const answer = JSON.parse(line);
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  let nextId = 0;
  /** @param {string} method @param {object} params @returns {Promise<any>} */
  const request = (method, params) => {
    const id = nextId++;
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", id, method, params })}\n`);
    return new Promise((resolve) => waiting.set(id, resolve));
  };
  await request("initialize", {
    protocolVersion: "2025-06-18",
    capabilities: {},
    clientInfo: { name: "bench", version: "1.0.0" },
  });
  child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
  return {
    pid: child.pid,
    stderr,
    /** Number of calls without an answer. */
    unanswered: () => waiting.size,
    hasEnded: () => child.exitCode !== null,
    /** @param {string} name @param {object} args */
    call: (name, args) => request("tools/call", { name, arguments: args }),
    stop: () => void child.kill("SIGKILL"),
  };
}

/**
 * Lets several servers with one token share one limit.
 * @param {{ servers: number, calls: number, limit: number, windowSeconds: number, flags?: string[] }} load `calls` of all servers together
 */
export async function paceServers({ servers, calls, limit, windowSeconds, flags = [] }) {
  /** @type {boolean[]} */
  const refused = [];
  const limits = ["--limit", String(limit), "--window", String(windowSeconds), ...flags];
  const sandbox = await startSandbox(limits, (line) => refused.push(line.endsWith(" 429")));
  const env = { ...sandbox.env, KOOK_MAX_WAIT_MS: "600000", KOOK_LOG_LEVEL: "error" };
  const started = await Promise.all(Array.from({ length: servers }, () => startServer(env)));
  const startedAt = performance.now();
  const answers = await Promise.all(
    started.flatMap((server, index) =>
      // The sandbox does not know the codes and answers 404.
      Array.from({ length: calls / servers }, (_, call) =>
        server.call("view_chat", { chat_code: `${index}-${call}` }),
      ),
    ),
  );
  const ms = performance.now() - startedAt;
  for (const { stop } of [...started, sandbox]) stop();
  const runs = refused
    .map((is) => (is ? "x" : " "))
    .join("")
    .split(/ +/);
  return {
    requests: refused.length,
    served: answers.filter(({ result }) => result.content[0].text.includes("code 404")).length,
    refused: runs.join("").length,
    refusedInARow: Math.max(...runs.map((run) => run.length)),
    /** Time taken, divided by the time that the limit alone dictates. */
    ratio: ms / ((Math.ceil(calls / limit) - 1) * windowSeconds * 1000),
  };
}

// The end of the process while a change or a question is in flight.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { MAIN } from "../support/paths.ts";
import { USERS } from "../support/sending.ts";

const { target_id } = USERS.summer;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

type Create = (response: ServerResponse, answer: () => Promise<void>, attempt: number) => unknown;

async function started(create: Create, env: Record<string, string> = {}, forms = false) {
  const sandbox = new Sandbox({ anchor: Date.now(), limit: 1_000_000 });
  let attempts = 0;
  const http = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", async () => {
      const { method = "", url = "" } = request;
      const headers = new Headers(request.headers as Record<string, string>);
      const answer = async () => {
        const made = sandbox.handle({ method, url, headers, body });
        response.writeHead(made.status, Object.fromEntries(made.headers));
        response.end(await made.text());
      };
      if (url.includes("direct-message/create")) create(response, answer, ++attempts);
      else await answer();
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const log = join(mkdtempSync(join(tmpdir(), "kook-break-")), "audit.jsonl");
  const server = spawn(process.execPath, [MAIN], {
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      KOOK_TOKEN: SANDBOX_TOKEN,
      KOOK_BASE_URL: `http://127.0.0.1:${(http.address() as AddressInfo).port}/api/v3`,
      KOOK_MESSAGES: "send",
      KOOK_CONFIRM_SEND: forms ? "always" : "never",
      KOOK_AUDIT_LOG: log,
      ...env,
    },
  });
  onTestFinished(() => void server.kill("SIGKILL"));
  let out = "";
  server.stdout.on("data", (chunk) => (out += chunk));
  let err = "";
  server.stderr.on("data", (chunk) => (err += chunk));
  const write = (message: object) =>
    server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const capabilities = forms ? { elicitation: {} } : {};
  write({
    id: 1,
    method: "initialize",
    params: {
      protocolVersion: "2025-06-18",
      capabilities,
      clientInfo: { name: "x", version: "1" },
    },
  });
  write({ method: "notifications/initialized" });
  const messages = [{ target_id, text: "你好世界" }];
  write({
    id: 2,
    method: "tools/call",
    params: { name: "send_messages", arguments: { messages } },
  });
  const shows = async (text: string) => {
    for (let n = 0; n < 100 && !out.includes(text); n++) await pause(50);
    expect(out + err).toContain(text);
  };
  const exit = once(server, "exit").then(() => performance.now());
  const audit = () => (existsSync(log) ? readFileSync(log, "utf8") : "");
  return { sandbox, server, write, shows, exit, audit, out: () => out };
}

test("SIGTERM while a send waits for KOOK's rate limit sends nothing afterwards", async () => {
  let limited = () => {};
  const isLimited = new Promise<void>((resolve) => (limited = resolve));
  const { sandbox, server, exit } = await started((response, answer, attempt) => {
    if (attempt > 1) {
      void answer();
      return;
    }
    response.writeHead(429, {
      "content-type": "application/json",
      "x-rate-limit-limit": "5",
      "x-rate-limit-remaining": "0",
      "x-rate-limit-reset": "4",
      "x-rate-limit-bucket": "direct-message/create",
    });
    response.end(JSON.stringify({ code: 429, message: "too many", data: {} }));
    limited();
  });
  await isLimited;
  await pause(200);
  const at = performance.now();
  server.kill("SIGTERM");
  const took = (await exit) - at;
  expect({ sent: sandbox.find("你好世界").length, slow: took > 2_000 }).toEqual({
    sent: 0,
    slow: false,
  });
}, 30_000);

test("a send that takes longer than the grace period has its line all the same", async () => {
  let arrived = () => {};
  const hasArrived = new Promise<void>((resolve) => (arrived = resolve));
  const { sandbox, server, exit, audit } = await started(
    async (_, answer) => {
      arrived();
      await pause(300);
      // Made, but the answer is held back.
      void answer;
    },
    { KOOK_TIMEOUT_MS: "1000" },
  );
  await hasArrived;
  server.kill("SIGTERM");
  await exit;
  void sandbox;
  expect(audit()).toContain("send_messages");
}, 30_000);

test("with the default settings: a send that leaves its wait for the rate limit at the end of the grace period has its line", async () => {
  let limited = () => {};
  const isLimited = new Promise<void>((resolve) => (limited = resolve));
  const { sandbox, server, exit, audit } = await started(async (response, answer, attempt) => {
    if (attempt === 1) {
      response.writeHead(429, {
        "content-type": "application/json",
        "x-rate-limit-limit": "5",
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": "14",
        "x-rate-limit-bucket": "direct-message/create",
      });
      response.end(JSON.stringify({ code: 429, message: "too many", data: {} }));
      return limited();
    }
    // KOOK makes it at once and answers late.
    const write = response.end.bind(response);
    response.end = ((body: string) => void setTimeout(() => write(body), 6_000)) as never;
    await answer();
  });
  await isLimited;
  server.kill("SIGTERM");
  await exit;
  const made = sandbox.find("你好世界").length;
  // It was not on the wire when the signal came.
  expect({ made, line: JSON.parse(audit()) }).toMatchObject({
    made: 0,
    line: { outcome: "not_done" },
  });
}, 30_000);

test.each(["SIGTERM", "SIGINT", "end", "stdout"] as const)(
  "a form is open: %s ends the process at once",
  async (how) => {
    const { server, shows, exit, sandbox } = await started((_, answer) => answer(), {}, true);
    await shows("elicitation/create");
    const at = performance.now();
    if (how === "end") server.stdin.end();
    else if (how === "stdout") {
      server.stdout.destroy();
      await pause(50);
      server.stdin.write(`{"jsonrpc":"2.0","id":9,"method":"ping"}\n`);
    } else server.kill(how);
    expect((await exit) - at).toBeLessThan(1_500);
    expect(sandbox.find("你好世界")).toEqual([]);
  },
  30_000,
);

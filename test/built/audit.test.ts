// The audit log of a server whose host goes away, and whose lines fail.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { AuditFile } from "../../src/mcp/audit.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { MAIN } from "../support/paths.ts";
import { idsOf, recordingKook, send, sending, USERS } from "../support/sending.ts";

const { summer, tool } = USERS;
const { target_id } = summer;

/** KOOK answers a create 0.8 s after it was made. The host goes away in between. */
async function hostLeaves(how: "cancel, then end of stdin" | "SIGTERM") {
  const sandbox = new Sandbox({ anchor: Date.now(), limit: 1_000_000 });
  let created = () => {};
  const onWire = new Promise<void>((resolve) => (created = resolve));
  const http = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", async () => {
      const { method = "", url = "" } = request;
      const headers = new Headers(request.headers as Record<string, string>);
      const answer = sandbox.handle({ method, url, headers, body });
      if (url.includes("direct-message/create")) {
        created();
        await new Promise((resolve) => setTimeout(resolve, 800));
      }
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(await answer.text());
    });
  });
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(() => void http.close());
  const log = join(mkdtempSync(join(tmpdir(), "kook-break-")), "audit.jsonl");
  const server = spawn(process.execPath, [MAIN], {
    stdio: ["pipe", "ignore", "ignore"],
    env: {
      KOOK_TOKEN: SANDBOX_TOKEN,
      KOOK_BASE_URL: `http://127.0.0.1:${(http.address() as AddressInfo).port}/api/v3`,
      KOOK_MESSAGES: "send",
      KOOK_CONFIRM_SEND: "never",
      KOOK_AUDIT_LOG: log,
    },
  });
  const write = (message: object) =>
    server.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
  const clientInfo = { name: "x", version: "1" };
  write({
    id: 1,
    method: "initialize",
    params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo },
  });
  write({ method: "notifications/initialized" });
  const messages = [{ target_id, text: "你好世界" }];
  write({
    id: 2,
    method: "tools/call",
    params: { name: "send_messages", arguments: { messages } },
  });
  await onWire;
  await new Promise((resolve) => setTimeout(resolve, 100));
  if (how === "SIGTERM") server.kill("SIGTERM");
  else {
    write({ method: "notifications/cancelled", params: { requestId: 2 } });
    server.stdin.end();
  }
  await once(server, "exit");
  expect(sandbox.find("你好世界")).toHaveLength(1);
  return existsSync(log) ? readFileSync(log, "utf8") : "";
}

test("a message that was made has its line, though the call was cancelled and stdin ended", async () => {
  expect(await hostLeaves("cancel, then end of stdin")).toContain('"tool":"send_messages"');
});

test("a message that was made has its line, though the host ends the server by SIGTERM", async () => {
  expect(await hostLeaves("SIGTERM")).toContain('"tool":"send_messages"');
});

test("the line of a refused answer does not give the user's message as its own", async () => {
  const kook = recordingKook();
  const lines: string[] = [];
  const auditFile: AuditFile = {
    open: async () => ({ append: async (line) => void lines.push(line), close: async () => {} }),
  };
  const client = await sending({ fetch: kook.fetch, confirmSend: "never", auditFile });
  const [reply_to] = await idsOf(client, { target_id, limit: 2 });
  kook.next("direct-message/create", () =>
    Response.json({ code: 40_000, message: "你已被对方屏蔽", data: {} }, { status: 400 }),
  );
  await send(client, [{ target_id, text: "好的", reply_to }]);
  expect(JSON.parse(lines[0] ?? "{}")).not.toHaveProperty("msg_id");
});

test("a line that could not be written stops a change whose log is only just being opened", async () => {
  const kook = recordingKook();
  let opened = 0;
  let failed = () => {};
  const hasFailed = new Promise<void>((resolve) => (failed = resolve));
  const auditFile: AuditFile = {
    async open() {
      opened += 1;
      if (opened === 2) await hasFailed;
      return {
        close: async () => {},
        async append() {
          setTimeout(failed, 20);
          throw new Error("ENOSPC");
        },
      };
    },
  };
  const client = await sending({ fetch: kook.fetch, confirmSend: "never", auditFile });
  await Promise.all([
    send(client, [{ target_id, text: "一" }]),
    send(client, [{ ...tool, text: "二" }]),
  ]);
  expect(kook.posts).toHaveLength(1);
});

// The built server over real pipes: what a host writes, and what it reads.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { expect, onTestFinished, test } from "vitest";
import { MAIN } from "../support/paths.ts";

interface Message {
  id?: unknown;
  method?: string;
  result?: { isError?: boolean; structuredContent?: Record<string, unknown> };
  error?: { code: number; message: string };
}

function start(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, "--sandbox", "--log-level", "debug"], {
    env: { PATH: process.env["PATH"], ...env },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

/** A host that reads one message at a time. */
function converse(env?: Record<string, string>) {
  const child = start(env);
  child.stderr.resume();
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<Message> => JSON.parse((await lines.next()).value);
  const send = (...messages: object[]) =>
    void child.stdin.write(messages.map((message) => `${JSON.stringify(message)}\n`).join(""));
  return { child, next, send };
}

const request = (id: unknown, method: string, params?: unknown) => ({
  jsonrpc: "2.0",
  id,
  method,
  ...(params !== undefined && { params }),
});

const callTool = (id: unknown, name: string, args: unknown = {}) =>
  request(id, "tools/call", { name, arguments: args });

const initialize = (capabilities: object) =>
  request("init", "initialize", {
    protocolVersion: "2025-06-18",
    capabilities,
    clientInfo: { name: "test", version: "1.0.0" },
  });

async function firstChat({ next, send }: ReturnType<typeof converse>): Promise<string> {
  send(callTool("list", "list_chats", { page_size: 1 }));
  const { result } = await next();
  const chats = result?.structuredContent?.["chats"];
  return (chats as [{ chat_code: string }])[0].chat_code;
}

test("answers every request of a stream with malformed lines, and logs none of its text", async () => {
  const child = start();
  const [output, log] = [text(child.stdout), text(child.stderr)];
  const batch = [request(3, "ping"), request("four", "tools/list", { cursor: null, _meta: null })];
  child.stdin.end(
    [
      `\uFEFF${JSON.stringify(initialize({ roots: null, elicitation: { form: null } }))}\r`,
      "secret nonsense",
      JSON.stringify({ ...request(2, "ping", null), secret: 1 }),
      JSON.stringify(batch),
      JSON.stringify(request(null, "secret")),
      JSON.stringify(request(5, "resources/read", { uri: ["secret"] })),
      JSON.stringify(request(6, "server/discover")),
      JSON.stringify({ jsonrpc: "2.0", id: 9, result: { secret: 1 } }),
      JSON.stringify(request(0, "ping")),
    ].join("\n"),
  );
  const messages: Message[] = (await output)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const outcomes = messages.map(({ id, error }) => [id, error?.code ?? "result"]);
  expect(outcomes).toHaveLength(9);
  expect(outcomes).toEqual(
    expect.arrayContaining([
      ["init", "result"],
      [null, -32700],
      [2, "result"],
      [3, "result"],
      ["four", "result"],
      [null, -32600],
      [5, -32602],
      [6, -32601],
      [0, "result"],
    ]),
  );
  expect(await log).toContain("not JSON");
  expect(await log).not.toContain("secret");
});

/** A server that was sent a line of 300 MiB, and answered it. */
async function afterLongLine() {
  const host = converse();
  const { child, next } = host;
  const piece = "x".repeat(1024 * 1024);
  for (let i = 0; i < 300; i++) {
    if (!child.stdin.write(piece)) await once(child.stdin, "drain");
  }
  child.stdin.write("\n");
  expect(await next()).toMatchObject({ id: null, error: { code: -32600 } });
  return host;
}

test("a line of 300 MiB is refused, and the next line is answered", async () => {
  const { next, send } = await afterLongLine();
  send(request(1, "ping"));
  expect(await next()).toEqual({ jsonrpc: "2.0", id: 1, result: {} });
});

test.runIf(process.platform === "linux")(
  "a line of 300 MiB is not held in memory (reads /proc)",
  async () => {
    const { child } = await afterLongLine();
    const peakKb = /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8"))?.[1];
    expect(Number(peakKb)).toBeLessThan(200 * 1024);
  },
);

test("a delete that is cancelled is not carried out, though its request id is 0", async () => {
  const host = converse({ KOOK_CONFIRM_DELETE: "never" });
  const { next, send } = host;
  send(initialize({}));
  await next();
  const chat_code = await firstChat(host);
  const cancelled = "notifications/cancelled";
  send(
    callTool(0, "delete_chat", { chat_code }),
    { jsonrpc: "2.0", method: cancelled, params: { requestId: 0 } },
    callTool("again", "delete_chat", { chat_code }),
  );
  expect((await next()).method).toBe("notifications/resources/list_changed");
  const { id, result } = await next();
  expect(id).toBe("again");
  // Without already_gone: the first call deleted nothing.
  expect(result?.structuredContent).toEqual({ chat_code, deleted: true });
});

test("a piped call that asks a person ends when stdin ends, and deletes nothing", async () => {
  const host = converse();
  const { child, next, send } = host;
  send(initialize({ elicitation: {} }));
  await next();
  const chat_code = await firstChat(host);
  send(callTool("delete", "delete_chat", { chat_code }));
  expect((await next()).method).toBe("elicitation/create");
  child.stdin.end();
  expect(await next()).toMatchObject({ id: "delete", result: { isError: true } });
});

test.each([
  ["result: null", { result: null }],
  ["a result and an error", { result: { action: "accept" }, error: { code: 1, message: "x" } }],
  ["an error of an unknown form", { error: "no" }],
  [
    "a field that the form does not have",
    { result: { action: "accept", content: { ["__proto__"]: "x" } } },
  ],
])("a question that is answered with %s deletes nothing, and the call ends", async (_, answer) => {
  const host = converse();
  const { next, send } = host;
  send(initialize({ elicitation: {} }));
  await next();
  const chat_code = await firstChat(host);
  send(callTool("delete", "delete_chat", { chat_code }));
  const question = await next();
  expect(question.method).toBe("elicitation/create");
  send({ jsonrpc: "2.0", id: question.id, ...answer });
  const deleted = await next();
  expect(deleted.id).toBe("delete");
  expect(deleted.result?.structuredContent?.["deleted"]).not.toBe(true);
  send(callTool("view", "view_chat", { chat_code }));
  expect((await next()).result?.structuredContent).toMatchObject({ chat_code });
});

test("cancelling a call withdraws its question from the SDK's client", async () => {
  const client = new Client(
    { name: "test", version: "1.0.0" },
    { capabilities: { elicitation: {} } },
  );
  const cancelling = new AbortController();
  const withdrawn = new Promise<void>((resolve) => {
    client.setRequestHandler(ElicitRequestSchema, async (_, { signal }) => {
      signal.addEventListener("abort", () => resolve());
      cancelling.abort();
      await once(signal, "abort");
      return { action: "cancel" };
    });
  });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [MAIN, "--sandbox"],
    stderr: "ignore",
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  const listed = await client.callTool({ name: "list_chats" });
  const { chats } = listed.structuredContent as { chats: [{ chat_code: string }] };
  const params = { name: "delete_chat", arguments: { chat_code: chats[0].chat_code } };
  const call = client.callTool(params, undefined, { signal: cancelling.signal });
  await expect(call).rejects.toThrow();
  await withdrawn;
});

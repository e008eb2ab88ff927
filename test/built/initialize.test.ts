// The handshake tells what the host can do. Before it, a delete could not be confirmed, so nothing reaches KOOK.
import { createInterface } from "node:readline";
import { expect, test } from "vitest";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { type Env, initialize, request, startBuilt } from "../support/built.ts";
import { fakeKook, sandboxEnv } from "../support/fake-kook.ts";

type Message = { id: unknown; result?: object; error?: { code: number; message: string } };

const uri = "kook://chats";
const ref = { type: "ref/resource", uri: "kook://chats/{chat_code}" };
const chat_code = "0".repeat(32);
const calls: [string, object][] = [
  ["tools/call", { name: "delete_chat", arguments: { chat_code } }],
  ["tools/call", { name: "list_chats", arguments: {} }],
  ["resources/list", {}],
  ["resources/templates/list", {}],
  ["resources/read", { uri }],
  ["completion/complete", { ref, argument: { name: "chat_code", value: "" } }],
];

/** A server, and the paths that it asks of a fake KOOK if no other is given. */
async function start(env?: Env) {
  const asked: string[] = [];
  const kook = await fakeKook(({ url = "" }, response) => {
    asked.push(url);
    response.end("{}");
  });
  const child = startBuilt([], env ?? kook);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<Message> => JSON.parse((await lines.next()).value ?? "{}");
  return { asked, next, send: (text: string) => void child.stdin.write(text) };
}

test.each(calls)("%s %j is refused before initialize", async (method, params) => {
  const { asked, next, send } = await start();
  send(request(1, method, params));
  const message = "Not initialized. Send initialize first.";
  expect(await next()).toMatchObject({ id: 1, error: { code: -32600, message } });
  expect(asked).toEqual([]);
});

test("is refused after an initialize that failed", async () => {
  const { asked, next, send } = await start();
  send(request(0, "initialize", { protocolVersion: 1 }));
  expect(await next()).toMatchObject({ id: 0, error: { code: -32602 } });
  send(request(1, "tools/call", { name: "delete_chat", arguments: { chat_code } }));
  expect(await next()).toMatchObject({ id: 1, error: { code: -32600 } });
  expect(asked).toEqual([]);
});

test("ping, the list of tools and unknown methods are answered before initialize", async () => {
  const { next, send } = await start();
  send(request(1, "ping"));
  expect(await next()).toEqual({ jsonrpc: "2.0", id: 1, result: {} });
  send(request(2, "tools/list"));
  expect(await next()).toMatchObject({ id: 2, result: { tools: expect.any(Array) } });
  send(request(3, "server/discover"));
  expect(await next()).toMatchObject({ id: 3, error: { code: -32601 } });
});

test("a call behind initialize in one write is carried out", async () => {
  const { asked, next, send } = await start();
  send(initialize + request(1, "tools/call", { name: "list_chats", arguments: {} }));
  expect(await next()).toMatchObject({ id: 0, result: {} });
  expect(await next()).toMatchObject({ id: 1, result: {} });
  expect(asked).not.toEqual([]);
});

test.each([[true], [[]], [{ form: true }]])(
  "a host with elicitation: %j is asked before a delete",
  async (elicitation) => {
    const { next, send } = await start(await sandboxEnv());
    const capabilities = `"capabilities":${JSON.stringify({ elicitation })}`;
    send(initialize.replace('"capabilities":{}', capabilities));
    expect(await next()).toMatchObject({ id: 0, result: { protocolVersion: "2025-06-18" } });
    const { code } = DOCUMENTED_CHAT;
    send(request(1, "tools/call", { name: "delete_chat", arguments: { chat_code: code } }));
    expect(await next()).toMatchObject({ method: "elicitation/create" });
  },
);

// The transport between real bytes and the SDK's own server.
import { once } from "node:events";
import { createInterface } from "node:readline";
import { PassThrough, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { setImmediate } from "node:timers/promises";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CallToolRequestSchema,
  CompleteRequestSchema,
  ElicitResultSchema,
  ListResourcesRequestSchema,
  ListToolsRequestSchema,
  ReadResourceRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { StdioTransport } from "../../src/mcp/transport.ts";
import { character } from "../support/character.ts";

type Message = Record<string, unknown>;

/** The SDK's server with tools that echo, ask, wait for a cancellation, or for `release`. */
async function serve(output: NodeJS.WritableStream = new PassThrough()) {
  const input = new PassThrough();
  const transport = new StdioTransport(input, output);
  const server = new Server(
    { name: "test", version: "1.0.0" },
    { capabilities: { tools: {}, resources: {}, completions: {} } },
  );
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const logged: string[] = [];
  const aborted: unknown[] = [];
  server.onerror = (error) => logged.push(error.message);
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [] }));
  server.setRequestHandler(ListResourcesRequestSchema, ({ params }) => ({
    resources: [],
    _meta: { seen: params ?? "nothing" },
  }));
  server.setRequestHandler(ReadResourceRequestSchema, () => ({ contents: [] }));
  server.setRequestHandler(CompleteRequestSchema, () => ({ completion: { values: [] } }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal, sendRequest }) => {
    if (params.name === "wait") {
      await new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          aborted.push(signal.reason);
          reject(signal.reason);
        });
      });
    }
    if (params.name.startsWith("slow")) await released;
    if (!params.name.endsWith("ask")) return said(JSON.stringify(params));
    const form = {
      mode: "form" as const,
      message: "?",
      requestedSchema: { type: "object" as const, properties: {} },
    };
    return sendRequest({ method: "elicitation/create", params: form }, ElicitResultSchema, {
      timeout: 60_000,
    }).then(
      (answer) => said(JSON.stringify(answer)),
      () => said("nobody was asked"),
    );
  });
  await server.connect(transport);
  return { input, output, transport, server, logged, aborted, release };
}

const said = (text: string) => ({ content: [{ type: "text" as const, text }] });

const line = (message: unknown) => `${JSON.stringify(message)}\n`;

const request = (id: unknown, method = "ping", params?: unknown) =>
  line({ jsonrpc: "2.0", id, method, ...(params !== undefined && { params }) });

const callTool = (id: unknown, name: string, args: unknown = {}) =>
  request(id, "tools/call", { name, arguments: args });

const pong = (id: unknown) => ({ jsonrpc: "2.0", id, result: {} });

const result = (id: unknown, text: string) => ({ jsonrpc: "2.0", id, result: said(text) });

const refusal = (id: unknown, code: number, message: string) => ({
  jsonrpc: "2.0",
  id,
  error: { code, message },
});

/** Writes all chunks, ends stdin, and returns every message that comes out. */
async function exchange(...chunks: (string | Buffer)[]) {
  const { input, output, transport, logged } = await serve();
  const ended = new Promise<void>((resolve) => {
    transport.onend = resolve;
  });
  for (const chunk of chunks) input.write(chunk);
  input.end();
  await ended;
  await transport.idle();
  output.end();
  const lines = (await text(output as PassThrough)).split("\n");
  expect(lines.pop()).toBe("");
  return { messages: lines.map((one): Message => JSON.parse(one)), logged };
}

/** A host that reads one message at a time. */
async function converse() {
  const served = await serve();
  const lines = createInterface(served.output as PassThrough)[Symbol.asyncIterator]();
  const next = async (): Promise<Message> => JSON.parse((await lines.next()).value);
  const send = (sent: string) => void served.input.write(sent);
  return { ...served, next, send };
}

describe("lines", () => {
  test.each([
    ["a byte order mark at the start", `\uFEFF${request(1)}`],
    ["CRLF", request(1).replace("\n", "\r\n")],
    ["blank lines", `\n \r\n${request(1)}\n\n`],
    ["a last line without a newline", request(1).trim()],
    ["members that JSON-RPC does not have", line({ ...pong(1), method: "ping", trace: null })],
    ["no jsonrpc member", line({ id: 1, method: "ping" })],
  ])("are read with %s", async (_, sent) => {
    expect((await exchange(sent)).messages).toEqual([pong(1)]);
  });

  test("with invalid UTF-8 are answered, and reading goes on", async () => {
    const [before, after] = callTool(1, "echo", { a: "?" }).split("?") as [string, string];
    const { messages } = await exchange(before, Buffer.from([0xff]), after, request(2));
    const echoed = JSON.stringify({ name: "echo", arguments: { a: "\uFFFD" } });
    expect(messages).toContainEqual(result(1, echoed));
    expect(messages).toContainEqual(pong(2));
  });

  test("keep a character whole that is cut between chunks", async () => {
    const bytes = Buffer.from(callTool(1, "echo", { a: "夏🌻" }));
    const chunks = Array.from(bytes, (byte) => Buffer.from([byte]));
    const echoed = JSON.stringify({ name: "echo", arguments: { a: "夏🌻" } });
    expect((await exchange(...chunks)).messages).toEqual([result(1, echoed)]);
  });

  const long = "x".repeat(17 * 1024 * 1024);
  const call = { method: "tools/call", params: { name: "echo", arguments: { query: long } } };
  test.each([
    ["first", { jsonrpc: "2.0", id: 7, ...call }, 7],
    ["last, as the official SDKs write it", { ...call, jsonrpc: "2.0", id: 7 }, 7],
    ["between other members", { method: call.method, id: 7, params: call.params }, null],
    ["nowhere, but something in it has one", { ...call, x: { jsonrpc: "2.0", id: 7 } }, null],
  ])("longer than 16 MiB are refused, with an id that comes %s", async (_, sent, id) => {
    const { next, send } = await converse();
    send(line(sent) + request(8));
    expect(await next()).toEqual(refusal(id, -32600, "Invalid request: longer than 16 MiB."));
    expect(await next()).toEqual(pong(8));
  });

  test("nested a hundred thousand levels deep are answered", async () => {
    const deep = "[".repeat(1e5) + "]".repeat(1e5);
    const call = `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"x":${deep}}}\n`;
    expect((await exchange(call)).messages).toEqual([
      { jsonrpc: "2.0", id: 1, result: { tools: [] } },
    ]);
  });
});

describe("null counts as absent", () => {
  test.each([
    ["params", null, "nothing"],
    ["_meta", { _meta: null }, {}],
    ["progressToken", { _meta: { progressToken: null, x: 1 } }, { _meta: { x: 1 } }],
    ["cursor", { cursor: null }, {}],
  ])("in %s", async (_, params, seen) => {
    const { messages } = await exchange(request(1, "resources/list", params));
    expect(messages).toEqual([
      { jsonrpc: "2.0", id: 1, result: { resources: [], _meta: { seen } } },
    ]);
  });

  test("in arguments, but not in the members of a tool's arguments", async () => {
    const { messages } = await exchange(
      callTool(1, "echo", null),
      callTool(2, "echo", { a: null }),
    );
    expect(messages).toEqual([
      result(1, JSON.stringify({ name: "echo" })),
      result(2, JSON.stringify({ name: "echo", arguments: { a: null } })),
    ]);
  });

  test("in capabilities and clientInfo", async () => {
    const { send, next, server } = await converse();
    const params = {
      protocolVersion: "2025-06-18",
      capabilities: {
        roots: null,
        sampling: { tools: null },
        elicitation: { form: null, url: {} },
        tasks: { requests: { elicitation: { create: null } } },
        experimental: { x: null },
      },
      clientInfo: { name: "go", version: null, title: null, icons: null },
    };
    send(request(1, "initialize", params));
    expect(await next()).toMatchObject({ id: 1, result: { protocolVersion: "2025-06-18" } });
    expect(server.getClientCapabilities()).toEqual({
      sampling: {},
      elicitation: { url: {} },
      tasks: { requests: { elicitation: {} } },
      experimental: {},
    });
    expect(server.getClientVersion()).toEqual({ name: "go", version: "" });
  });

  test("for capabilities and clientInfo as a whole", async () => {
    const params = { protocolVersion: "2025-06-18", capabilities: null, clientInfo: null };
    const { messages } = await exchange(request(1, "initialize", params));
    expect(messages).toMatchObject([{ id: 1, result: { protocolVersion: "2025-06-18" } }]);
  });

  test("for the id of a notification", async () => {
    const { messages, logged } = await exchange(request(null, "notifications/initialized"));
    expect({ messages, logged }).toEqual({ messages: [], logged: [] });
  });
});

describe("a message that is no request gets", () => {
  const parseError = "Parse error: not JSON.";
  const noObject = "Invalid request: not an object.";
  const badId = "Invalid request: id must be a string or an integer below 2^53.";
  test.each([
    ["nonsense\n", refusal(null, -32700, parseError)],
    ['{"jsonrpc":"2.0","method":"ping","id":1\n', refusal(null, -32700, parseError)],
    ['{"jsonrpc":"2.0","id":"a","method":"x","q":"\t"}\n', refusal("a", -32700, parseError)],
    ['{"jsonrpc":"2.0","params":{"id":4,"method":"\n', refusal(null, -32700, parseError)],
    ['{"jsonrpc":"2.0","id":"a\tb","method":"ping"}\n', refusal(null, -32700, parseError)],
    ['{"jsonrpc":"2.0","id":007,"method":"ping"}\n', refusal(null, -32700, parseError)],
    ["5\n", refusal(null, -32600, noObject)],
    ['"ping"\n', refusal(null, -32600, noObject)],
    ["null\n", refusal(null, -32600, noObject)],
    [
      line({ jsonrpc: "2.0", id: 3 }),
      refusal(3, -32600, "Invalid request: neither method nor result."),
    ],
    [line({}), refusal(null, -32600, "Invalid request: neither method nor result.")],
    [request(null), refusal(null, -32600, badId)],
    [request(1.5), refusal(null, -32600, badId)],
    [request({ a: 1 }), refusal(null, -32600, badId)],
    [request(true), refusal(null, -32600, badId)],
    [request(2 ** 53), refusal(null, -32600, badId)],
    [
      line({ jsonrpc: "2.0", id: 3, method: 5 }),
      refusal(3, -32600, "Invalid request: method must be a string."),
    ],
    [
      line({ jsonrpc: "1.0", id: 3, method: "ping" }),
      refusal(3, -32600, 'Invalid request: jsonrpc must be "2.0".'),
    ],
    ["[]\n", refusal(null, -32600, "Invalid request: an empty batch.")],
    ["[[]]\n", refusal(null, -32600, noObject)],
  ])("one answer: %j", async (sent, answer) => {
    const { messages, logged } = await exchange(sent, request("next"));
    expect(messages).toEqual([answer, pong("next")]);
    expect(logged).toHaveLength(1);
  });
});

describe("params that do not fit get -32602 and one line", () => {
  const info = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: {} };
  test.each([
    ["ping", [1], "Invalid params: params must be an object."],
    ["ping", "x", "Invalid params: params must be an object."],
    ["ping", { _meta: 5 }, "Invalid params: params._meta is not valid."],
    ["ping", { _meta: { progressToken: {} } }, "Invalid params: params._meta is not valid."],
    ["resources/read", undefined, "Invalid params: params is missing or not valid."],
    ["resources/read", { uri: 5 }, "Invalid params: params.uri is missing or not valid."],
    ["resources/list", { cursor: 5 }, "Invalid params: params.cursor is missing or not valid."],
    [
      "completion/complete",
      { ref: { type: "x" } },
      "Invalid params: params.ref is missing or not valid.",
    ],
    ["tools/call", {}, "Invalid params: params.name is missing or not valid."],
    [
      "tools/call",
      { name: "echo", arguments: 5 },
      "Invalid params: params.arguments is missing or not valid.",
    ],
    ["initialize", undefined, "Invalid params: params is missing or not valid."],
    [
      "initialize",
      { ...info, protocolVersion: 1 },
      "Invalid params: params.protocolVersion is missing or not valid.",
    ],
    [
      "initialize",
      { ...info, clientInfo: "x" },
      "Invalid params: params.clientInfo is missing or not valid.",
    ],
  ])("%s %j", async (method, params, message) => {
    const { messages } = await exchange(request(1, method, params));
    expect(messages).toEqual([refusal(1, -32602, message)]);
  });

  test("but a validator's dump about anything else is an internal error", async () => {
    const { send, next, server } = await converse();
    server.setRequestHandler(ListToolsRequestSchema, () => z.object({ x: z.string() }).parse({}));
    send(request(1, "tools/list"));
    expect(await next()).toEqual(refusal(1, -32603, "Internal error."));
  });
});

describe("a capability that is not an object does not refuse initialize:", () => {
  const form = { form: {} };
  test.each<[unknown, unknown]>([
    [{ elicitation: true }, { elicitation: form }],
    [{ elicitation: [] }, { elicitation: form }],
    [{ elicitation: { form: true } }, { elicitation: form }],
    [{ elicitation: { form: [], url: false } }, { elicitation: form }],
    [{ elicitation: { url: true } }, { elicitation: { url: {} } }],
    [{ elicitation: false }, {}],
    [{ sampling: true, roots: [], tasks: 1, experimental: { x: 1 } }, {}],
    [
      { elicitation: true, roots: { listChanged: true } },
      { elicitation: form, roots: { listChanged: true } },
    ],
    [[], {}],
    [true, {}],
  ])("%j", async (capabilities, understood) => {
    const { send, next, server } = await converse();
    const clientInfo = { name: "go", version: "1" };
    send(request(1, "initialize", { protocolVersion: "2025-06-18", capabilities, clientInfo }));
    expect(await next()).toMatchObject({ id: 1, result: { protocolVersion: "2025-06-18" } });
    expect(server.getClientCapabilities()).toEqual(understood);
  });
});

test("a batch of more than a hundred messages gets one refusal and one line in the log", async () => {
  const batch = `[${Array(500_000).fill(1).join()}]\n`;
  const { messages, logged } = await exchange(batch, request("next"));
  const why = "a batch of more than 100 messages";
  expect(messages).toEqual([refusal(null, -32600, `Invalid request: ${why}.`), pong("next")]);
  expect(logged).toEqual([`invalid message on stdin: ${why}`]);
});

test("a batch of a hundred messages is answered", async () => {
  const ids = Array.from({ length: 100 }, (_, index) => index);
  const batch = ids.map((id) => ({ jsonrpc: "2.0", id, method: "ping" }));
  expect((await exchange(line(batch))).messages).toEqual(ids.map(pong));
});

test("an unknown method, server/discover among them, is answered before initialize", async () => {
  const { messages } = await exchange(request(1, "server/discover"), request("b", "x/y"));
  expect(messages).toEqual([
    refusal(1, -32601, "Method not found"),
    refusal("b", -32601, "Method not found"),
  ]);
});

test("an unknown notification, a progress report and one with bad params stay unanswered", async () => {
  const { messages, logged } = await exchange(
    line({ jsonrpc: "2.0", method: "notifications/secret" }),
    line({ jsonrpc: "2.0", method: "tools/list" }),
    line({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: "secret" } }),
    line({ jsonrpc: "2.0", method: "notifications/cancelled", params: ["secret"] }),
    line({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: null } }),
    line({ jsonrpc: "2.0", method: "notifications/cancelled" }),
  );
  expect(messages).toEqual([]);
  expect(logged).toEqual(["invalid message on stdin: a notification with invalid params"]);
});

test("each request of a batch is answered on its own line, and one that waits holds up none", async () => {
  const { send, next } = await converse();
  const members = [callTool(1, "wait"), request("b"), "5", request(1.5), request(3)];
  send(`[${members.map((member) => member.trim()).join(",")}]\n`);
  const answers = [await next(), await next(), await next(), await next()];
  expect(answers).toHaveLength(4);
  expect(answers).toEqual(
    expect.arrayContaining([
      pong("b"),
      pong(3),
      refusal(null, -32600, "Invalid request: not an object."),
      refusal(null, -32600, "Invalid request: id must be a string or an integer below 2^53."),
    ]),
  );
});

test("a task that a host asks for is left out, as this server has none", async () => {
  const meta = { "io.modelcontextprotocol/related-task": { taskId: "t" } };
  const params = { name: "echo", task: { ttl: 1 }, _meta: meta };
  const { messages } = await exchange(request(1, "tools/call", params));
  expect(messages).toEqual([result(1, JSON.stringify({ _meta: {}, name: "echo" }))]);
});

describe("ids", () => {
  test.each([0, -1, "", "0", "a", 2 ** 53 - 1])(
    "%j is cancelled and gets no answer",
    async (id) => {
      const { send, next, aborted, transport } = await converse();
      send(callTool(id, "wait"));
      send(request("other"));
      expect(await next()).toEqual(pong("other"));
      expect(transport.pending).toBe(1);
      const params = { requestId: id, reason: "secret" };
      send(line({ jsonrpc: "2.0", method: "notifications/cancelled", params }));
      send(request("after"));
      expect(await next()).toEqual(pong("after"));
      expect(aborted).toHaveLength(1);
      expect(aborted[0]).toBeInstanceOf(DOMException);
      expect(transport.pending).toBe(0);
    },
  );

  test.each([{ _meta: 5 }, { _meta: [] }, { _meta: { progressToken: {} } }, { reason: 5 }])(
    "are cancelled by a notification with %j too",
    async (others) => {
      const { send, next, aborted } = await converse();
      send(callTool(0, "wait") + request("before"));
      expect(await next()).toEqual(pong("before"));
      const params = { requestId: 0, ...others };
      send(line({ jsonrpc: "2.0", method: "notifications/cancelled", params }));
      send(request("after"));
      expect(await next()).toEqual(pong("after"));
      expect(aborted).toHaveLength(1);
    },
  );

  test("1 and “1” are two requests, each with its own answer", async () => {
    const { messages } = await exchange(request(1), request("1"));
    expect(messages).toEqual([pong(1), pong("1")]);
  });

  test("in flight cannot be used again: the second request is refused, the first one answered", async () => {
    const { send, next } = await converse();
    send(callTool(5, "ask"));
    const question = await next();
    send(request(5));
    const inFlight = "Invalid request: a request with this id is in flight.";
    expect(await next()).toEqual(refusal(5, -32600, inFlight));
    send(line({ jsonrpc: "2.0", id: question["id"], result: { action: "decline" } }));
    expect(await next()).toEqual(result(5, JSON.stringify({ action: "decline" })));
    send(request(5));
    expect(await next()).toEqual(pong(5));
  });

  test("of a cancelled request can be used again at once", async () => {
    const { send, next } = await converse();
    send(callTool(5, "wait"));
    send(line({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 5 } }));
    send(request(5));
    expect(await next()).toEqual(pong(5));
  });
});

describe("a question to the host", () => {
  async function ask() {
    const host = await converse();
    host.send(callTool("call", "ask"));
    const question = await host.next();
    expect(question).toMatchObject({ method: "elicitation/create" });
    return { ...host, id: question["id"] };
  }

  const accepted = { action: "accept", content: { a: "b" } };

  test("has an id other than 0, which hosts take for none", async () => {
    expect((await ask()).id).toBe(1);
  });

  test.each([
    ["as it is", (id: unknown) => ({ jsonrpc: "2.0", id, result: accepted })],
    [
      "with its id as text",
      (id: unknown) => ({ jsonrpc: "2.0", id: String(id), result: accepted }),
    ],
    ["with error: null", (id: unknown) => ({ jsonrpc: "2.0", id, result: accepted, error: null })],
    ["with unknown members", (id: unknown) => ({ jsonrpc: "2.0", id, result: accepted, x: 1 })],
    ["with _meta: null", (id: unknown) => ({ id, result: { ...accepted, _meta: null } })],
    [
      "with null in its content",
      (id: unknown) => ({ id, result: { action: "accept", content: { a: "b", c: null } } }),
    ],
  ])("hears an answer %s", async (_, answer) => {
    const { id, send, next, logged } = await ask();
    send(line(answer(id)));
    expect(await next()).toEqual(result("call", JSON.stringify(accepted)));
    expect(logged).toEqual([]);
  });

  const error = { code: -32000, message: "secret" };
  test.each([
    ["an error", (id: unknown) => ({ jsonrpc: "2.0", id, error })],
    ["result: null", (id: unknown) => ({ jsonrpc: "2.0", id, result: null })],
    ["result: null and error: null", (id: unknown) => ({ id, result: null, error: null })],
    ["neither result nor error", (id: unknown) => ({ jsonrpc: "2.0", id })],
    ["a result that is text", (id: unknown) => ({ jsonrpc: "2.0", id, result: "accept" })],
    ["a result that is a list", (id: unknown) => ({ jsonrpc: "2.0", id, result: [] })],
    ["an invalid _meta", (id: unknown) => ({ id, result: { ...accepted, _meta: 5 } })],
    ["an unknown action", (id: unknown) => ({ jsonrpc: "2.0", id, result: { action: "yes" } })],
    ["both result and error", (id: unknown) => ({ jsonrpc: "2.0", id, result: accepted, error })],
    ["an error that is text", (id: unknown) => ({ jsonrpc: "2.0", id, error: "secret" })],
    ["an error without a message", (id: unknown) => ({ jsonrpc: "2.0", id, error: { code: 1 } })],
    ["an error code that is text", (id: unknown) => ({ id, error: { ...error, code: "E1" } })],
    ["an error about no id", () => ({ jsonrpc: "2.0", id: null, error })],
    ["a result without an id", () => ({ jsonrpc: "2.0", result: accepted })],
    ["a result whose id cannot be read", () => ({ jsonrpc: "2.0", id: 1.5, result: accepted })],
    ["a message without members", () => ({})],
    ["a batch that is too large", (id: unknown) => Array(101).fill({ id, result: accepted })],
    ["a list in a list", (id: unknown) => [[{ jsonrpc: "2.0", id, result: accepted }]]],
    ["a result beside a method", (id: unknown) => ({ id, method: "x/y", result: accepted })],
    ["a result beside a method, without an id", () => ({ method: "", result: accepted })],
    ["an error beside an empty method", (id: unknown) => ({ id, method: "", error })],
    ["a result beside a method that is no text", (id: unknown) => ({ id, method: 5, result: {} })],
  ])("is over after %s", async (_, answer) => {
    const { id, send, next, logged } = await ask();
    send(line(answer(id)));
    let told = await next();
    // The host gets a refusal too, where no id could be read.
    if (told["id"] === null) told = await next();
    expect(told).toEqual(result("call", "nobody was asked"));
    expect(logged.join()).not.toContain("secret");
  });

  test("is over after any answer", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ result: fc.jsonValue(), error: fc.jsonValue() }, { requiredKeys: [] }),
        async (answer) => {
          const { id, send, next } = await ask();
          send(line({ jsonrpc: "2.0", id, ...answer }));
          expect(await next()).toMatchObject({ id: "call" });
        },
      ),
      { numRuns: 100 },
    );
  });

  test("is over after an answer of 17 MiB with its id last, which gets no refusal", async () => {
    const { id, send, next } = await ask();
    const answer = { action: "accept", content: { a: "x".repeat(17 * 1024 * 1024) } };
    send(line({ result: answer, jsonrpc: "2.0", id }));
    expect(await next()).toEqual(result("call", "nobody was asked"));
  });

  test("is over after an answer that is no JSON", async () => {
    const { id, send, next } = await ask();
    send(`{"jsonrpc":"2.0","id":${id},"result":{"action":"acc\n`);
    expect(await next()).toEqual(result("call", "nobody was asked"));
  });

  const unreadable: [string, (id: unknown) => string][] = [
    ["its result first", (id) => `{"jsonrpc":"2.0","result":{"action":"accept"#},"id":${id}}`],
    ["its id first", (id) => `{"id":${id},"jsonrpc":"2.0","result":{"action":"accept"#}}`],
    ["nothing but its result", (id) => `{"result":{"action":"accept"#},"id":"${id}"}`],
  ];

  test.each(unreadable)("is over after an answer that is no JSON, with %s", async (_, answer) => {
    const { id, send, next } = await ask();
    send(`${answer(id).replace("#", ",")}\n`);
    const ended = [await next(), await next()];
    expect(ended).toContainEqual(refusal(null, -32700, "Parse error: not JSON."));
    expect(ended).toContainEqual(result("call", "nobody was asked"));
  });

  test.each(unreadable)("is over after an answer of 17 MiB, with %s", async (_, answer) => {
    const { id, send, next } = await ask();
    send(`${answer(id).replace("#", `,"a":"${"x".repeat(17 * 1024 * 1024)}"`)}\n`);
    const ended = [await next(), await next()];
    expect(ended).toContainEqual(refusal(null, -32600, "Invalid request: longer than 16 MiB."));
    expect(ended).toContainEqual(result("call", "nobody was asked"));
  });

  test("stays open after a request that cannot be read, and one of the same id", async () => {
    const { id, send, next } = await ask();
    send(request(1.5) + line({ jsonrpc: "2.0", id: 3, method: 5 }) + request(id));
    await next();
    await next();
    expect(await next()).toEqual(pong(id));
    send(line({ jsonrpc: "2.0", id, result: accepted }));
    expect(await next()).toEqual(result("call", JSON.stringify(accepted)));
  });

  test("hears one answer only, and none to another question", async () => {
    const { id, send, next, logged } = await ask();
    send(line({ jsonrpc: "2.0", id: "secret", result: accepted }));
    send(line({ jsonrpc: "2.0", id: 0, result: accepted }));
    send(line({ jsonrpc: "2.0", id, result: { action: "cancel" } }));
    send(line({ jsonrpc: "2.0", id, result: accepted }));
    expect(await next()).toEqual(result("call", JSON.stringify({ action: "cancel" })));
    send(request("after"));
    expect(await next()).toEqual(pong("after"));
    expect(logged).toEqual(Array(3).fill("invalid message on stdin: an answer to no question"));
  });

  test("is withdrawn under the id that the host knows", async () => {
    const { send, next, server } = await converse();
    const cancelling = new AbortController();
    const asked = server.request(
      { method: "elicitation/create", params: { message: "?" } },
      ElicitResultSchema,
      { signal: cancelling.signal },
    );
    const { id } = await next();
    cancelling.abort("no longer needed");
    await expect(asked).rejects.toThrow("no longer needed");
    expect(await next()).toMatchObject({
      method: "notifications/cancelled",
      params: { requestId: id },
    });
    send(line({ jsonrpc: "2.0", id, result: accepted }));
    send(request("after"));
    expect(await next()).toEqual(pong("after"));
  });
});

describe("the end", () => {
  test("of stdin is told once, and idle waits for the last answer", async () => {
    const { send, input, next, transport, release } = await converse();
    let ends = 0;
    let isIdle = false;
    transport.onend = () => void ends++;
    send(callTool(1, "slow"));
    input.end(request(2).trim());
    expect(await next()).toEqual(pong(2));
    expect(ends).toBe(1);
    const idle = transport.idle().then(() => {
      isIdle = true;
    });
    await setImmediate();
    expect({ isIdle, pending: transport.pending }).toEqual({ isIdle: false, pending: 1 });
    release();
    expect(await next()).toEqual(result(1, JSON.stringify({ name: "slow", arguments: {} })));
    await idle;
  });

  test("of stdin ends open questions, and those that are asked later", async () => {
    const { send, input, next, transport, release } = await converse();
    send(callTool(1, "ask") + callTool(2, "slow ask"));
    expect(await next()).toMatchObject({ method: "elicitation/create" });
    input.end();
    expect(await next()).toEqual(result(1, "nobody was asked"));
    release();
    expect(await next()).toEqual(result(2, "nobody was asked"));
    await transport.idle();
  });

  test("comes for idle with a cancellation of the last request", async () => {
    const { send, transport } = await converse();
    send(callTool(1, "wait"));
    await setImmediate();
    const idle = transport.idle();
    expect(transport.pending).toBe(1);
    send(line({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } }));
    await idle;
  });

  test("of the reading comes with close, and the host's requests are aborted", async () => {
    const { send, input, aborted, transport, server } = await converse();
    send(callTool(1, "wait"));
    await setImmediate();
    await server.close();
    expect(aborted).toHaveLength(1);
    expect(input.listenerCount("data")).toBe(0);
    await transport.idle();
  });
});

describe("writing", () => {
  test("waits until the host has read, without a drain listener", async () => {
    const written: string[] = [];
    let flush = () => {};
    const output = new Writable({
      highWaterMark: 1,
      decodeStrings: false,
      write(chunk, _, done) {
        written.push(chunk);
        flush = done;
      },
    });
    const { transport } = await serve(output);
    let sent = 0;
    const notification = { jsonrpc: "2.0" as const, method: "notifications/message" };
    const sends = [1, 2, 3].map(() => transport.send(notification).then(() => void sent++));
    const idle = transport.idle();
    await setImmediate();
    expect({ sent, drains: output.listenerCount("drain") }).toEqual({ sent: 0, drains: 0 });
    for (const done of [1, 2, 3]) {
      flush();
      await setImmediate();
      expect(sent).toBe(done);
    }
    await Promise.all(sends);
    await idle;
    expect(written).toEqual(Array(3).fill(line(notification)));
  });

  test("to a host that is gone neither throws nor waits", async () => {
    const output = new Writable({
      write: (_chunk, _encoding, done) =>
        done(Object.assign(new Error("write EPIPE secret"), { code: "EPIPE" })),
    });
    const { input, transport, logged } = await serve(output);
    input.write(request(1));
    await once(output, "error");
    input.write(request(2) + callTool(3, "echo"));
    await setImmediate();
    await transport.send({ jsonrpc: "2.0", method: "notifications/message" });
    await transport.idle();
    expect(logged).toEqual(["stdout is closed"]);
  });
});

test("no text of a message reaches the log", async () => {
  const secret = "夏天secret";
  const { logged } = await exchange(
    `${secret}\n`,
    line(secret),
    line([secret]),
    request([secret]),
    request(1, secret, [secret]),
    line({ jsonrpc: secret, id: secret, method: secret }),
    line({ jsonrpc: "2.0", id: secret, result: { secret } }),
    line({ jsonrpc: "2.0", error: { code: 1, message: secret } }),
    line({ jsonrpc: "2.0", method: "notifications/initialized", params: { _meta: secret } }),
    line({ jsonrpc: "2.0", method: "notifications/progress", params: { secret } }),
  );
  expect(logged.length).toBeGreaterThan(5);
  expect(logged.join()).not.toContain("secret");
});

test("every well-formed request has one answer with its own id, however the bytes arrive", async () => {
  const answerable = fc.record({
    kind: fc.constant("request" as const),
    id: fc.oneof(fc.string({ unit: character }), fc.integer(), fc.constantFrom(0, -0, "")),
    method: fc.constantFrom(
      "ping",
      "tools/list",
      "tools/call",
      "resources/read",
      "server/discover",
    ),
    params: fc.oneof(
      fc.constant(undefined),
      fc.record({
        name: fc.constantFrom("echo", null, 5),
        arguments: fc.jsonValue(),
        _meta: fc.jsonValue(),
        uri: fc.constantFrom("kook://chats", null),
      }),
      fc.jsonValue(),
    ),
    ending: fc.constantFrom("\n", "\r\n", "\n\n"),
  });
  const noise = fc.record({
    kind: fc.constant("noise" as const),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc.json().map((json) => Buffer.from(json)),
      fc
        .string({ unit: character })
        .map((id) => Buffer.from(`{"jsonrpc":"2.0","id":"noise ${id}","method":"ping"`)),
      fc
        .record({ jsonrpc: fc.jsonValue(), result: fc.jsonValue(), error: fc.jsonValue() })
        .map((answer) => Buffer.from(JSON.stringify(answer))),
      fc
        .record({ method: fc.constantFrom("notifications/cancelled", "x"), params: fc.jsonValue() })
        .map((notification) => Buffer.from(JSON.stringify(notification))),
    ),
  });
  const lines = fc.array(fc.oneof(answerable, noise), { maxLength: 12 });
  const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 20 });

  await fc.assert(
    fc.asyncProperty(lines, cuts, async (sent, sizes) => {
      const ids: unknown[] = [];
      const bytes = sent.map((one, index) => {
        if (one.kind === "noise") return Buffer.concat([one.bytes, Buffer.from("\n")]);
        const id = typeof one.id === "string" ? `${index} ${one.id}` : one.id * 100 + index;
        ids.push(id);
        return Buffer.from(request(id, one.method, one.params).replace("\n", one.ending));
      });
      const { messages } = await exchange(...chunksOf(Buffer.concat(bytes), sizes));
      const answered = messages
        .map(({ id }) => id)
        .filter((id) => !/^(noise .*|null)$/s.test(`${id}`));
      expect(answered.map(typed).sort()).toEqual(ids.map(typed).sort());
      for (const { jsonrpc, result, error } of messages) {
        expect(jsonrpc).toBe("2.0");
        expect([result, error].filter((part) => part !== undefined)).toHaveLength(1);
      }
    }),
    { numRuns: 100 },
  );
});

const typed = (id: unknown) => `${typeof id} ${id}`;

/** Cuts bytes into chunks of these sizes, used in turn. */
function chunksOf(bytes: Buffer, sizes: number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let start = 0; start < bytes.length; ) {
    const size = sizes[chunks.length % sizes.length] as number;
    chunks.push(bytes.subarray(start, start + size));
    start += size;
  }
  return chunks;
}

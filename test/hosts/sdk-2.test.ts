// Version 2 of the SDK as the client. It probes for the newer protocol revision, which this server does not support, and
// must fall back to `initialize`.
import {
  Client,
  type ClientOptions,
  type ElicitRequestFormParams,
  ResourceNotFoundError,
} from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { describe, expect, onTestFinished, test } from "vitest";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { chatTools, sandboxServer } from "./server.ts";

/** The SDK probes in a separate process; with a transport that it did not make, in the session's process. */
class TransportOfAnother extends StdioClientTransport {}

async function connect(
  Transport = StdioClientTransport,
  capabilities: ClientOptions["capabilities"] = {},
) {
  const client = new Client(
    { name: "test", version: "1.0.0" },
    { versionNegotiation: { mode: "auto" }, capabilities },
  );
  const transport = new Transport({ ...sandboxServer, stderr: "pipe" });
  let log = "";
  transport.stderr?.on("data", (chunk) => (log += chunk));
  await client.connect(transport);
  onTestFinished(() => client.close());
  return { client, log: () => log };
}

/** Deletes the documented chat through a host whose person gives this answer to a form. */
async function deleteAnswering(action: "accept" | "decline") {
  const { client } = await connect(StdioClientTransport, { elicitation: { form: {} } });
  const questions: ElicitRequestFormParams[] = [];
  client.setRequestHandler("elicitation/create", ({ params }) => {
    const form = params as ElicitRequestFormParams;
    questions.push(form);
    const { chat } = form.requestedSchema.properties as Record<string, { enum: string[] }>;
    return action === "accept" ? { action, content: { chat: chat?.enum[0] ?? "" } } : { action };
  });
  const chat = { chat_code: DOCUMENTED_CHAT.code };
  const deleted = await client.callTool({ name: "delete_chat", arguments: chat });
  const viewed = await client.callTool({ name: "view_chat", arguments: chat });
  return { questions, structured: deleted.structuredContent, isGone: viewed.isError === true };
}

/** The parsed result of `resources/read`. */
function json(contents: object[]) {
  const [content] = contents as { text: string }[];
  return JSON.parse(content?.text ?? "");
}

describe("the SDK's 2.x client", () => {
  test.each([
    ["a separate process", StdioClientTransport],
    ["the session's process", TransportOfAnother],
  ])("falls back to initialize when it probes on %s", async (_, Transport) => {
    const { client, log } = await connect(Transport);
    expect(client.getProtocolEra()).toBe("legacy");
    expect(client.getNegotiatedProtocolVersion()).toBe("2025-11-25");
    expect(client.getServerVersion()).toMatchObject({ name: "kook-chat-mcp" });
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(chatTools));
    expect(log()).not.toMatch(/warn|error/);
  });

  test("lists and calls the tools for chats", async () => {
    const { client } = await connect();
    const call = async (name: string, args: Record<string, unknown>) => {
      const { structuredContent, isError } = await client.callTool({ name, arguments: args });
      expect(isError).not.toBe(true);
      return structuredContent;
    };
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(chatTools));
    expect(await call("list_chats", { page_size: 5 })).toMatchObject({ total: 480, next_page: 2 });
    const { code: chat_code, targetId: target_id } = DOCUMENTED_CHAT;
    expect(await call("view_chat", { chat_code })).toMatchObject({ target_id });
    const created = await call("create_chat", { target_id: NEW_USER_ID });
    expect(created).toMatchObject({ target_id: NEW_USER_ID, unread_count: 0 });
    expect(await call("delete_chat", { chat_code })).toEqual({ chat_code, deleted: true });
  });

  test("deletes what a person agreed to delete, after one question that names it", async () => {
    const { questions, structured, isGone } = await deleteAnswering("accept");
    expect(questions).toHaveLength(1);
    expect(JSON.stringify(questions)).toContain(DOCUMENTED_CHAT.targetId);
    expect(structured).toMatchObject({ deleted: true });
    expect(isGone).toBe(true);
  });

  test("does not delete what a person declined to delete", async () => {
    const { questions, structured, isGone } = await deleteAnswering("decline");
    expect(questions).toHaveLength(1);
    expect(structured).toMatchObject({ deleted: false });
    expect(isGone).toBe(false);
  });

  test("lists, reads and completes resources", async () => {
    const { client } = await connect();
    const { code, targetId } = DOCUMENTED_CHAT;
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toContain(`kook://chats/${code}`);
    const { contents } = await client.readResource({ uri: `kook://chats/${code}` });
    expect(json(contents)).toMatchObject({ chat_code: code, target_id: targetId });
    const { completion } = await client.complete({
      ref: { type: "ref/resource", uri: "kook://chats/{chat_code}" },
      argument: { name: "chat_code", value: code.slice(0, 6) },
    });
    expect(completion.values).toEqual([code]);
  });

  test("reads the error of a missing chat as that of a missing resource", async () => {
    const { client } = await connect();
    const uri = "kook://chats/00000000000000000000000000000000";
    const error = await client.readResource({ uri }).catch((error) => error);
    expect(error).toBeInstanceOf(ResourceNotFoundError);
    expect(error.uri).toBe(uri);
  });
});

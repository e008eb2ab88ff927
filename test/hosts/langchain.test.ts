// LangChain's adapters as the client: the output of an agent's tool node.
import { AIMessage, type ToolMessage } from "@langchain/core/messages";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { MultiServerMCPClient } from "@langchain/mcp-adapters";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { chatTools, sandboxServer } from "./server.ts";

type Tools = Awaited<ReturnType<MultiServerMCPClient["getTools"]>>;

function attach(...args: string[]) {
  const { command } = sandboxServer;
  const kook = { command, args: [...sandboxServer.args, ...args], stderr: "ignore" as const };
  return new MultiServerMCPClient({ mcpServers: { kook: { transport: "stdio", ...kook } } });
}

const client = attach();
let tools: Tools;

beforeAll(async () => {
  tools = await client.getTools();
});
afterAll(() => client.close());

/** Makes one call through the tool node of an agent, as a model would. */
async function call(name: string, args: Record<string, unknown>, of: Tools = tools) {
  const asked = new AIMessage({ content: "", tool_calls: [{ id: "1", name, args }] });
  const { messages } = await new ToolNode(of).invoke({ messages: [asked] });
  const [{ content, artifact, status }] = messages as [ToolMessage];
  return { content: content as string, artifact, status };
}

/** Calls, and expects the same structured result in the artifact and beside the text. */
async function result(name: string, args: Record<string, unknown>) {
  const { content, artifact, status } = await call(name, args);
  expect(status).toBe("success");
  const { type, text, structuredContent } = JSON.parse(content);
  expect(type).toBe("text");
  expect(artifact).toEqual([{ type: "mcp_structured_content", data: structuredContent }]);
  return { text, structured: structuredContent };
}

describe("LangChain's adapters", () => {
  const { code: chat_code, targetId: target_id } = DOCUMENTED_CHAT;

  test("load the tools with plain object schemas", () => {
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(chatTools));
    for (const { schema, description } of tools) {
      expect(schema).toMatchObject({ type: "object", additionalProperties: false });
      expect(description).not.toBe("");
    }
  });

  test("hand an agent text and structured result of list_chats", async () => {
    const { text, structured } = await result("list_chats", { page_size: 5 });
    expect(text).toContain("480 chats");
    expect(structured).toMatchObject({ total: 480, next_page: 2 });
    expect(structured.chats).toHaveLength(5);
  });

  test("hand an agent text and structured result of view_chat", async () => {
    const { text, structured } = await result("view_chat", { chat_code });
    expect(text).toContain(target_id);
    expect(structured).toMatchObject({ chat_code, target_id });
  });

  test("hand an agent text and structured result of create_chat", async () => {
    const { text, structured } = await result("create_chat", { target_id: NEW_USER_ID });
    expect(text).toContain(NEW_USER_ID);
    expect(structured).toMatchObject({ target_id: NEW_USER_ID, unread_count: 0 });
  });

  test("hand an agent text and structured result of delete_chat", async () => {
    const { chats } = (await result("list_chats", { page: 2, page_size: 1 })).structured;
    const doomed = chats[0].chat_code;
    const { text, structured } = await result("delete_chat", { chat_code: doomed });
    expect(text).toContain(doomed);
    expect(structured).toEqual({ chat_code: doomed, deleted: true });
  });

  test("hand an agent a failure with what to do next", async () => {
    const { content, status } = await call("view_chat", { chat_code: "0".repeat(32) });
    expect(status).toBe("error");
    expect(content).toContain("list_chats shows the chats that exist");
  });

  test("hand an agent plain text if the server gives only text", async () => {
    const textual = attach("--output", "text");
    onTestFinished(() => textual.close());
    const both = await call("list_chats", { page_size: 50 });
    const { content } = await call("list_chats", { page_size: 50 }, await textual.getTools());
    expect(content).toMatch(/^\d+ chats/);
    expect(content.length).toBeLessThan(both.content.length / 2);
  });

  test("have an agent ask its person and call again, if every delete must be confirmed", async () => {
    const careful = attach("--confirm-delete", "always");
    onTestFinished(() => careful.close());
    const offered = await careful.getTools();
    const preview = await call("delete_chat", { chat_code }, offered);
    const { confirm_token, deleted } = JSON.parse(preview.content).structuredContent;
    expect(deleted).toBe(false);
    const confirmed = await call("delete_chat", { chat_code, confirm_token }, offered);
    expect(JSON.parse(confirmed.content).structuredContent).toMatchObject({ deleted: true });
  });

  test("list and read resources", async () => {
    const { kook } = await client.listResources();
    expect(kook).toContainEqual(expect.objectContaining({ uri: "kook://chats" }));
    const [content] = await client.readResource("kook", `kook://chats/${chat_code}`);
    expect(JSON.parse(content?.text ?? "")).toMatchObject({ chat_code, target_id });
  });
});

// KOOK_OUTPUT: which of a result's two forms a host is given.
import { expect, test } from "vitest";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { connect } from "../support/connect.ts";

const calls: [string, Record<string, unknown>][] = [
  ["list_chats", { page_size: 2 }],
  ["list_chats", { query: "夏天1" }],
  ["view_chat", { chat_code: DOCUMENTED_CHAT.code }],
  ["create_chat", { target_id: NEW_USER_ID }],
  ["delete_chat", { chat_code: DOCUMENTED_CHAT.code }],
];

test("text output has no output schema and no structured content", async () => {
  const client = await connect({ output: "text" });
  for (const tool of (await client.listTools()).tools)
    expect(tool).not.toHaveProperty("outputSchema");
  for (const [name, args] of calls) {
    const result = await client.callTool({ name, arguments: args });
    expect(result.content).toEqual([{ type: "text", text: expect.stringMatching(/./) }]);
    expect(result).not.toHaveProperty("structuredContent");
  }
});

test("structured output has no text, except for errors", async () => {
  const client = await connect({ output: "structured" });
  for (const tool of (await client.listTools()).tools) expect(tool).toHaveProperty("outputSchema");
  for (const [name, args] of calls) {
    const result = await client.callTool({ name, arguments: args });
    expect(result.content).toEqual([]);
    expect(result.structuredContent).toEqual(expect.any(Object));
  }
  const failed = await client.callTool({ name: "view_chat", arguments: { chat_code: "no-such" } });
  expect(failed.isError).toBe(true);
  expect(failed.content).toEqual([{ type: "text", text: expect.stringContaining("no such chat") }]);
});

test("a preview before a delete is complete in either form", async () => {
  const client = await connect({ confirmDelete: "always" });
  const args = { chat_code: DOCUMENTED_CHAT.code };
  const { content, structuredContent } = await client.callTool({
    name: "delete_chat",
    arguments: args,
  });
  const [{ text }] = content as [{ text: string }];
  for (const form of [text, JSON.stringify(structuredContent)]) {
    expect(form).toContain("夏天1");
    expect(form).toContain(DOCUMENTED_CHAT.targetId);
    expect(form).toMatch(/Show the person this chat.* with confirm_token [0-9a-f]{16}\./);
  }
});

test("each form has what the next call needs", async () => {
  const both = await connect();
  for (const [name, args] of calls) {
    const { content, structuredContent } = await both.callTool({ name, arguments: args });
    const [{ text }] = content as [{ text: string }];
    const needed = JSON.stringify(structuredContent).match(
      /"(chat_code|target_id|confirm_token)":"[^"]+"/g,
    );
    expect(needed?.length).toBeGreaterThan(0);
    for (const field of needed ?? [])
      expect(text).toContain(JSON.parse(`{${field}}`)[field.split('"')[1] as string]);
  }
});

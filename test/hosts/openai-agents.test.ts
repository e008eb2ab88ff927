// OpenAI's Agents SDK as the client: tools in the strict form of function calling, and what a model gets from them. It
// probes for the newer protocol revision in a separate process, and must fall back to `initialize` in a second one.
import { beforeEach, describe, expect, test } from "vitest";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { runOnNode22 } from "./node-22.ts";
import { needsNode22 } from "./nodes.ts";
import { chatTools } from "./server.ts";

interface Conversation {
  tools: { name: string; strict: boolean; parameters: StrictSchema }[];
  results: Record<string, { text: string } & string>;
  contents: { text: string }[];
}

interface StrictSchema {
  properties: Record<string, object>;
  required: string[];
  additionalProperties: boolean;
}

let withText: Conversation;
let withStructured: Conversation;

beforeEach(async (context) => {
  needsNode22(context);
  if (!withText) {
    ({ withText, withStructured } = await runOnNode22("openai-agents.client.ts"));
  }
});

describe("OpenAI's Agents SDK", () => {
  test("makes the tools strict functions", () => {
    const { tools } = withText;
    expect(tools.map(({ name }) => name)).toEqual(expect.arrayContaining(chatTools));
    for (const { strict, parameters } of tools) {
      expect(strict).toBe(true);
      expect(parameters.additionalProperties).toBe(false);
      expect([...parameters.required].sort()).toEqual(Object.keys(parameters.properties).sort());
    }
  });

  test("gives a model the text of each call, null for an argument not needed", () => {
    const { list_chats, view_chat, create_chat, delete_chat } = withText.results;
    expect(list_chats?.text).toContain("480 chats");
    expect(view_chat?.text).toContain(DOCUMENTED_CHAT.targetId);
    expect(create_chat?.text).toContain(NEW_USER_ID);
    expect(delete_chat?.text).toContain(`Deleted chat ${DOCUMENTED_CHAT.code}`);
  });

  test("gives a model the structured result alone, if a developer asked for that", () => {
    const { list_chats, view_chat, create_chat, delete_chat } = withStructured.results;
    const { code: chat_code, targetId: target_id } = DOCUMENTED_CHAT;
    expect(JSON.parse(list_chats ?? "")).toMatchObject({ total: 480, next_page: 2 });
    expect(JSON.parse(view_chat ?? "")).toMatchObject({ chat_code, target_id });
    expect(JSON.parse(create_chat ?? "")).toMatchObject({ target_id: NEW_USER_ID });
    expect(JSON.parse(delete_chat ?? "")).toEqual({ chat_code, deleted: true });
  });

  test("reads the directory", () => {
    const [content] = withText.contents;
    expect(JSON.parse(content?.text ?? "")).toMatchObject({ page: 1 });
  });
});

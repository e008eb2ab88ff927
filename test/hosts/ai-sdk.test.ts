// Vercel's AI SDK as the client. It probes for the newer protocol revision in the session's process, and must fall back
// to `initialize`.
import { beforeEach, describe, expect, test } from "vitest";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { runOnNode22 } from "./node-22.ts";
import { needsNode22 } from "./nodes.ts";
import { chatTools } from "./server.ts";

interface Result {
  output: { structuredContent: object; isError?: boolean };
  toModel: { type: string; value: { type: string; text: string }[] };
}

let session: {
  server: object;
  declined: Result;
  results: Record<string, Result>;
  questions: object[];
  contents: { text: string }[];
};

beforeEach(async (context) => {
  needsNode22(context);
  session ??= await runOnNode22("ai-sdk.client.ts");
});

describe("Vercel's AI SDK", () => {
  const { code: chat_code, targetId: target_id } = DOCUMENTED_CHAT;

  test("connects after its probe, and lists the tools", () => {
    expect(session.server).toMatchObject({ name: "kook-chat-mcp" });
    expect(Object.keys(session.results)).toEqual(expect.arrayContaining(chatTools));
  });

  test.each([
    ["list_chats", "480 chats", { total: 480, next_page: 2 }],
    ["view_chat", target_id, { chat_code, target_id }],
    ["create_chat", NEW_USER_ID, { target_id: NEW_USER_ID, unread_count: 0 }],
    ["delete_chat", `Deleted chat ${chat_code}`, { chat_code, deleted: true }],
  ])("hands a program both results of %s, and a model the text", (name, text, structured) => {
    const { output, toModel } = session.results[name] as Result;
    expect(output.isError).not.toBe(true);
    expect(output.structuredContent).toMatchObject(structured);
    expect(toModel).toMatchObject({ type: "content", value: [{ type: "text" }] });
    expect(toModel.value[0]?.text).toContain(text);
  });

  test("puts the server's question to a person, and reports the outcome", () => {
    const { declined, questions, results } = session;
    expect(questions).toHaveLength(2);
    expect(JSON.stringify(questions[0])).toContain(target_id);
    expect(declined.output.structuredContent).toMatchObject({ chat_code, deleted: false });
    expect(declined.toModel.value[0]?.text).toContain("Not deleted");
    expect(results["delete_chat"]?.output.structuredContent).toMatchObject({ deleted: true });
  });

  test("reads the directory", () => {
    const [content] = session.contents;
    expect(JSON.parse(content?.text ?? "")).toMatchObject({ page: 1 });
  });
});

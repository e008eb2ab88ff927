// The built file asking a person: the SDK checks the answer with a validator that is a file of its own in dist.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { expect, onTestFinished, test } from "vitest";
import { call } from "./support/connect.ts";

const MAIN = new URL("../dist/main.js", import.meta.url).pathname;

test.each([
  ["that fits the form deletes the chat", {}, { deleted: true }],
  ["of another type than the form's is no consent", { chat: 5 }, { deleted: false }],
])("a person's answer %s", async (_, content, outcome) => {
  const client = new Client(
    { name: "test", version: "1.0.0" },
    { capabilities: { elicitation: {} } },
  );
  let asked = 0;
  client.setRequestHandler(ElicitRequestSchema, () => {
    asked++;
    return { action: "accept", content };
  });
  const args = [MAIN, "--sandbox"];
  const transport = new StdioClientTransport({ command: process.execPath, args, stderr: "ignore" });
  await client.connect(transport);
  onTestFinished(() => client.close());
  const { structured } = await call(client, "list_chats", { page_size: 1 });
  const chats = (structured?.["chats"] ?? []) as { chat_code: string }[];
  const chat_code = chats[0]?.chat_code;
  const answer = await call(client, "delete_chat", { chat_code });
  expect(asked).toBe(1);
  if (outcome.deleted) expect(answer.structured).toMatchObject({ chat_code, ...outcome });
  else expect((await call(client, "view_chat", { chat_code })).isError).toBe(false);
});

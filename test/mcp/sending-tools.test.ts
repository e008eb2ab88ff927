// The definitions of the tools that send, edit and delete messages, which exist with KOOK_MESSAGES=send only.
import type { Tool as ToolDefinition } from "@modelcontextprotocol/sdk/types.js";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { call, connect } from "../support/connect.ts";
import { agreeing, idsOf, recordingKook, sending, USERS } from "../support/sending.ts";

const { target_id } = USERS.summer;

/** The tools that a server that only reads messages does not have. */
async function sendingTools(): Promise<ToolDefinition[]> {
  const { tools: others } = await (await connect({ readMessages: true })).listTools();
  const { tools } = await (await sending()).listTools();
  return tools.slice(others.length);
}

test("they are sent exactly as recorded", async () => {
  await expect(`${JSON.stringify(await sendingTools(), null, 2)}\n`).toMatchFileSnapshot(
    "./sending-tools.snapshot.json",
  );
});

test("with send alone nothing can be read, and the other tools stay as they are", async () => {
  const { tools: without } = await (await connect()).listTools();
  const { tools } = await (await sending({ readMessages: false })).listTools();
  expect(tools).toEqual([...without, ...(await sendingTools())]);
  const { tools: reading } = await (await connect({ readMessages: true })).listTools();
  const { tools: all } = await (await sending()).listTools();
  expect(all.slice(0, reading.length)).toEqual(reading);
});

test("each says with all four hints that it changes something, and that a person is needed", async () => {
  for (const { annotations, _meta } of await sendingTools()) {
    expect(annotations).toMatchObject({
      readOnlyHint: false,
      destructiveHint: true,
      idempotentHint: expect.any(Boolean),
      openWorldHint: true,
    });
    expect(_meta).toMatchObject({
      "anthropic/requiresUserInteraction": true,
      "anthropic/searchHint": expect.stringMatching(/[a-z].*\p{Script=Han}/u),
    });
  }
});

test("their schemas compile, describe every object in full and hold nothing that providers refuse", async () => {
  for (const { inputSchema, outputSchema } of await sendingTools()) {
    for (const schema of [inputSchema, outputSchema ?? {}]) {
      expect(() => new Ajv({ strict: true }).compile(schema)).not.toThrow();
      expect(() => new Ajv2020({ strict: true }).compile(schema)).not.toThrow();
      expect(JSON.stringify(schema)).not.toMatch(
        /\$schema|anyOf|oneOf|"format"|"pattern"|9007199254740991/,
      );
      expect(schema).toMatchObject({ type: "object", additionalProperties: false });
    }
  }
  const [{ inputSchema }] = (await sendingTools()) as [ToolDefinition];
  expect(inputSchema.properties?.["messages"]).toMatchObject({
    items: { type: "object", additionalProperties: false },
  });
});

test("they take null for every argument that may be left out, as strict function calling sends it", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, elicit: agreeing().elicit });
  const draft = { target_id, chat_code: null, text: "好", reaction: null, reply_to: null };
  const sent = await call(client, "send_messages", { messages: [draft], confirm_token: null });
  expect(sent.structured?.["results"]).toMatchObject([{ status: "sent" }]);
  const [msg_id] = await idsOf(client, { target_id, limit: 1 });
  const own = { target_id, chat_code: null, msg_id, confirm_token: null };
  const edited = await call(client, "edit_message", { ...own, text: "好的" });
  expect(edited.structured).toMatchObject({ status: "sent" });
  expect((await call(client, "delete_message", own)).structured).toMatchObject({ deleted: true });
});

test("their results fit their schemas, in all that they may say", async () => {
  const tools = await sendingTools();
  const tried = new Set<string>();
  const fits = (name: string, structured: unknown) => {
    tried.add(name);
    const schema = tools.find((tool) => tool.name === name)?.outputSchema ?? {};
    const validate = new Ajv({ strict: true }).compile(schema);
    expect(validate(structured), JSON.stringify(validate.errors)).toBe(true);
  };
  const kook = recordingKook();
  const asked = await sending({ fetch: kook.fetch, elicit: () => ({ action: "decline" }) });
  const previewed = await sending({
    fetch: kook.fetch,
    confirmDelete: "always",
  });
  const at_once = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const messages = [{ target_id, text: "好" }];
  for (const client of [asked, previewed, at_once]) {
    const { structured } = await call(client, "send_messages", { messages });
    fits("send_messages", structured);
  }
  const [msg_id] = await idsOf(at_once, { target_id, limit: 1 });
  for (const client of [asked, previewed, at_once]) {
    const edited = await call(client, "edit_message", { target_id, msg_id, text: "好的" });
    fits("edit_message", edited.structured);
  }
  for (const client of [asked, previewed, at_once]) {
    const deleted = await call(client, "delete_message", { target_id, msg_id });
    fits("delete_message", deleted.structured);
  }
  expect([...tried].sort()).toEqual(tools.map(({ name }) => name).sort());
});

test("the instructions name send_messages where it exists", async () => {
  const on = (await sending()).getInstructions();
  expect(on).toContain("call send_messages once");
  expect((await connect({ readMessages: true })).getInstructions()).not.toContain("send_messages");
});

// Arguments as models and hosts send them.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { character } from "../support/character.ts";
import { call, connect } from "../support/connect.ts";
import { sending } from "../support/sending.ts";

const { code } = DOCUMENTED_CHAT;

interface ListSchema {
  items?: { properties?: object };
}

describe("arguments", () => {
  test.each([
    [null, 50],
    ['{"page_size": 2}', 2],
    ["null", 50],
  ])("may come as %j", async (args, chats) => {
    const client = await connect();
    const result = await client.callTool({ name: "list_chats", arguments: args as never });
    expect((result.structuredContent as { chats: unknown[] }).chats).toHaveLength(chats);
  });

  test.each([[[1, 2]], [5], ["page 2"], [true]])(
    "of %j, which is no object, are refused and the tool's own are listed",
    async (args) => {
      const client = await connect();
      const result = await client.callTool({ name: "list_chats", arguments: args as never });
      expect(result).toMatchObject({
        isError: true,
        content: [{ text: expect.stringContaining('no argument "arguments"; it takes page,') }],
      });
    },
  );

  test.each([{ unread_only: { toString: 1 } }, { unread_only: ["true"] }, { page: 2 ** 60 }])(
    "%j is refused and says what is right",
    async (args) => {
      const { text, isError } = await call(await connect(), "list_chats", args);
      expect(isError).toBe(true);
      expect(text).toMatch(/must be (true or false|a whole number)/);
    },
  );
});

describe("keys that hosts add", () => {
  const added = {
    toolCallId: "call_1",
    sessionId: "s",
    action: "sendMessage",
    chatInput: "who wrote to me?",
    tool_call_description: "Lists the chats",
    _meta: {},
    _auth_user: "u",
  };

  test("are dropped, one by one and all together", async () => {
    const client = await connect();
    const each = Object.entries(added).map(([key, value]) => ({ [key]: value }));
    for (const keys of [...each, added]) {
      const args = { page_size: 2, ...keys };
      const { structured } = await call(client, "list_chats", args);
      expect(structured?.["chats"], Object.keys(keys).join()).toHaveLength(2);
    }
  });

  test("do not hide a wrong name of the model", async () => {
    const { text, isError } = await call(await connect(), "view_chat", { ...added, id: code });
    expect(isError).toBe(true);
    expect(text).toContain('There is no argument "id"; it takes chat_code.');
    for (const key of Object.keys(added)) expect(text).not.toContain(key);
  });

  test.each(["toolCallID", "session_id", "actions", "chat_input", "description", "meta"])(
    "do not include %s, which is refused",
    async (key) => {
      const { text, isError } = await call(await connect(), "list_chats", { [key]: "x" });
      expect(isError).toBe(true);
      expect(text).toContain(`There is no argument ${JSON.stringify(key)}`);
    },
  );
});

describe("a chat code", () => {
  test.each([
    ["quotation marks", `"${code}"`],
    ["single quotation marks", `'${code}'`],
    ["Chinese quotation marks", `“${code}”`],
    ["backticks", `\`${code}\``],
    ["the uri of its resource", `kook://chats/${code}`],
    ["the uri in backticks", `\`kook://chats/${code}\``],
    ["invisible characters", `\u200b${code.slice(0, 8)}\u2060${code.slice(8)}\ufeff`],
    ["white space", `\n ${code}\u3000`],
    ["quotation marks behind the uri", `kook://chats/"${code}"`],
    ["backticks behind the uri", `kook://chats/\`${code}\``],
    ["the uri with a slash at its end", `kook://chats/${code}/`],
    [
      "the uri of its messages, in two kinds of quotation marks",
      `‘"kook://chats/${code}/messages"’`,
    ],
    ["white corner brackets", `『${code}』`],
    ["French quotation marks", `«${code}»`],
    ["German quotation marks", `„${code}“`],
  ])("is found in %s", async (_, chat_code) => {
    const { structured } = await call(await connect(), "view_chat", { chat_code });
    expect(structured).toMatchObject({ chat_code: code });
  });

  test("in quotation marks is deleted and confirmed as the chat that it names", async () => {
    const client = await connect({ confirmDelete: "always" });
    const preview = await call(client, "delete_chat", { chat_code: `kook://chats/${code}` });
    const args = {
      chat_code: `"${code}"`,
      confirm_token: `\`${preview.structured?.["confirm_token"]}\``,
    };
    const { structured } = await call(client, "delete_chat", args);
    expect(structured).toEqual({ chat_code: code, deleted: true });
  });

  test("of a user id in quotation marks opens the user's chat", async () => {
    const args = { target_id: `"${NEW_USER_ID}"` };
    const { structured } = await call(await connect(), "create_chat", args);
    expect(structured).toMatchObject({ target_id: NEW_USER_ID, created: true });
  });
});

describe("a refusal", () => {
  test.each(["hi", 5, null, []].map((message) => [[message]]))(
    "of the messages %j says what a message is",
    async (messages) => {
      const { text, isError } = await call(await sending(), "send_messages", { messages });
      expect(isError).toBe(true);
      expect(text).toMatch(/^send_messages: messages\[0\] .*must be an object with target_id or/);
    },
  );

  test("has no words of the validator, whatever an argument of any tool is", async () => {
    const client = await sending();
    const { tools } = await client.listTools();
    const values = [{}, [], true, -1.5, "x", [null], ["x"], [5]];
    for (const { name, inputSchema } of tools) {
      for (const [argument, schema] of Object.entries(inputSchema.properties ?? {})) {
        const fields = Object.keys((schema as ListSchema).items?.properties ?? {});
        const items = fields.flatMap((field) => values.map((value) => [{ [field]: value }]));
        for (const value of [...values, ...items]) {
          const { text, isError } = await call(client, name, { [argument]: value });
          if (isError) expect(text).not.toMatch(/Invalid|Too (big|small)|expected/);
        }
      }
    }
  });

  test.each([
    ["list_chats", "x"],
    ["list_chats", "🦊"],
    ["list_chats", '"\\'],
    ["delete_chat", '"\\'],
  ])(
    "of %s of 2 000 unknown arguments of %j is short and says that nothing was done",
    async (name, letter) => {
      const args = Object.fromEntries(
        Array.from({ length: 2_000 }, (_, index) => [`${letter.repeat(70)}${index}`, index]),
      );
      const { text, isError } = await call(await connect(), name, args);
      expect(isError).toBe(true);
      expect(text.length).toBeLessThanOrEqual(600);
      expect(text).toContain("more faults.");
      expect(text).toMatch(/Nothing was done\.$/);
    },
  );

  test.each(["list_chats", "view_chat", "create_chat", "delete_chat"])(
    "of %s is at most 600 characters and says that nothing was done, for any arguments",
    async (name) => {
      const client = await connect({
        fetch: () => Promise.reject(new Error("nothing may be sent")),
      });
      const wrong = fc.dictionary(
        fc.string({ unit: character, minLength: 1, maxLength: 100 }).map((key) => `x${key}`),
        // null counts as left out.
        fc.jsonValue().filter((value) => value !== null),
        { minKeys: 1, maxKeys: 12 },
      );
      await fc.assert(
        fc.asyncProperty(wrong, async (args) => {
          const { text, isError } = await call(client, name, args);
          expect(isError).toBe(true);
          expect(text.length).toBeLessThanOrEqual(600);
          expect(text).toMatch(/Nothing was done\.$/);
        }),
        { numRuns: 100 },
      );
    },
  );

  test("of a 9 MiB query is refused by its length, before it is normalized, and nothing is sent", async () => {
    const client = await connect({ fetch: () => Promise.reject(new Error("nothing may be sent")) });
    // The first call compiles what later ones use.
    await call(client, "list_chats", { query: "x".repeat(300) });
    const query = "夏\u0301 ".repeat((9 * 1024 * 1024) / 3);
    const startedAt = performance.now();
    const { text } = await call(client, "list_chats", { query });
    // Normalizing such a query takes almost 5 s.
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    expect(text).toBe("list_chats: query must be 200 characters or fewer. Nothing was done.");
  });
});

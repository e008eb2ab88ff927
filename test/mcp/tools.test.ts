import type { Tool as ToolDefinition } from "@modelcontextprotocol/sdk/types.js";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, test } from "vitest";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { call, connect } from "../support/connect.ts";

/** Strict function calling as OpenAI and others convert a schema: all properties required, optional ones nullable. */
function toStrict(schema: ToolDefinition["inputSchema"]) {
  const properties = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { type } = property as { type: string };
    const optional = !schema.required?.includes(name);
    return [name, { ...property, type: optional ? [type, "null"] : type }];
  });
  const required = Object.keys(schema.properties ?? {});
  return { ...schema, properties: Object.fromEntries(properties), required };
}

describe("tool definitions", () => {
  test("are sent exactly as recorded", async () => {
    const { tools } = await (await connect()).listTools();
    await expect(`${JSON.stringify(tools, null, 2)}\n`).toMatchFileSnapshot(
      "./tools.snapshot.json",
    );
  });

  test("state all four hints, and only deleting is destructive", async () => {
    const { tools } = await (await connect()).listTools();
    for (const { annotations } of tools) {
      expect(Object.keys(annotations ?? {}).sort()).toEqual([
        "destructiveHint",
        "idempotentHint",
        "openWorldHint",
        "readOnlyHint",
      ]);
    }
    const destructive = tools.filter((tool) => tool.annotations?.destructiveHint);
    for (const { name } of destructive) expect(name).toMatch(/^delete_/);
    expect(destructive.map((tool) => tool.name)).toContain("delete_chat");
  });

  test("give the words by which a host finds each tool, in both languages", async () => {
    const { tools } = await (await connect()).listTools();
    for (const { _meta } of tools) {
      expect(_meta?.["anthropic/searchHint"]).toMatch(/[a-z].*\p{Script=Han}/u);
    }
  });

  test("tell the host that a delete needs a person", async () => {
    const { tools } = await (await connect()).listTools();
    const asking = tools.filter(({ _meta }) => _meta?.["anthropic/requiresUserInteraction"]);
    expect(asking.map(({ name }) => name)).toContain("delete_chat");
    for (const { annotations } of asking) expect(annotations?.readOnlyHint).toBe(false);
  });

  test("require each field that every result has", async () => {
    const { tools } = await (await connect()).listTools();
    const requiredOf = (name: string) =>
      tools.find((tool) => tool.name === name)?.outputSchema?.["required"];
    expect(requiredOf("list_chats")).toEqual(["chats", "page", "page_total", "total"]);
    expect(requiredOf("delete_chat")).toEqual(["chat_code", "deleted"]);
  });

  test("have schemas that compile as draft-07 and 2020-12 and hold nothing that providers refuse", async () => {
    const { tools } = await (await connect()).listTools();
    for (const { inputSchema, outputSchema } of tools) {
      for (const schema of [inputSchema, outputSchema ?? {}]) {
        expect(() => new Ajv({ strict: true }).compile(schema)).not.toThrow();
        expect(() => new Ajv2020({ strict: true }).compile(schema)).not.toThrow();
        const text = JSON.stringify(schema);
        expect(text).not.toMatch(/\$schema|anyOf|oneOf|"format"|"pattern"|9007199254740991/);
        expect(schema).toMatchObject({ type: "object", additionalProperties: false });
      }
    }
    expect(JSON.stringify(tools)).not.toContain('"execution"');
  });

  test("describe every nested object in full", async () => {
    const { tools } = await (await connect()).listTools();
    const objects: Record<string, unknown>[] = [];
    const walk = (schema: unknown) => {
      if (typeof schema !== "object" || schema === null) return;
      const { type, properties, items } = schema as Record<string, unknown>;
      if (type === "object") objects.push(schema as Record<string, unknown>);
      expect(["object", "array", "string", "integer", "boolean"]).toContain(type);
      for (const part of [...Object.values(properties ?? {}), ...(items ? [items] : [])])
        walk(part);
    };
    for (const { inputSchema, outputSchema } of tools)
      for (const schema of [inputSchema, outputSchema]) walk(schema);
    expect(objects.length).toBeGreaterThan(2 * tools.length);
    for (const schema of objects) {
      expect(schema).toMatchObject({ properties: expect.any(Object), additionalProperties: false });
    }
  });

  test("convert to strict function calling, which sends every argument", async () => {
    const client = await connect();
    const { tools } = await client.listTools();
    const sent = {
      list_chats: { page: null, page_size: 3, unread_only: null, query: null },
      view_chat: { chat_code: DOCUMENTED_CHAT.code },
      create_chat: { target_id: NEW_USER_ID },
      delete_chat: { chat_code: DOCUMENTED_CHAT.code, confirm_token: null },
    };
    for (const { name, inputSchema } of tools) {
      const args = sent[name as keyof typeof sent];
      expect(new Ajv({ allowUnionTypes: true }).validate(toStrict(inputSchema), args)).toBe(true);
      expect(await call(client, name, args)).toMatchObject({ isError: false });
    }
  });

  test("return results that fit their schemas", async () => {
    const client = await connect();
    const { tools } = await client.listTools();
    const results = {
      list_chats: [{}, { unread_only: true }, { query: "夏天1" }],
      view_chat: [{ chat_code: DOCUMENTED_CHAT.code }],
      create_chat: [{ target_id: NEW_USER_ID }],
      delete_chat: [{ chat_code: DOCUMENTED_CHAT.code }],
    };
    for (const { name, outputSchema } of tools) {
      const validate = new Ajv2020({ strict: true }).compile(outputSchema ?? {});
      for (const args of results[name as keyof typeof results]) {
        const { structured } = await call(client, name, args);
        expect(validate(structured), JSON.stringify(validate.errors)).toBe(true);
      }
    }
  });

  test("change nothing on a read-only server", async () => {
    const { tools } = await (await connect()).listTools();
    const changing = tools.filter(({ annotations }) => !annotations?.readOnlyHint);
    expect(changing.map(({ name }) => name)).toContain("delete_chat");
    const client = await connect({ readOnly: true });
    const left = (await client.listTools()).tools;
    expect(left).toEqual(tools.filter((tool) => !changing.includes(tool)));
    for (const { name } of changing) {
      await expect(call(client, name, {})).rejects.toMatchObject({
        code: -32602,
        message: expect.stringContaining(
          `The tools are ${left.map(({ name }) => name).join(", ")}`,
        ),
      });
    }
  });
});

describe("list_chats", () => {
  test("gives a page as text and as structured content, both complete", async () => {
    const { text, structured } = await call(await connect(), "list_chats", { page_size: 2 });
    expect(text).toMatchInlineSnapshot(`
      "480 chats, page 1 of 240. Each line: chat_code target_id "username", latest message in UTC.
      5c7ec6d021216c136c9198285c15ed47 3903536527 "夏天1", online, 2026-11-20 08:00
      8b4b47fb5cc065182e2049ad3b9243ca 1000007926 "工具1", 2 unread, 2026-11-20 07:23
      For more, call list_chats with page 2 and the same page_size."
    `);
    expect(structured).toEqual({
      chats: [
        {
          chat_code: "5c7ec6d021216c136c9198285c15ed47",
          target_id: "3903536527",
          username: "夏天1",
          online: true,
          unread_count: 0,
          latest_msg_time: "2026-11-20T08:00:00Z",
        },
        {
          chat_code: "8b4b47fb5cc065182e2049ad3b9243ca",
          target_id: "1000007926",
          username: "工具1",
          online: false,
          unread_count: 2,
          latest_msg_time: "2026-11-20T07:23:00Z",
        },
      ],
      page: 1,
      page_total: 240,
      total: 480,
      next_page: 2,
      next: "For more, call list_chats with page 2 and the same page_size.",
    });
  });

  test("gives 50 chats by default and no next_page on the last page", async () => {
    const client = await connect();
    const first = await call(client, "list_chats");
    expect(first.structured?.["chats"]).toHaveLength(50);
    const last = await call(client, "list_chats", { page: 10 });
    expect(last.structured?.["chats"]).toHaveLength(30);
    expect(last.structured).not.toHaveProperty("next_page");
    expect(last.structured).not.toHaveProperty("next");
    expect(last.text).not.toContain("For more");
  });

  test("says so when a page is past the end", async () => {
    const { text, structured } = await call(await connect(), "list_chats", { page: 11 });
    expect(text).toBe("No chats on page 11; there are 480 in all, on 10 pages.");
    expect(structured?.["chats"]).toEqual([]);
  });

  test.each([
    ["numbers as text", { page: "2", page_size: " 3 " }],
    ["full-width digits", { page: "２", page_size: "３" }],
    ["null for what is left out", { page: 2, page_size: 3, extra: null }],
  ])("takes %s", async (_, args) => {
    const { structured } = await call(await connect(), "list_chats", args);
    expect(structured).toMatchObject({ page: 2, page_total: 160 });
  });

  test.each([
    [{ page: 0 }, "list_chats: page must be 1 or more. Nothing was done."],
    [{ page: 1.5 }, "list_chats: page must be a whole number. Nothing was done."],
    [{ page: "soon" }, "list_chats: page must be a whole number. Nothing was done."],
    [{ page_size: 51 }, "list_chats: page_size must be 50 or less. Nothing was done."],
    [
      { pageSize: 5 },
      'list_chats: There is no argument "pageSize"; it takes page, page_size, unread_only, query. Nothing was done.',
    ],
    [
      { foo: 5 },
      'list_chats: There is no argument "foo"; it takes page, page_size, unread_only, query. Nothing was done.',
    ],
  ])("refuses %j and says what is right", async (args, message) => {
    expect(await call(await connect(), "list_chats", args)).toMatchObject({
      isError: true,
      text: message,
    });
  });
});

test("the instructions of a read-only server name no tool that it does not have", async () => {
  expect((await connect({ readOnly: true })).getInstructions()).not.toMatch(
    /create_chat|delete_chat/,
  );
  expect((await connect()).getInstructions()).toContain("create_chat");
});

describe("view_chat", () => {
  test("shows one chat on one line, and whether a message would get through", async () => {
    const client = await connect();
    const { text, structured } = await call(client, "view_chat", {
      chat_code: ` ${DOCUMENTED_CHAT.code} `,
    });
    expect(text).toBe(
      '5c7ec6d021216c136c9198285c15ed47 3903536527 "夏天1", online, latest message 2026-11-20 08:00, read 2026-11-20 08:00, times in UTC, not blocked by either side',
    );
    expect(structured).toEqual({
      chat_code: DOCUMENTED_CHAT.code,
      target_id: DOCUMENTED_CHAT.targetId,
      username: "夏天1",
      online: true,
      unread_count: 0,
      latest_msg_time: "2026-11-20T08:00:00Z",
      last_read_time: "2026-11-20T08:00:00Z",
      is_friend: false,
      is_blocked: false,
      is_target_blocked: false,
    });
  });

  test("says which side has blocked the other", async () => {
    const client = await connect();
    const { structured } = await call(client, "list_chats", { page_size: 50 });
    const chats = structured?.["chats"] as { chat_code: string }[];
    const lines = [];
    for (const index of [3, 4]) {
      lines.push((await call(client, "view_chat", { chat_code: chats[index]?.chat_code })).text);
    }
    expect(lines[0]).toContain("no message gets through: the bot has blocked this user");
    expect(lines[1]).toContain("no message gets through: this user has blocked the bot");
  });

  test.each([
    [{}, "view_chat: chat_code is missing: it must be a chat code as list_chats gives it."],
    [{ chat_code: null }, "view_chat: chat_code is missing"],
    [{ chat_code: "  " }, "view_chat: chat_code must not be empty: list_chats gives the codes."],
    [{ chat_code: true }, "view_chat: chat_code must be a chat code as list_chats gives it."],
  ])("refuses %j and says what is right", async (args, message) => {
    const { text, isError } = await call(await connect(), "view_chat", args);
    expect(isError).toBe(true);
    expect(text).toContain(message);
  });
});

describe("create_chat and delete_chat", () => {
  test("open a chat, list it, delete it, and find it gone the second time", async () => {
    const client = await connect();
    const opened = await call(client, "create_chat", { target_id: NEW_USER_ID });
    const chat_code = opened.structured?.["chat_code"] as string;
    expect(opened.text).toBe(
      `Created: ${chat_code} 2418200000 "新朋友", no messages, not blocked by either side`,
    );
    expect(opened.structured).not.toHaveProperty("latest_msg_time");
    expect((await call(client, "list_chats")).structured).toMatchObject({ total: 481 });

    const deleted = await call(client, "delete_chat", { chat_code });
    expect(deleted.structured).toEqual({ chat_code, deleted: true });
    expect((await call(client, "list_chats")).structured).toMatchObject({ total: 480 });

    const again = await call(client, "delete_chat", { chat_code });
    expect(again.structured).toEqual({ chat_code, deleted: true, already_gone: true });
    expect(again.text).toContain("Already gone");
  });

  test("create gives the chat that exists", async () => {
    const { structured } = await call(await connect(), "create_chat", {
      target_id: DOCUMENTED_CHAT.targetId,
    });
    expect(structured).toMatchObject({ chat_code: DOCUMENTED_CHAT.code, created: false });
  });

  test.each(["", "summer", "12x"])("create refuses %j, which is no user id", async (target_id) => {
    expect((await call(await connect(), "create_chat", { target_id })).text).toBe(
      "create_chat: target_id must be a KOOK user id, as a string of digits. Nothing was done.",
    );
  });

  test("create takes an id that came as an exact number and refuses one that was rounded", async () => {
    const client = await connect();
    const exact = await call(client, "create_chat", { target_id: Number(NEW_USER_ID) });
    expect(exact.structured).toMatchObject({ target_id: NEW_USER_ID });
    const rounded = await call(client, "create_chat", { target_id: 2 ** 60 });
    expect(rounded.text).toContain("too large to be exact: send it as a string");
  });

  test("delete of a code that was never there is an error, not a success", async () => {
    const { text, isError } = await call(await connect(), "delete_chat", { chat_code: "no-such" });
    expect(isError).toBe(true);
    expect(text).toContain("There is no such chat");
  });
});

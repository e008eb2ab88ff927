// Changes as a host and a model see them.
import { ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { settled } from "../support/clock.ts";
import { call, connect, countListChanges } from "../support/connect.ts";

const { code: chat_code, targetId } = DOCUMENTED_CHAT;
const refusal = (code: number, message: string, status = 200) =>
  Response.json({ code, message, data: {} }, { status });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A sandbox whose answers to the routes that `lost` names do not arrive. */
function losing(lost: { routes: readonly string[] }, sandbox = new Sandbox()): Fetch {
  return async (url, init) => {
    const answer = await sandbox.fetch(url, init);
    if (lost.routes.some((route) => url.includes(`user-chat/${route}`))) {
      throw new Error("connection reset");
    }
    return answer;
  };
}

describe("the list of resources", () => {
  test("is said to have changed after a create and a delete, and after nothing else", async () => {
    const client = await connect();
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      throw new Error("the tools never change");
    });
    const changes = countListChanges(client);
    await call(client, "list_chats");
    await call(client, "view_chat", { chat_code });
    await call(client, "delete_chat", { chat_code: "no-such" });
    expect(changes.count).toBe(0);
    const opened = await call(client, "create_chat", { target_id: NEW_USER_ID });
    expect(changes.count).toBe(1);
    await call(client, "delete_chat", { chat_code: opened.structured?.["chat_code"] });
    expect(changes.count).toBe(2);
  });

  test("has not changed after a create that found the chat", async () => {
    const client = await connect();
    const changes = countListChanges(client);
    const { text, structured } = await call(client, "create_chat", { target_id: targetId });
    expect(text).toMatch(/^Already open: /);
    expect(structured).toMatchObject({ chat_code, created: false });
    expect(changes.count).toBe(0);
  });

  test("may have changed after a create that does not know what it did", async () => {
    const client = await connect({ fetch: new Sandbox({ chats: 1_100, limit: 10_000 }).fetch });
    const changes = countListChanges(client);
    const { text, structured } = await call(client, "create_chat", { target_id: NEW_USER_ID });
    expect(text).toMatch(/^Open: /);
    expect(structured).not.toHaveProperty("created");
    expect(changes.count).toBe(1);
  });

  test("may have changed after a delete whose outcome is unknown", async () => {
    const lost = { routes: [] as string[] };
    const client = await connect({ fetch: losing(lost) });
    const changes = countListChanges(client);
    await call(client, "view_chat", { chat_code });
    lost.routes = ["delete", "list"];
    const { text } = await settled(call(client, "delete_chat", { chat_code }));
    expect(text).toContain("It is unknown whether the change was made.");
    expect(changes.count).toBe(1);
  });

  test("has not changed after a delete that was not made", async () => {
    const sandbox = new Sandbox();
    const client = await connect({
      fetch: async (url, init) => {
        if (url.endsWith("delete")) throw new Error("connection reset");
        return sandbox.fetch(url, init);
      },
    });
    const changes = countListChanges(client);
    const { text } = await settled(call(client, "delete_chat", { chat_code }));
    expect(text).toContain("The list of chats shows that the change was not made.");
    expect(changes.count).toBe(0);
  });

  test.each([
    ["create_chat", { target_id: NEW_USER_ID }],
    ["delete_chat", { chat_code }],
  ])(
    "is said to have changed after a %s that was cancelled once it was sent",
    async (name, args) => {
      const sandbox = new Sandbox();
      const controller = new AbortController();
      const client = await connect({
        fetch: async (url, init) => {
          if (init.method === "POST") controller.abort();
          init.signal.throwIfAborted();
          return sandbox.fetch(url, init);
        },
      });
      const changes = countListChanges(client);
      const { signal } = controller;
      const called = client.callTool({ name, arguments: args }, undefined, { signal });
      await expect(settled(called)).rejects.toThrow();
      await vi.advanceTimersByTimeAsync(60_000);
      expect(changes.count).toBe(1);
    },
  );

  test("is not said to have changed after a preview", async () => {
    const client = await connect({ confirmDelete: "always" });
    const changes = countListChanges(client);
    await call(client, "delete_chat", { chat_code });
    expect(changes.count).toBe(0);
  });
});

test.each([
  ["create_chat", { target_id: NEW_USER_ID }, { created: true }],
  ["delete_chat", { chat_code }, { deleted: true }],
])("%s that was done stays done if the host cannot be notified", async (name, args, done) => {
  const notified: string[] = [];
  const client = await connect({
    onTransport: (transport) => {
      const send = transport.send.bind(transport);
      transport.send = async (message, options) => {
        const method = "method" in message ? message.method : "";
        if (method === "notifications/resources/list_changed") {
          notified.push(method);
          throw new Error("the pipe is broken");
        }
        return send(message, options);
      };
    },
  });
  const { structured, isError } = await call(client, name, args);
  expect(isError).toBe(false);
  expect(structured).toMatchObject(done);
  expect(notified).toHaveLength(1);
});

test("KOOK's refusal of a delete is told, also if the list afterwards is rate-limited", async () => {
  const sandbox = new Sandbox();
  let refusing = false;
  const client = await connect({
    fetch: async (url, init) => {
      if (!refusing) return sandbox.fetch(url, init);
      if (url.endsWith("delete")) return refusal(40_000, "该会话无法删除", 400);
      return refusal(429, "请求过于频繁", 429);
    },
  });
  await call(client, "view_chat", { chat_code });
  refusing = true;
  const { text, isError } = await settled(call(client, "delete_chat", { chat_code }));
  expect(isError).toBe(true);
  expect(text).toContain('KOOK refused: code 40000, HTTP 400, "该会话无法删除".');
});

describe.each([
  [40_000, "会话不存在", 400],
  [40_000, "会话不存在", 200],
  [40_012, "", 200],
  [40_012, "会话不存在", 400],
  [404, "该数据不存在或者你没有权限操作", 404],
])("KOOK's code %i with %j in HTTP %i", (code, message, status) => {
  test("means for view_chat that there is no such chat", async () => {
    const client = await connect({ fetch: async () => refusal(code, message, status) });
    const { text, isError } = await call(client, "view_chat", { chat_code });
    expect(isError).toBe(true);
    expect(text).toContain("There is no such chat");
  });

  test("means for a resource that it is not found", async () => {
    const client = await connect({ fetch: async () => refusal(code, message, status) });
    const uri = `kook://chats/${chat_code}`;
    await expect(client.readResource({ uri })).rejects.toMatchObject({
      code: -32002,
      data: { uri },
    });
  });

  test("does not mean that a listed chat is deleted", async () => {
    const sandbox = new Sandbox();
    const client = await connect({
      fetch: async (url, init) =>
        url.endsWith("delete") ? refusal(code, message, status) : sandbox.fetch(url, init),
    });
    const { isError, text } = await call(client, "delete_chat", { chat_code });
    expect(isError).toBe(true);
    expect(text).toContain(`code ${code}`);
  });
});

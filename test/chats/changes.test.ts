// Results of creates and deletes, and KOOK's refusals.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { RateLimitError } from "../../src/kook/errors.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { servicesOver } from "../support/chats.ts";
import { settled } from "../support/clock.ts";
import { silent } from "../support/connect.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const { code, targetId } = DOCUMENTED_CHAT;

/** A sandbox with other answers for some routes; `sent` has the routes that were called. */
function answering(routes: Record<string, Fetch>, sandbox = new Sandbox()) {
  const sent: string[] = [];
  const fetch: Fetch = (url, init) => {
    const route = new URL(url).pathname.replace(/.*\//, "");
    sent.push(route);
    return (routes[route] ?? sandbox.fetch)(url, init);
  };
  return { ...servicesOver(fetch), sent, sandbox };
}

const refusing =
  (body: object, status = 400, headers: Record<string, string> = {}): Fetch =>
  async () =>
    Response.json({ data: {}, ...body }, { status, headers });

const rateLimited = refusing({ code: 429, message: "请求过于频繁" }, 429, {
  "X-Rate-Limit-Remaining": "0",
  "X-Rate-Limit-Reset": "3000",
});

describe("a refused delete is told", () => {
  const refused = refusing({ code: 40_000, message: "会话不存在" });

  test.each([
    ["is rate-limited", rateLimited],
    ["is refused", refusing({ code: 403, message: "" }, 403)],
    ["is a web page", async () => new Response("<html>", { status: 502 })],
    ["never comes", silent],
    ["is cut off", () => Promise.reject(new TypeError("fetch failed"))],
    ["shows the chat", undefined],
  ] satisfies [string, Fetch | undefined][])("if the list afterwards %s", async (_, list) => {
    const routes: Record<string, Fetch> = {};
    const { chats, chatChanges, sent } = answering(routes);
    await chats.list({ page: 1, pageSize: 50 });
    sent.length = 0;
    Object.assign(routes, { delete: refused, ...(list && { list }) });
    await expect(settled(chatChanges.delete(code))).rejects.toMatchObject({
      code: 40_000,
      kookMessage: "会话不存在",
    });
    expect(sent).toContain("list");
    expect(sent.filter((route) => route === "delete")).toHaveLength(1);
  });

  const deletedElsewhere = (refusal: Fetch) => {
    const routes: Record<string, Fetch> = {};
    const world = answering(routes);
    routes["delete"] = async (url, init) => {
      await world.sandbox.fetch(url, init);
      return refusal(url, init);
    };
    return world;
  };

  test("unless KOOK says that the chat does not exist, and its list no longer shows it", async () => {
    const { chats, chatChanges } = deletedElsewhere(refused);
    await chats.list({ page: 1, pageSize: 50 });
    expect(await settled(chatChanges.delete(code))).toEqual({ already_gone: true });
  });

  test("if the list never showed the chat: its absence proves nothing", async () => {
    const { chats, chatChanges } = deletedElsewhere(refused);
    await chats.view(code);
    await expect(settled(chatChanges.delete(code))).rejects.toMatchObject({ code: 40_000 });
  });

  test("if it is about something else, also if the list no longer shows the chat", async () => {
    const { chats, chatChanges } = deletedElsewhere(refusing({ code: 403, message: "" }, 403));
    await chats.list({ page: 1, pageSize: 50 });
    await expect(settled(chatChanges.delete(code))).rejects.toMatchObject({ code: 403 });
  });
});

describe("a create says", () => {
  test("that it created the chat", async () => {
    const { chatChanges } = answering({});
    const result = await settled(chatChanges.create(NEW_USER_ID));
    expect(result).toMatchObject({ created: true, chat: { target_id: NEW_USER_ID } });
  });

  test("that the chat existed, and sends no create", async () => {
    const { chatChanges, sent } = answering({});
    const result = await settled(chatChanges.create(targetId));
    expect(result).toMatchObject({ created: false, chat: { chat_code: code } });
    expect(sent).not.toContain("create");
  });

  test("that it created the chat, if that had been deleted before", async () => {
    const { chatChanges } = answering({});
    await settled(chatChanges.delete(code));
    expect(await settled(chatChanges.create(targetId))).toMatchObject({ created: true });
  });

  test("that it created the chat, if the answer was lost and the list shows it", async () => {
    const sandbox = new Sandbox();
    const create: Fetch = async (url, init) => {
      await sandbox.fetch(url, init);
      throw new TypeError("fetch failed");
    };
    const { chatChanges } = answering({ create }, sandbox);
    expect(await settled(chatChanges.create(NEW_USER_ID))).toMatchObject({ created: true });
  });

  test("nothing about it if the list is longer than 20 pages, of which it reads 20", async () => {
    const sandbox = new Sandbox({ chats: 1_100, limit: 10_000 });
    const { chatChanges, sent } = answering({}, sandbox);
    const result = await settled(chatChanges.create(NEW_USER_ID));
    expect(result).toMatchObject({ chat: { target_id: NEW_USER_ID } });
    expect(result).not.toHaveProperty("created");
    expect(sent.filter((route) => route === "list")).toHaveLength(20);
  });

  test("nothing about it if the list is rate-limited", async () => {
    const { chatChanges } = answering({ list: rateLimited });
    const result = await settled(chatChanges.create(NEW_USER_ID));
    expect(result).toMatchObject({ chat: { target_id: NEW_USER_ID } });
    expect(result).not.toHaveProperty("created");
  });

  test("the list's failure if that is another, and changes nothing", async () => {
    const list = refusing({ code: 403, message: "你没有权限进行此操作" }, 403);
    const { chatChanges, sent } = answering({ list });
    await expect(settled(chatChanges.create(NEW_USER_ID))).rejects.toMatchObject({ code: 403 });
    expect(sent).not.toContain("create");
  });

  test("the rate limit if the create itself meets it", async () => {
    const { chatChanges } = answering({ create: rateLimited });
    await expect(settled(chatChanges.create(NEW_USER_ID))).rejects.toBeInstanceOf(RateLimitError);
  });
});

test("a delete that is cancelled once it is sent goes on, and drops the list of allowed chats", async () => {
  const sandbox = new Sandbox();
  const controller = new AbortController();
  const fetch: Fetch = async (url, init) => {
    if (url.endsWith("delete")) controller.abort();
    init.signal.throwIfAborted();
    return sandbox.fetch(url, init);
  };
  const { chats, chatChanges } = servicesOver(fetch, { allowTargets: [targetId] });
  const firstPage = { page: 1, pageSize: 50 };
  expect(await chats.list(firstPage)).toMatchObject({ total: 1 });
  const { signal } = controller;
  expect(await settled(chatChanges.delete(code, { signal }))).toEqual({});
  expect(await chats.list(firstPage)).toMatchObject({ total: 0 });
});

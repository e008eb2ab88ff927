// Reading messages of the sandbox: the chats that people try first, under KOOK's limits.
import { afterEach, describe, expect, test, vi } from "vitest";
import { Access } from "../../src/access/access.ts";
import { Chats } from "../../src/chats/chats.ts";
import { type Fetch, KookClient } from "../../src/kook/client.ts";
import { Inbox } from "../../src/messages/inbox.ts";
import { Messages } from "../../src/messages/messages.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { walkThrough } from "../support/conversations.ts";

const WEEK = 7 * 24 * 60 * 60_000;

afterEach(() => void vi.useRealTimers());

function over(sandbox: Sandbox, delayMs = 0) {
  const counts: Record<string, number> = {};
  const fetch: Fetch = async (url, init) => {
    const route = new URL(url).pathname.replace("/api/v3/", "");
    counts[route] = (counts[route] ?? 0) + 1;
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    return sandbox.fetch(url, init);
  };
  const client = new KookClient({
    fetch,
    token: { scheme: "Bot", value: SANDBOX_TOKEN },
    baseUrl: "https://kook.invalid/api/v3",
    timeoutMs: 10_000,
    maxWaitMs: 20_000,
  });
  const access = new Access(client);
  const chats = new Chats(client, access, { scanBudgetMs: 20_000 });
  const messages = new Messages(client, access, chats);
  return { chats, messages, inbox: new Inbox(chats, messages), counts };
}

const plenty = () => new Sandbox({ limit: 100_000, anchor: Date.now() });

test("walking back gives every message of a chat once, also of the one with 620 and with ids alike", async () => {
  const { chats, messages } = over(plenty());
  const lengths = [];
  for (const page of [1, 2]) {
    const listed = await chats.list({ page, pageSize: 50 });
    for (const { row } of listed.chats.slice(0, 15)) {
      const ids = await walkThrough(messages, row.chat_code, 50);
      expect(new Set(ids).size).toBe(ids.length);
      expect(await walkThrough(messages, row.chat_code, 7)).toEqual(ids);
      lengths.push(ids.length);
    }
  }
  expect(lengths).toEqual(expect.arrayContaining([20, 50, 70, 100, 620]));
});

describe("the documented chat", () => {
  const address = { target_id: DOCUMENTED_CHAT.targetId };

  test("is read by its user id, and its screenshot by 8 digits", async () => {
    const { messages } = over(plenty());
    const page = await messages.list(address, { limit: 50 });
    expect(page.messages).toHaveLength(20);
    const image = await messages.image(address, "29b8d3f1", undefined);
    expect(image).toMatchObject({ mimeType: "image/png", name: "pay_screenshot.png" });
  });

  test("is searched for what the user said", async () => {
    const page = await over(plenty()).messages.list(address, { limit: 20, query: "提示没有权限" });
    expect(page.messages.map(({ shortId }) => shortId)).toEqual([
      "13d7c5e9",
      "f49a0b6d",
      "5c2e8d71",
    ]);
    expect(page).toMatchObject({ searched: 20, complete: true });
  });
});

describe("the inbox of 480 chats", () => {
  const query = { all: false, since: 0, limit: 20, messages: 3 };

  /** Follows the cursors to the end. */
  async function everyPage(inbox: Inbox) {
    const since = Date.now() - WEEK;
    const pages = [await inbox.list({ ...query, since })];
    for (let cursor = pages[0]?.nextCursor; cursor; cursor = pages.at(-1)?.nextCursor) {
      pages.push(await inbox.list({ ...query, since, cursor }));
    }
    return { chats: pages.flatMap(({ chats }) => chats), last: pages.at(-1) };
  }

  test("has those whose last message nobody answered, page by page, and no hint is needed to find them", async () => {
    const { chats, last } = await everyPage(over(plenty()).inbox);
    expect(last?.complete).toBe(true);
    expect(chats.length).toBeGreaterThan(5);
    for (const { messages } of chats) expect(messages.at(-1)?.from).toBe("user");
    const targets = chats.map(({ chat }) => chat.target_id);
    expect(targets).toContain(DOCUMENTED_CHAT.targetId);
    expect(new Set(targets).size).toBe(targets.length);
  });

  test("is read 60 chats a call, so that a bot with 120 requests a minute has some left", async () => {
    vi.useFakeTimers();
    const { inbox, counts } = over(new Sandbox({ anchor: Date.now() }), 150);
    const deadline = performance.now() + 45_000;
    const listing = inbox.list({ ...query, since: Date.now() - WEEK }, { deadline });
    await vi.advanceTimersByTimeAsync(44_000);
    const page = await Promise.race([listing, Promise.reject(new Error("late"))]);
    expect(page).toMatchObject({ complete: false, stoppedBy: { name: "InboxBoundError" } });
    expect(page.nextCursor).toBeDefined();
    expect(counts).toMatchObject({ "user-chat/list": 10, "direct-message/list": 60 });
  });
});

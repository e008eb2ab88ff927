// Caches measure time on the monotonic clock, and rows that are shown are fresh or say their age.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { chatsOver, paging } from "../support/chats.ts";
import { call, connect } from "../support/connect.ts";

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

// Timers stay real; only the clocks are fake.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "performance"] }));
afterEach(() => void vi.useRealTimers());

const firstPage = { page: 1, pageSize: 50 };
const everything = { page: 1, enough: 50 };

interface World {
  /** The list's page 3 is refused, so that a search cannot end. */
  refusing: boolean;
  /** Unread messages of each chat that is viewed. */
  unread: number;
  /** Answer to each view instead of the chat. */
  view?: () => Response;
}

/** Two allowed users, the first and the last of 200 chats; a search stops before the last one. */
async function createWorld() {
  const sandbox = new Sandbox({ chats: 200, limit: 10_000 });
  const { chats } = await chatsOver(sandbox.fetch).list({ page: 4, pageSize: 50 });
  const allowTargets = [DOCUMENTED_CHAT.targetId, chats.at(-1)?.row.target_id as string];
  const world: World = { refusing: true, unread: 0 };
  const views: string[] = [];
  const fetch: Fetch = async (url, init) => {
    if (world.refusing && url.includes("/list?page=3&")) return refusal(403);
    const answer = await sandbox.fetch(url, init);
    if (!url.includes("/view")) return answer;
    views.push(new URL(url).searchParams.get("chat_code") ?? "");
    if (world.view) return world.view();
    const envelope = (await answer.json()) as { data: object };
    Object.assign(envelope.data, { unread_count: world.unread });
    return Response.json(envelope);
  };
  return { world, views, fetch, allowTargets, chats: chatsOver(fetch, { allowTargets }) };
}

const refusal = (code: number, headers: Record<string, string> = {}) =>
  Response.json({ code, message: "", data: {} }, { status: code, headers });
const rateLimited = () =>
  refusal(429, { "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "3000" });

describe("an unfinished search for the allowed chats", () => {
  test("reads rows older than 15 s again when it continues", async () => {
    const { world, views, chats } = await createWorld();
    const first = await chats.list(firstPage);
    expect(first).toMatchObject({ chats: [{ row: { unread_count: 0 } }], complete: false });
    world.unread = 7;
    vi.advanceTimersByTime(16 * SECOND);
    const second = await chats.list(firstPage);
    expect(second).toMatchObject({ chats: [{ row: { unread_count: 7 } }], complete: false });
    expect(second).not.toHaveProperty("age_s");
    expect(views).toEqual([DOCUMENTED_CHAT.code]);
  });

  test("does not read younger rows again", async () => {
    const { views, chats } = await createWorld();
    await chats.list(firstPage);
    vi.advanceTimersByTime(14 * SECOND);
    await chats.list(firstPage);
    expect(views).toEqual([]);
  });

  test("says the age of rows that it could not read again, in the text too", async () => {
    const { world, fetch, allowTargets } = await createWorld();
    const client = await connect({ fetch, allowTargets });
    await call(client, "list_chats");
    world.view = rateLimited;
    vi.advanceTimersByTime(60 * SECOND);
    for (const args of [{}, { query: DOCUMENTED_CHAT.targetId }]) {
      const { text, structured } = await call(client, "list_chats", args);
      expect(structured).toMatchObject({ chats: [{ chat_code: DOCUMENTED_CHAT.code }] });
      expect(structured?.["stopped"]).toContain("The rows are up to 60 s old.");
      expect(text).toContain("The rows are up to 60 s old.");
    }
  });

  test("says the age also once it is complete", async () => {
    const { world, chats } = await createWorld();
    await chats.list(firstPage);
    world.view = rateLimited;
    world.refusing = false;
    vi.advanceTimersByTime(60 * SECOND);
    const found = await chats.find({ query: DOCUMENTED_CHAT.targetId }, everything);
    expect(found).toMatchObject({ chats: { length: 1 }, complete: true, age_s: 60 });
    vi.advanceTimersByTime(SECOND);
    expect(await chats.list(firstPage)).toMatchObject({ chats: { length: 2 }, age_s: 61 });
  });

  test("says the age in the inbox too", async () => {
    const { world, fetch, allowTargets } = await createWorld();
    const client = await connect({ fetch, allowTargets, readMessages: true });
    await call(client, "list_chats");
    world.view = rateLimited;
    world.refusing = false;
    vi.advanceTimersByTime(60 * SECOND);
    const { structured, text } = await call(client, "list_inbox", { since: "2020-01-01" });
    expect(structured?.["stopped"]).toContain("up to 60 s old");
    expect(text).toContain("up to 60 s old");
  });

  test("says the age of rows that were fresh when it became complete", async () => {
    const { world, chats } = await createWorld();
    await chats.list(firstPage);
    world.refusing = false;
    vi.advanceTimersByTime(14 * SECOND);
    const complete = await chats.list(firstPage);
    expect(complete).toMatchObject({ total: 2 });
    expect(complete).not.toHaveProperty("age_s");
    vi.advanceTimersByTime(14 * SECOND);
    expect(await chats.list(firstPage)).toMatchObject({ total: 2, age_s: 28 });
  });

  test.each([
    ["KOOK is busy", () => Response.json({ code: 40_000, message: "系统繁忙", data: {} })],
    ["KOOK forbids the view", () => refusal(403)],
  ])("keeps a chat with its age if %s", async (_, view) => {
    const { world, chats } = await createWorld();
    await chats.list(firstPage);
    world.view = view;
    world.refusing = false;
    vi.advanceTimersByTime(60 * SECOND);
    expect(await chats.list(firstPage)).toMatchObject({ chats: { length: 2 }, age_s: 60 });
  });

  test("drops a chat that is gone when it continues", async () => {
    const { world, chats } = await createWorld();
    await chats.list(firstPage);
    world.view = () => refusal(404);
    vi.advanceTimersByTime(16 * SECOND);
    expect(await chats.list(firstPage)).toMatchObject({ chats: [], complete: false });
  });
});

describe.each([
  ["set back", -8 * HOUR],
  ["set forward", 8 * HOUR],
])("with the clock %s by 8 h", (_, change) => {
  test("the list of allowed chats is cached for 15 s", async () => {
    const { fetch, pages } = paging(() => {});
    const chats = chatsOver(fetch, { allowTargets: [DOCUMENTED_CHAT.targetId] });
    await chats.list(firstPage);
    vi.setSystemTime(Date.now() + change);
    vi.advanceTimersByTime(14 * SECOND);
    await chats.list(firstPage);
    expect(pages).toEqual([1]);
    vi.advanceTimersByTime(SECOND);
    await chats.list(firstPage);
    expect(pages).toEqual([1, 1]);
  });

  test("completions are cached for 30 s", async () => {
    const { fetch, pages } = paging(() => {}, new Sandbox({ chats: 3 }));
    const chats = chatsOver(fetch);
    await chats.complete("5c");
    vi.setSystemTime(Date.now() + change);
    vi.advanceTimersByTime(29 * SECOND);
    await chats.complete("5c7");
    expect(pages).toEqual([1]);
    vi.advanceTimersByTime(SECOND);
    await chats.complete("5c7e");
    expect(pages).toEqual([1, 1]);
  });
});

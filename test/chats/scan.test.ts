import { afterEach, describe, expect, test, vi } from "vitest";
import type { ChatFilter } from "../../src/chats/match.ts";
import type { Fetch } from "../../src/kook/client.ts";
import { ApiError, RateLimitError } from "../../src/kook/errors.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { chatsOver, named, paging } from "../support/chats.ts";

afterEach(() => void vi.useRealTimers());

const everything = { page: 1, enough: 1_000 };
const unchanged = () => {};

function find(fetch: Fetch, filter: ChatFilter, from = everything) {
  return chatsOver(fetch).find(filter, from);
}

/** The last chat of each page, which becomes the first of the next page when a chat moves to the front. */
async function lastOfEachPage() {
  const sandbox = new Sandbox();
  const last: unknown[] = [];
  const { fetch } = paging((page, asked) => {
    last[asked] = page.items.at(-1);
  }, sandbox);
  await find(fetch, { query: "nobody" });
  return last;
}

async function namesFound(names: string[], query: string): Promise<string[]> {
  const { fetch } = named(names, new Sandbox({ chats: names.length }));
  const { chats } = await find(fetch, { query });
  return chats.map(({ name }) => name).sort();
}

describe("a query", () => {
  test.each([
    ["case", "NIGHT", "Nightwing"],
    ["width", "ｎｉｇｈｔ", "Nightwing"],
    ["width the other way", "night", "Ｎｉｇｈｔｗｉｎｇ"],
    ["accents", "zoe", "Zoë"],
    ["accents the other way", "Zoë", "ZOE"],
    ["combining accents", "zoe", "Zoe\u0308"],
    ["a sharp s", "STRASSE", "Straße"],
    ["the two forms of sigma", "οδος", "ΟΔΟΣ"],
    ["half-width kana", "ｻｸﾗ", "サクラ"],
    ["the way a heart is drawn", "❤", "a❤️b"],
    ["the variant of a Chinese character", "葛城", "葛\u{e0100}城"],
    ["invisible characters in the name", "admin", "ad\u200bmin"],
    ["invisible characters in the query", "ad\u200bmin", "admin"],
    ["spaces around it", "  night ", "Nightwing"],
  ])("finds a name, ignoring %s", async (_, query, name) => {
    expect(await namesFound([name, "老王"], query)).toEqual([name]);
  });

  test.each([
    ["か", "が"],
    ["夏天", "夏"],
  ])("%j does not find %j", async (query, name) => {
    expect(await namesFound([name], query)).toEqual([]);
  });

  test("finds the middle of a name, beyond where it is cut for showing too", async () => {
    const long = `${"x".repeat(100)}needle`;
    expect(await namesFound([long, "hay"], "needle")).toEqual([long]);
  });

  test("finds a user by the whole id, not by a part of it", async () => {
    const { chats } = await find(new Sandbox().fetch, { query: ` ${DOCUMENTED_CHAT.targetId} ` });
    expect(chats.map(({ row }) => row.chat_code)).toEqual([DOCUMENTED_CHAT.code]);
    expect((await find(new Sandbox().fetch, { query: "390353652" })).chats).toEqual([]);
  });

  test("names the only match", async () => {
    const found = await find(new Sandbox().fetch, { query: "柚子茶7" });
    expect(found).toMatchObject({ chats: { length: 1 }, complete: true });
    expect(found.only_match).toBe(found.chats[0]?.row.chat_code);
  });

  test("names the only one that it fits as a whole, among others that contain it", async () => {
    const found = await find(new Sandbox().fetch, { query: "夏天1" });
    expect(found.chats.length).toBeGreaterThan(1);
    expect(found.only_match).toBe(DOCUMENTED_CHAT.code);
  });

  test.each([
    ["two users have the same name", ["夏天", "夏天", "夏天1"]],
    ["a stranger's name looks the same", ["夏天", "夏\u200b天", "夏天1"]],
    ["it fits several in part and none as a whole", ["夏天1", "夏天2"]],
  ])("names none when %s", async (_, names) => {
    const { fetch } = named(names, new Sandbox({ chats: names.length }));
    expect(await find(fetch, { query: "夏天" })).not.toHaveProperty("only_match");
  });

  test("names none among unread chats only", async () => {
    const found = await find(new Sandbox().fetch, { unreadOnly: true, query: "工具1" });
    expect(found.chats.length).toBeGreaterThan(0);
    expect(found).not.toHaveProperty("only_match");
  });

  test("names none before all chats were searched", async () => {
    const from = { page: 2, enough: 1_000 };
    const found = await find(new Sandbox().fetch, { query: "柚子茶7" }, from);
    expect(found.chats).toHaveLength(1);
    expect(found).not.toHaveProperty("only_match");
  });
});

test("unread chats are found over all pages, newest first, those without messages last", async () => {
  const { chats, ...rest } = await find(new Sandbox().fetch, { unreadOnly: true });
  expect(rest).toEqual({ page: 1, page_total: 10, total: 480, scanned: 480, complete: true });
  expect(chats).toHaveLength(120);
  const times = chats.map(({ row }) => row.latest_msg_time ?? "");
  expect(times).toEqual([...times].sort().reverse());
  for (const { row } of chats) expect(row.unread_count).toBeGreaterThan(0);
});

test("both filters together match the chats that both match", async () => {
  const { chats } = await find(new Sandbox().fetch, { unreadOnly: true, query: "工具" });
  expect(chats.length).toBeGreaterThan(5);
  for (const { row } of chats) {
    expect(row.username).toContain("工具");
    expect(row.unread_count).toBeGreaterThan(0);
  }
});

describe("a scan", () => {
  test("stops at the page that has enough, keeps its other matches, and says where to go on", async () => {
    const { fetch, pages } = paging(unchanged);
    const found = await find(fetch, { unreadOnly: true }, { page: 1, enough: 20 });
    expect(found).toMatchObject({ scanned: 100, complete: false, next_page: 3 });
    expect(found.chats).toHaveLength(25);
    expect(Math.max(...pages)).toBeLessThanOrEqual(3);
  });

  test("continues from a page without state between calls", async () => {
    const chats = chatsOver(new Sandbox().fetch);
    const codes: string[] = [];
    for (let page: number | undefined = 1; page !== undefined; ) {
      const found = await chats.find({ unreadOnly: true }, { page, enough: 20 });
      codes.push(...found.chats.map(({ row }) => row.chat_code));
      page = found.next_page;
    }
    expect(codes).toHaveLength(120);
    expect(new Set(codes).size).toBe(120);
  });

  test("asks for one page when that one has enough", async () => {
    const { fetch, pages } = paging(unchanged);
    await find(fetch, { unreadOnly: true }, { page: 1, enough: 5 });
    expect(pages).toEqual([1]);
  });

  test("reads up to eight pages ahead where hardly anything matches", async () => {
    let underWay = 0;
    let most = 0;
    const sandbox = new Sandbox({ limit: 10_000 });
    const fetch: Fetch = async (url, init) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 5));
      underWay--;
      return sandbox.fetch(url, init);
    };
    const found = await find(fetch, { query: "nobody" });
    expect(found).toMatchObject({ chats: [], scanned: 480, complete: true });
    expect(most).toBe(8);
  });

  test("ends after 20 pages, and says where to go on", async () => {
    const { fetch, pages } = paging(unchanged, new Sandbox({ chats: 1_200, limit: 10_000 }));
    const found = await find(fetch, { query: "nobody" });
    expect(found).toMatchObject({ scanned: 1_000, complete: false, next_page: 21 });
    expect(pages.length).toBe(20);
  });

  test("lists a chat once that moves to the next page during the scan", async () => {
    let moved: { code: string } | undefined;
    const { fetch } = paging((page, asked) => {
      if (asked === 1) moved = page.items[49];
      if (asked === 2) page.items[0] = moved as (typeof page.items)[0];
    });
    const { chats, scanned, complete } = await find(fetch, { query: "" });
    expect({ scanned, complete }).toEqual({ scanned: 479, complete: false });
    expect(new Set(chats.map(({ row }) => row.chat_code)).size).toBe(chats.length);
  });

  test("is not complete when a chat moved to the front during the scan, although the number is the same", async () => {
    const { fetch } = paging((page, asked) => {
      const chat = page.items[7] as (typeof page.items)[0];
      if (asked === 2) chat.target_info.username = "客服";
      // The second 客服, of page 9, got a message after page 1 had been read: all before it are one place further on.
      if (asked > 1 && asked <= 9)
        page.items = [before[asked - 1], ...page.items.slice(0, 49)] as typeof page.items;
    });
    const before = await lastOfEachPage();
    const found = await find(fetch, { query: "客服" });
    expect(found).toMatchObject({ chats: { length: 1 }, complete: false });
    expect(found).not.toHaveProperty("only_match");
  });

  test("ends at a repeated page, under any page number", async () => {
    const { fetch, pages } = paging((page, asked) => {
      page.meta.page = asked;
      page.meta.page_total = 90;
    });
    const found = await find(fetch, { query: "nobody" });
    expect(found).toMatchObject({ scanned: 480, complete: false });
    expect(found).not.toHaveProperty("next_page");
    expect(pages.length).toBeLessThan(30);
  });

  test("is not complete when the number of chats changed during the scan", async () => {
    const { fetch } = paging((page, asked) => {
      if (asked > 3) page.meta.total--;
    });
    const found = await find(fetch, { query: "柚子茶7" });
    expect(found).toMatchObject({ chats: { length: 1 }, complete: false });
    expect(found).not.toHaveProperty("only_match");
    expect(found).not.toHaveProperty("next_page");
  });

  test("is not complete when a row could not be read", async () => {
    const { fetch } = paging((page, asked) => {
      if (asked === 2) page.items[7] = {} as (typeof page.items)[0];
    });
    expect(await find(fetch, { query: "nobody" })).toMatchObject({
      complete: false,
      skipped: 1,
      scanned: 479,
    });
  });

  test("ends where KOOK repeats its last page, although it announced more", async () => {
    const { fetch } = paging((page) => {
      page.meta.page_total = 30;
    });
    expect(await find(fetch, { query: "nobody" })).toMatchObject({ scanned: 480 });
  });

  test("from past the end finds nothing, and is complete", async () => {
    const found = await find(new Sandbox().fetch, { unreadOnly: true }, { page: 11, enough: 1 });
    expect(found).toMatchObject({ chats: [], scanned: 0, complete: true });
  });

  test("keeps what it found when a later page fails, and says where and why it stopped", async () => {
    const { fetch } = paging((_, asked) => {
      if (asked === 4) throw new Error("connection reset");
    });
    vi.useFakeTimers();
    const finding = find(fetch, { unreadOnly: true });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await finding).toMatchObject({
      chats: { length: expect.any(Number) },
      scanned: 150,
      complete: false,
      next_page: 4,
      stoppedBy: { name: "ConnectionError" },
    });
  });

  test("fails when its first page does", async () => {
    const refused = Response.json({ code: 403, message: "", data: {} }, { status: 403 });
    await expect(find(async () => refused, { query: "x" })).rejects.toBeInstanceOf(ApiError);
  });

  test("keeps what it found when the rate limit's wait is too long", async () => {
    const sandbox = new Sandbox({ limit: 3, windowSeconds: 60 });
    const found = await find(sandbox.fetch, { query: "nobody" });
    expect(found).toMatchObject({ scanned: 150, complete: false, next_page: 4 });
    expect(found.stoppedBy).toBeInstanceOf(RateLimitError);
  });

  test("ends when its time is up, keeps what it found, and reports no failure", async () => {
    vi.useFakeTimers();
    const sandbox = new Sandbox({ limit: 10_000 });
    const slow: Fetch = async (url, init) => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return sandbox.fetch(url, init);
    };
    const chats = chatsOver(slow, { scanBudgetMs: 600 });
    const finding = chats.find({ query: "nobody" }, everything);
    await vi.advanceTimersByTimeAsync(601);
    const found = await finding;
    expect(found).toMatchObject({ scanned: 50, complete: false, next_page: 2 });
    expect(found).not.toHaveProperty("stoppedBy");
  });

  test("waits for its first page, also after its time is up", async () => {
    vi.useFakeTimers();
    const sandbox = new Sandbox();
    const slow: Fetch = async (url, init) => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return sandbox.fetch(url, init);
    };
    const finding = chatsOver(slow, { scanBudgetMs: 1 }).find({ unreadOnly: true }, everything);
    await vi.advanceTimersByTimeAsync(401);
    expect(await finding).toMatchObject({ chats: { length: 13 }, scanned: 50, next_page: 2 });
  });

  test("ends with the caller's reason, and aborts its requests", async () => {
    const controller = new AbortController();
    const aborted: number[] = [];
    const sandbox = new Sandbox();
    const fetch: Fetch = (url, init) => {
      const page = Number(new URL(url).searchParams.get("page"));
      if (page === 1) return sandbox.fetch(url, init);
      return new Promise((_, reject) => {
        init.signal.addEventListener("abort", () => {
          aborted.push(page);
          reject(init.signal.reason);
        });
        if (page === 9) controller.abort("enough");
      });
    };
    const { signal } = controller;
    const finding = chatsOver(fetch).find({ query: "nobody" }, everything, { signal });
    await expect(finding).rejects.toBe("enough");
    await expect.poll(() => aborted.sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("reports each page", async () => {
    const told: number[] = [];
    await chatsOver(new Sandbox().fetch).find({ query: "nobody" }, everything, {
      onPage: (read) => told.push(read?.page ?? 0),
    });
    expect(told).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });
});

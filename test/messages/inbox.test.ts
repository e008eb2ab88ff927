import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { InboxQuery } from "../../src/messages/inbox.ts";
import {
  BOT_ID,
  conversations,
  type MadeChat,
  type MadeMessage,
  refusal,
} from "../support/conversations.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NOW = 1_790_000_000_000;

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(NOW);
});
afterEach(() => void vi.useRealTimers());

const waiting = { all: false, since: NOW - 7 * DAY, limit: 10, messages: 3 };
const list = (inbox: ReturnType<typeof conversations>["inbox"], query: Partial<InboxQuery> = {}) =>
  inbox.list({ ...waiting, ...query });

/**
 * A chat whose messages end `ago` minutes before now, a minute apart. `u`: the user's, `b`: the bot's, `r`: the user's with a
 * reaction of the bot's, `o`: the user's with somebody else's, `s`: for a test to replace.
 */
function made(user: number, turns: string, ago: number, more: Partial<MadeChat> = {}): MadeChat {
  const target = String(user);
  const messages = [...turns].map(
    (turn, index): MadeMessage => ({
      id: `${(0x1000_0000 + user).toString(16)}-0000-4000-8000-${String(index).padStart(12, "0")}`,
      type: 9,
      content: `${turn}${index} of ${user}`,
      author_id: turn === "b" ? BOT_ID : target,
      create_at: NOW - (ago + turns.length - 1 - index) * MINUTE,
      reactions:
        turn === "r" || turn === "o"
          ? [{ emoji: { id: "[#128077;]", name: "[#128077;]" }, count: 1, me: turn === "r" }]
          : [],
    }),
  );
  return { code: `code${user}`, target, messages, ...more };
}

/** 480 chats: 12 waiting, 20 answered within a week, the others silent for longer. */
const support = () => ({
  chats: Array.from({ length: 480 }, (_, index) => {
    if (index < 12) return made(index, "ubu", 10 + index);
    return index < 32 ? made(index, "ub", 30 + index) : made(index, "u", 8 * 24 * 60 + index);
  }),
});

const users = ({ chats }: { chats: { chat: { target_id: string } }[] }) =>
  chats.map(({ chat }) => Number(chat.target_id));

describe("who waits", () => {
  test.each([
    ["the user wrote last", "bu", 0],
    ["several messages of the user's have no answer: since the first of them", "buuu", 2],
    ["the bot never wrote", "uuu", 2],
    ["a reaction answers a message and those before it, but not a later one", "uuruu", 1],
    ["somebody else reacted", "bo", 0],
    ["the user wrote after an answer", "ububu", 0],
  ])("%s", async (_, turns, minutesBefore) => {
    const { inbox } = conversations({ chats: [made(7, turns, 5)] });
    const { chats } = await list(inbox);
    expect(chats.map(({ waitingSince }) => waitingSince)).toEqual([
      NOW - (5 + minutesBefore) * MINUTE,
    ]);
  });

  test.each([
    ["the bot wrote last", "uub"],
    ["the bot reacted to the last message", "ur"],
    ["there is no message", ""],
  ])("nobody, if %s", async (_, turns) => {
    const { inbox } = conversations({ chats: [made(7, turns, 5, { latest: NOW - 5 * MINUTE })] });
    expect(await list(inbox)).toMatchObject({ chats: [], lookedAt: 1, complete: true });
  });

  test.each([
    ["KOOK's system account", { target: "3900775823" }],
    ["a bot, as the list says", { bot: true }],
  ])("not %s, which is not read either", async (_, more) => {
    const { inbox, taken } = conversations({ chats: [made(7, "u", 5, more)] });
    expect(await list(inbox, { all: true })).toMatchObject({ chats: [] });
    expect(taken()).toEqual({ "user-chat/list": 1 });
  });

  test.each([
    ["of the system's type", { type: 255, author_id: BOT_ID }],
    ["of the system's account", { author_id: "1" }],
    ["of the system's account in private chats", { author_id: "3900775823" }],
  ])("the same with messages %s, which ask and answer nothing", async (_, system) => {
    const asking = made(7, "bus", 5);
    const answered = made(8, "ubs", 5);
    const ofDeletedUser = made(9, "ubs", 5, { target: "" });
    const chats = [asking, answered, ofDeletedUser];
    for (const { messages } of chats) Object.assign(messages[2] as object, system);
    expect(await list(conversations({ chats }).inbox)).toMatchObject({
      chats: [{ chat: { target_id: "7" }, waitingSince: NOW - 6 * MINUTE }],
    });
  });

  test("nobody, if the reaction to the last message is the bot's in PHP's other words", async () => {
    const chat = made(7, "u", 5);
    const reactions = [{ emoji: { id: "[#128077;]", name: "" }, count: "1", me: "true" }];
    chat.messages = chat.messages.map((message) => ({ ...message, reactions }));
    expect(await list(conversations({ chats: [chat] }).inbox)).toMatchObject({ chats: [] });
  });

  test.each(["ubu", "u"])(
    "whose last message in %s has no time that can be read",
    async (turns) => {
      const chat = made(7, turns, 5, { latest: NOW - 5 * MINUTE });
      Object.assign(chat.messages.at(-1) as object, { create_at: null });
      const newestFirst = (items: MadeMessage[]) => items.toReversed();
      for (const page of [undefined, newestFirst]) {
        const { inbox } = conversations({ chats: [chat], ...(page && { page }) });
        const { chats } = await list(inbox);
        expect(chats).toMatchObject([{ waitingSince: NOW - (turns === "u" ? 5 : 6) * MINUTE }]);
      }
    },
  );

  test("not a bot, as its messages say", async () => {
    const chat = made(7, "u", 5);
    chat.messages = chat.messages.map((message) => ({
      ...message,
      author: { id: "7", bot: true },
    }));
    expect(await list(conversations({ chats: [chat] }).inbox)).toMatchObject({ chats: [] });
  });

  test("not a user whose last message is older than `since`, although a deleted one was not", async () => {
    const { inbox } = conversations({
      chats: [made(7, "u", 8 * 24 * 60, { latest: NOW - MINUTE })],
    });
    expect(await list(inbox)).toMatchObject({ chats: [] });
  });

  test("is followed back beyond the first page of messages, and at most 110 messages", async () => {
    const { inbox, taken } = conversations({
      chats: [made(7, `b${"u".repeat(30)}`, 5), made(8, "u".repeat(300), 5)],
    });
    const { chats } = await list(inbox);
    expect(chats.map(({ waitingSince }) => NOW - (waitingSince ?? 0))).toEqual([
      114 * MINUTE,
      34 * MINUTE,
    ]);
    expect(taken()["direct-message/list"]).toBe(5);
  });
});

test("the longest waiting come first, each with its newest messages, oldest first", async () => {
  const { inbox } = conversations({
    chats: [made(1, "bu", 5), made(2, "uuuu", 4), made(3, "bu", 9)],
  });
  const page = await list(inbox, { messages: 2 });
  expect(users(page)).toEqual([3, 2, 1]);
  expect(page.chats[1]).toMatchObject({
    chat: { chat_code: "code2", target_id: "2", username: "user 2" },
    messages: [{ content: { text: "u2 of 2" }, from: "user" }, { content: { text: "u3 of 2" } }],
  });
});

describe("requests", () => {
  test("a first look takes the list pages and one for each chat with a message since; a second within 60 s the list pages", async () => {
    const { inbox, taken } = conversations(support());
    const page = await list(inbox, { limit: 20 });
    expect(users(page)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(page).toMatchObject({ lookedAt: 480, complete: true });
    expect(taken()).toEqual({ "user-chat/list": 10, "direct-message/list": 32 });
    vi.advanceTimersByTime(59_000);
    expect(users(await list(inbox, { limit: 20 }))).toEqual(users(page));
    expect(taken()).toEqual({ "user-chat/list": 10 });
  });

  test("where only those with news wait, these are 10 + 12, then 10", async () => {
    const { chats } = support();
    const { inbox, taken } = conversations({
      chats: [
        ...chats.slice(0, 12),
        ...chats.slice(12).map((chat, index) => ({ ...chat, latest: NOW - 8 * DAY - index })),
      ],
    });
    await list(inbox);
    expect(taken()).toEqual({ "user-chat/list": 10, "direct-message/list": 12 });
    await list(inbox, { messages: 10 });
    expect(taken()).toEqual({ "user-chat/list": 10 });
  });

  test("after 60 s the waiting chats are read again: a reaction moves no time", async () => {
    const kook = support();
    const { inbox, taken } = conversations(kook);
    await list(inbox);
    Object.assign(kook.chats[11]?.messages.at(-1) as object, {
      reactions: [{ emoji: { id: "x", name: "x" }, count: 1, me: true }],
    });
    taken();
    vi.advanceTimersByTime(60_000);
    expect(users(await list(inbox))).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(taken()).toEqual({ "user-chat/list": 10, "direct-message/list": 12 });
  });

  test("after ten minutes the answered chats are read again: an answer may have been deleted", async () => {
    const chat = made(7, "ub", 30);
    const { inbox } = conversations({
      chats: [{ ...chat, latest: chat.messages[1]?.create_at ?? 0 }, chat].slice(1),
    });
    await list(inbox);
    const answer = chat.messages.pop();
    chat.latest = answer?.create_at ?? 0;
    vi.advanceTimersByTime(599_000);
    expect(users(await list(inbox))).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(users(await list(inbox))).toEqual([7]);
  });

  test("a chat with a new message is read again at once", async () => {
    const kook = { chats: [made(7, "ub", 30)] };
    const { inbox } = conversations(kook);
    expect(users(await list(inbox))).toEqual([]);
    kook.chats = [made(7, "ubu", 1)];
    expect(users(await list(inbox))).toEqual([7]);
  });

  test("an answer that KOOK does not show yet is not kept", async () => {
    const late = made(7, "ubu", 0);
    const kook = { chats: [{ ...late, latest: NOW, messages: late.messages.slice(0, 2) }] };
    const { inbox } = conversations(kook);
    expect(users(await list(inbox))).toEqual([]);
    kook.chats = [late as (typeof kook.chats)[0]];
    expect(users(await list(inbox))).toEqual([7]);
  });

  test("a chat without its last message is read again for ten seconds, also with a wrong clock", async () => {
    const late = made(7, "ubu", 0);
    const kook = { chats: [{ ...late, latest: NOW, messages: late.messages.slice(0, 2) }] };
    const { inbox, taken } = conversations(kook);
    vi.setSystemTime(NOW + 5 * MINUTE);
    await list(inbox);
    vi.advanceTimersByTime(5_000);
    await list(inbox);
    vi.advanceTimersByTime(5_000);
    await list(inbox);
    expect(taken()).toMatchObject({ "direct-message/list": 3 });
    // Its last message was deleted.
    await list(inbox);
    expect(taken()).toEqual({ "user-chat/list": 1 });
  });

  test("two calls at once with one cursor get the same chats, each of them once", async () => {
    const { inbox } = conversations(support());
    const first = await list(inbox, { all: true, limit: 5 });
    const more = { all: true, limit: 5, cursor: first.nextCursor };
    const [one, other] = await Promise.all([list(inbox, more), list(inbox, more)]);
    expect(users(one)).toEqual(users(other));
    const rest = await list(inbox, { all: true, limit: 50, cursor: other.nextCursor });
    const all = [first, one, rest].flatMap(users);
    expect(all).toEqual([...new Set(all)]);
    expect(all).toHaveLength(32);
  });

  test("with `all`, chats that a page has not read yet are not told as looked at", async () => {
    const { inbox } = conversations(support());
    const first = await list(inbox, { all: true, limit: 5 });
    expect(first).toMatchObject({ complete: false, lookedAt: 453, nextCursor: expect.any(String) });
    const rest = await list(inbox, { all: true, limit: 50, cursor: first.nextCursor });
    expect(rest).toMatchObject({ complete: true, lookedAt: 480 });
  });

  test("a cursor beyond what it leads to is unknown", async () => {
    const { inbox } = conversations(support());
    const { nextCursor = "" } = await list(inbox, { all: true, limit: 5 });
    const beyond = nextCursor.replace(/-5$/, "-999");
    await expect(list(inbox, { all: true, cursor: beyond })).rejects.toMatchObject({
      name: "CursorError",
    });
  });

  test("no more than 20 list pages are read, and the rest is told", async () => {
    const chats = Array.from({ length: 1_100 }, (_, index) =>
      made(index, "u", index < 1_005 ? 8 * 24 * 60 : 5),
    );
    const { inbox, taken } = conversations({ chats });
    expect(await list(inbox)).toMatchObject({ chats: [], lookedAt: 1_000, complete: false });
    expect(taken()).toEqual({ "user-chat/list": 20 });
  });

  test("no more than six chats are read at once, without a warning of Node's on stderr", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on("warning", onWarning);
    const { signal } = new AbortController();
    let inFlight = 0;
    let most = 0;
    const { inbox } = conversations({
      ...support(),
      intercept: async (route) => {
        if (route !== "direct-message/list") return undefined as never;
        most = Math.max(most, ++inFlight);
        await new Promise((resolve) => setTimeout(resolve, 10));
        inFlight--;
        return undefined as never;
      },
    });
    const listing = inbox.list(waiting, { signal });
    await vi.advanceTimersByTimeAsync(5_000);
    await listing;
    process.off("warning", onWarning);
    expect(most).toBe(6);
    expect(warnings).toEqual([]);
  });
});

describe("`all`", () => {
  test("gives every chat with a message since, the newest first, and reads only those it shows", async () => {
    const { inbox, taken } = conversations(support());
    const page = await list(inbox, { all: true, limit: 20 });
    expect(users(page)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(page.chats.filter(({ waitingSince }) => waitingSince !== undefined)).toHaveLength(12);
    expect(taken()).toEqual({ "user-chat/list": 10, "direct-message/list": 20 });
    const next = await list(inbox, { all: true, limit: 20, cursor: page.nextCursor });
    expect(users(next)).toEqual(Array.from({ length: 12 }, (_, index) => 20 + index));
    expect(next).not.toHaveProperty("nextCursor");
    expect(taken()).toEqual({ "direct-message/list": 12 });
  });
});

describe("a query", () => {
  const kook = () => ({
    chats: [
      made(1, "bu", 5, { name: "夏天" }),
      made(2, "bu", 6),
      {
        ...made(3, "bu", 7),
        messages: made(3, "bu", 7).messages.map((one) => ({
          ...one,
          content: "ＲＥＦＵＮＤ 夏天",
        })),
      },
    ],
  });

  test.each([
    ["a part of a name, or of a message", "夏", [3, 1]],
    ["a user id", "2", [2]],
    ["a message, ignoring case and width", "refund", [3]],
    ["nothing", "winter", []],
  ])("finds %s", async (_, query, found) => {
    const page = await list(conversations(kook()).inbox, { query });
    expect(users(page)).toEqual(found.length === 1 && query === "2" ? [2] : found);
  });
});

describe("a cursor", () => {
  test("goes on from its snapshot, without a request, as often as it is passed", async () => {
    const kook = support();
    const { inbox, taken } = conversations(kook);
    const first = await list(inbox, { limit: 5 });
    kook.chats.unshift(made(900, "u", 60));
    taken();
    for (let count = 0; count < 2; count++) {
      const second = await list(inbox, { limit: 5, cursor: first.nextCursor });
      expect(users(second)).toEqual([6, 5, 4, 3, 2]);
      expect(users(await list(inbox, { limit: 5, cursor: second.nextCursor }))).toEqual([1, 0]);
    }
    expect(taken()).toEqual({});
  });

  test("is good for five minutes, with a `since` that counts from now", async () => {
    const { inbox } = conversations(support());
    const { nextCursor: cursor } = await list(inbox, { limit: 5 });
    vi.advanceTimersByTime(300_000);
    expect(users(await list(inbox, { cursor, since: waiting.since + 300_000 }))).toEqual([
      6, 5, 4, 3, 2, 1, 0,
    ]);
    vi.advanceTimersByTime(1);
    await expect(list(inbox, { cursor })).rejects.toMatchObject({
      name: "CursorError",
      reason: "expired",
    });
  });

  test.each([
    ["another `since`", { since: NOW - DAY }],
    ["an earlier `since`", { since: NOW - 8 * DAY }],
    ["`all`", { all: true }],
    ["a query", { query: "x" }],
  ])("of a search without %s is refused without a request", async (_, other) => {
    const { inbox, taken } = conversations(support());
    const { nextCursor: cursor } = await list(inbox, { limit: 5 });
    taken();
    await expect(list(inbox, { cursor, ...other })).rejects.toMatchObject({
      name: "CursorError",
      reason: "other_search",
    });
    expect(taken()).toEqual({});
  });

  test.each(["", "x", "00000000-5", "constructor-1"])(
    "like %j is refused without a request",
    async (cursor) => {
      const { inbox, asked } = conversations(support());
      await expect(list(inbox, { cursor })).rejects.toMatchObject({
        name: "CursorError",
        reason: "expired",
      });
      expect(asked).toEqual([]);
    },
  );
});

describe("failures", () => {
  const failing = (code: string, outcome: () => Response) =>
    conversations({
      ...support(),
      intercept: (_, query) => (query.get("chat_code") === code ? outcome() : undefined),
    });

  test("of one chat are an entry, the others stand", async () => {
    const { inbox } = failing("code20", () => refusal(40_300, "没有权限"));
    const page = await list(inbox, { limit: 20 });
    expect(users(page)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 20]);
    expect(page.chats.at(-1)).toMatchObject({ messages: [], failed: { code: 40_300 } });
  });

  test("are an entry whatever the query: their messages may fit it", async () => {
    const { inbox } = failing("code11", () => refusal(40_300, "没有权限"));
    const page = await list(inbox, { query: "u2 of", limit: 20 });
    expect(users(page)).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 11]);
  });

  test("are not kept", async () => {
    let answers = 0;
    const { inbox } = failing("code11", () =>
      answers++ === 0 ? refusal(40_300, "没有权限") : (undefined as never),
    );
    expect(users(await list(inbox)).at(0)).toBe(10);
    expect(users(await list(inbox)).at(0)).toBe(11);
  });

  test("of the token fail the whole call", async () => {
    const { inbox } = failing("code20", () => refusal(401, "未授权", 401));
    await expect(list(inbox)).rejects.toMatchObject({ reason: "bad_token" });
  });

  test("of the first list page fail the whole call", async () => {
    const { inbox } = conversations({ chats: [], intercept: () => refusal(40_300, "没有权限") });
    await expect(list(inbox)).rejects.toMatchObject({ code: 40_300 });
  });

  test("for an abort fail the whole call", async () => {
    const controller = new AbortController();
    const { inbox } = failing("code20", () => {
      controller.abort();
      return undefined as never;
    });
    await expect(inbox.list(waiting, { signal: controller.signal })).rejects.toMatchObject({
      name: "AbortError",
    });
  });

  test("for the rate limit end the reading: what was found stands, what was not reached is told, and a cursor goes on", async () => {
    let left = 20;
    const { inbox, taken } = conversations({
      ...support(),
      intercept: (route) =>
        route === "direct-message/list" && left-- <= 0
          ? new Response('{"code":429,"message":"x","data":{}}', {
              status: 429,
              headers: { "X-Rate-Limit-Reset": "60", "X-Rate-Limit-Remaining": "0" },
            })
          : undefined,
    });
    const listing = list(inbox, { limit: 5 });
    await vi.advanceTimersByTimeAsync(3_000);
    const page = await listing;
    expect(page).toMatchObject({
      complete: false,
      stoppedBy: { name: "RateLimitError" },
      lookedAt: 468,
    });
    // The chats that were silent for longest are read first: none of those 20 waits.
    expect(users(page)).toEqual([]);
    left = 100;
    vi.advanceTimersByTime(61_000);
    taken();
    const next = await list(inbox, { limit: 20, cursor: page.nextCursor });
    expect(users(next)).toEqual([11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(next).toMatchObject({ complete: true, lookedAt: 480 });
    expect(taken()).toEqual({ "direct-message/list": 12 });
  });

  test("for the rate limit meet the chats with unread messages last: those are read first", async () => {
    let left = 3;
    const chats = Array.from({ length: 20 }, (_, index) =>
      made(index, "bu", 100 - index, { unread: Number(index > 16) }),
    );
    const { inbox } = conversations({
      chats,
      intercept: (route) =>
        route === "direct-message/list" && left-- <= 0 ? refusal(429, "请求过于频繁") : undefined,
    });
    const listing = list(inbox);
    await vi.advanceTimersByTimeAsync(10_000);
    const page = await listing;
    expect(users(page)).toEqual([17, 18, 19]);
    expect(page).toMatchObject({ complete: false, lookedAt: 3 });
  });

  test("for the deadline end the reading before it", async () => {
    const { inbox } = conversations({
      ...support(),
      intercept: async (route) => {
        if (route === "direct-message/list")
          await new Promise((resolve) => setTimeout(resolve, 900));
        return undefined as never;
      },
    });
    const listing = inbox.list(waiting, { deadline: performance.now() + 5_000 });
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await Promise.race([listing, "late"])).toMatchObject({
      complete: false,
      stoppedBy: { name: "InboxBoundError", message: expect.stringContaining("time") },
      nextCursor: expect.any(String),
    });
  });
});

test("with an allow-list only its users' chats are read", async () => {
  const { inbox, asked } = conversations({ ...support(), allowTargets: ["3", "400"] });
  const page = await list(inbox);
  expect(users(page)).toEqual([3]);
  expect(asked.filter((request) => request.startsWith("direct-message"))).toHaveLength(1);
});

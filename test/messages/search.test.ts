import { describe, expect, test, vi } from "vitest";
import {
  conversations,
  type MadeMessage,
  madeMessages,
  refusal,
  uuid,
} from "../support/conversations.ts";

const address = { chat_code: "c" };

function over(
  messages: MadeMessage[],
  intercept?: Parameters<typeof conversations>[0]["intercept"],
) {
  return conversations({
    chats: [{ code: "c", target: "7", messages }],
    ...(intercept && { intercept }),
  });
}

/** Messages `1` to `count`, of which some say something else. */
function saying(count: number, words: Record<number, Partial<MadeMessage>>): MadeMessage[] {
  return madeMessages(count).map((message, index) => ({ ...message, ...words[index + 1] }));
}

const texts = ({ messages }: { messages: { content: { text: string } }[] }) =>
  messages.map(({ content }) => content.text.replace("message ", ""));

test.each([
  ["case", "REFUND", "a refund please"],
  ["width", "ｒｅｆｕｎｄ", "refund"],
  ["accents", "cafe", "Café"],
  ["invisible characters", "refund", "re\u200bfund"],
  ["line ends", "first second", "first\nsecond"],
  ["escapes that KOOK adds", "[1]", "see \\[1\\]"],
])("finds a message, ignoring %s", async (_, query, content) => {
  const page = await over(saying(5, { 3: { content } })).messages.list(address, {
    limit: 20,
    query,
  });
  expect(page).toMatchObject({ messages: { length: 3 }, searched: 5, complete: true });
  expect(page.messages[1]?.id).toBe(uuid(3));
});

test("finds a message by the name of its file", async () => {
  const file = {
    type: "file",
    url: "https://img.kookapp.cn/attachments/a.txt",
    name: "Rechnung.txt",
  };
  const made = saying(3, { 2: { type: 4, content: file.url, attachments: file } });
  const page = await over(made).messages.list(address, { limit: 20, query: "rechnung" });
  expect(page.messages.map(({ id }) => id)).toContain(uuid(2));
});

test("finds words far into a long message, where a name would no longer be compared", async () => {
  const made = saying(3, { 2: { content: `${"x".repeat(7_000)} needle` } });
  const page = await over(made).messages.list(address, { limit: 20, query: "needle" });
  expect(page.messages).toHaveLength(3);
});

test("each hit has one neighbour on either side, and none is repeated", async () => {
  const made = saying(20, {
    5: { content: "hit" },
    6: { content: "hit" },
    12: { content: "hit" },
    20: { content: "hit" },
  });
  const page = await over(made).messages.list(address, { limit: 20, query: "hit" });
  expect(page.messages.map(({ id }) => id)).toEqual([4, 5, 6, 7, 11, 12, 13, 19, 20].map(uuid));
});

test("looks back 500 messages, says so, and goes on from there", async () => {
  const made = saying(620, { 100: { content: "needle" } });
  const { messages, taken } = over(made);
  const page = await messages.list(address, { limit: 20, query: "needle" });
  expect(page).toMatchObject({ messages: [], searched: 500, complete: false });
  expect(taken()["direct-message/list"]).toBe(10);
  const next = await messages.list(address, { limit: 20, query: "needle", before: page.older });
  expect(next).toMatchObject({ searched: 120, complete: true });
  expect(texts(next)).toEqual(["99", "needle", "101"]);
  expect(next).not.toHaveProperty("older");
});

test("more hits than fit are the newest; going on finds the others", async () => {
  const made = saying(60, {
    10: { content: "hit" },
    30: { content: "hit" },
    50: { content: "hit" },
  });
  const { messages } = over(made);
  const page = await messages.list(address, { limit: 6, query: "hit" });
  expect(texts(page)).toEqual(["29", "hit", "31", "49", "hit", "51"]);
  expect(page).toMatchObject({ complete: false, older: uuid(30).slice(0, 8) });
  const next = await messages.list(address, { limit: 6, query: "hit", before: page.older });
  expect(texts(next)).toEqual(["9", "hit", "11"]);
  expect(next.complete).toBe(true);
});

test("a limit of 1 gives the newest hit alone", async () => {
  const page = await over(saying(9, { 4: { content: "hit" } })).messages.list(address, {
    limit: 1,
    query: "hit",
  });
  expect(texts(page)).toEqual(["hit"]);
});

test("looks only at messages between `after` and `before`", async () => {
  const made = saying(130, {
    5: { content: "hit" },
    100: { content: "hit" },
    125: { content: "hit" },
  });
  const query = { limit: 20, query: "hit", after: uuid(60), before: uuid(120) };
  const page = await over(made).messages.list(address, query);
  expect(texts(page)).toEqual(["99", "hit", "101"]);
  expect(page).toMatchObject({ searched: 59, complete: true });
});

describe("a search that cannot go on", () => {
  const third = (outcome: () => Response) => {
    let pages = 0;
    return over(saying(300, { 290: { content: "hit" } }), (route) =>
      route === "direct-message/list" && ++pages > 2 ? outcome() : undefined,
    );
  };

  test("for the rate limit keeps what it found, and says where to go on", async () => {
    vi.useFakeTimers();
    const { messages } = third(
      () =>
        new Response('{"code":429,"message":"x","data":{}}', {
          status: 429,
          headers: { "X-Rate-Limit-Reset": "60", "X-Rate-Limit-Remaining": "0" },
        }),
    );
    const searching = messages.list(address, { limit: 20, query: "hit" });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await searching).toMatchObject({
      messages: { length: 3 },
      searched: 100,
      complete: false,
      older: uuid(201).slice(0, 8),
    });
    vi.useRealTimers();
  });

  test("for another reason fails", async () => {
    const { messages } = third(() => refusal(40_300, "没有权限"));
    await expect(messages.list(address, { limit: 20, query: "hit" })).rejects.toMatchObject({
      code: 40_300,
    });
  });
});

test("an abort ends a search at once", async () => {
  const controller = new AbortController();
  const { messages, asked } = over(madeMessages(300), (route) => {
    if (route === "direct-message/list") controller.abort();
    return undefined;
  });
  const { signal } = controller;
  await expect(messages.list(address, { limit: 20, query: "x" }, { signal })).rejects.toMatchObject(
    { name: "AbortError" },
  );
  expect(asked).toHaveLength(2);
});

import { describe, expect, test } from "vitest";
import {
  BOT_ID,
  conversations,
  type MadeChat,
  type MadeMessage,
  madeMessages,
  refusal,
  uuid,
} from "../support/conversations.ts";

const chat = (count: number, made: Partial<MadeChat> = {}): MadeChat => ({
  code: "c",
  target: "7",
  name: "夏天1",
  messages: madeMessages(count),
  ...made,
});
const others = (count: number): MadeChat[] =>
  Array.from({ length: count }, (_, index) => ({
    code: `x${index}`,
    target: `${100 + index}`,
    messages: [],
  }));

const texts = ({ messages }: { messages: { content: { text: string } }[] }) =>
  messages.map(({ content }) => content.text.replace("message ", ""));
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe("the chat", () => {
  test("of a code that KOOK has not told of is viewed once, and gives the name", async () => {
    const { messages, taken } = conversations({ chats: [chat(3)] });
    const page = await messages.list({ chat_code: "c" }, { limit: 20 });
    expect(page.chat).toEqual({ chat_code: "c", target_id: "7", username: "夏天1" });
    expect(taken()).toEqual({ "user-chat/view": 1, "direct-message/list": 1 });
    await messages.list({ chat_code: "c" }, { limit: 20 });
    expect(taken()).toEqual({ "direct-message/list": 1 });
  });

  test("of a user is searched for in the list, then known; KOOK is never asked for messages by user", async () => {
    const { messages, asked, taken } = conversations({ chats: [...others(60), chat(3)] });
    expect(texts(await messages.list({ target_id: "7" }, { limit: 20 }))).toEqual(["1", "2", "3"]);
    expect(asked.join()).not.toContain("target_id");
    expect(taken()).toEqual({ "user-chat/list": 2, "direct-message/list": 1 });
    await messages.list({ target_id: "7" }, { limit: 20 });
    expect(taken()).toEqual({ "direct-message/list": 1 });
  });

  test("of an unknown user is not among those looked at", async () => {
    const { messages, taken } = conversations({ chats: others(60) });
    expect(await failure(messages.list({ target_id: "7" }, { limit: 20 }))).toMatchObject({
      name: "UnknownUserError",
      lookedAt: 60,
      complete: true,
    });
    expect(taken()).toEqual({ "user-chat/list": 2 });
  });

  test("of an unknown user is looked for on 20 list pages at most", async () => {
    const { messages, taken } = conversations({ chats: others(1_200) });
    expect(await failure(messages.list({ target_id: "7" }, { limit: 20 }))).toMatchObject({
      lookedAt: 1_000,
      complete: false,
    });
    expect(taken()).toEqual({ "user-chat/list": 20 });
  });

  test("of a user off the allow-list is refused without a request", async () => {
    const { messages, asked } = conversations({ chats: [chat(3)], allowTargets: ["8"] });
    for (const call of [
      messages.list({ target_id: "7" }, { limit: 20 }),
      messages.list({ target_id: "7" }, { limit: 20, before: uuid(2), query: "x" }),
      messages.image({ target_id: "7" }, uuid(1), undefined),
    ]) {
      expect(await failure(call)).toMatchObject({ name: "TargetNotAllowedError" });
    }
    expect(asked).toEqual([]);
  });

  test("off the allow-list takes the same requests as a missing one, and ends in the same error", async () => {
    const { messages, taken } = conversations({ chats: [chat(3)], allowTargets: ["8"] });
    const outcomes = [];
    for (const chat_code of ["c", "missing"]) {
      for (const call of [
        () => messages.list({ chat_code }, { limit: 20 }),
        () => messages.list({ chat_code }, { limit: 20, after: uuid(1).slice(0, 8) }),
        () => messages.image({ chat_code }, uuid(1), 0),
      ]) {
        const { name, message } = (await failure(call())) as Error;
        outcomes.push({ name, message, taken: taken() });
      }
    }
    expect(outcomes.slice(3)).toEqual(outcomes.slice(0, 3));
    expect(new Set(outcomes.map(({ name }) => name))).toEqual(new Set(["HiddenChatError"]));
    expect(outcomes[0]?.taken).toEqual({ "user-chat/view": 1 });
  });
});

describe("who wrote a message", () => {
  test("is told by the user's id, without asking KOOK for the bot's", async () => {
    const made = [
      ...madeMessages(1),
      { ...madeMessages(2)[1], author_id: BOT_ID },
    ] as MadeChat["messages"];
    const { messages, taken } = conversations({ chats: [chat(0, { messages: made })] });
    const page = await messages.list({ chat_code: "c" }, { limit: 20 });
    expect(page.messages.map(({ from }) => from)).toEqual(["user", "bot"]);
    expect(taken()).not.toHaveProperty("user/me");
  });

  test("is told by the bot's id where the user's account is deleted; KOOK is asked once, and again after a failure", async () => {
    const made = [
      ...madeMessages(1),
      { ...madeMessages(2)[1], author_id: BOT_ID },
    ] as MadeChat["messages"];
    let failing = true;
    const { messages, taken } = conversations({
      chats: [chat(0, { target: "", messages: made })],
      intercept: (route) =>
        route === "user/me" && failing ? refusal(40_000, "稍后再试") : undefined,
    });
    expect(await failure(messages.list({ chat_code: "c" }, { limit: 20 }))).toMatchObject({
      code: 40_000,
    });
    failing = false;
    for (let count = 0; count < 2; count++) {
      const page = await messages.list({ chat_code: "c" }, { limit: 20 });
      expect(page.messages.map(({ from }) => from)).toEqual(["user", "bot"]);
    }
    expect(taken()["user/me"]).toBe(2);
  });
});

describe("a page", () => {
  const read = (count: number) => conversations({ chats: [chat(count)] });
  const address = { chat_code: "c" };

  test("is the newest one, oldest message first, and says what to pass for older ones", async () => {
    const { messages } = read(30);
    const page = await messages.list(address, { limit: 3 });
    expect(texts(page)).toEqual(["28", "29", "30"]);
    expect(page.older).toBe(uuid(28).slice(0, 8));
    expect(page).not.toHaveProperty("newer");
  });

  test("says nothing of older messages where there are none", async () => {
    const page = await read(20).messages.list(address, { limit: 20 });
    expect(page.messages).toHaveLength(20);
    expect(page).not.toHaveProperty("older");
  });

  test("of 50 messages takes one request", async () => {
    const { messages, taken } = read(120);
    expect((await messages.list(address, { limit: 50 })).messages).toHaveLength(50);
    expect(taken()).toEqual({ "user-chat/view": 1, "direct-message/list": 1 });
  });

  test("of an empty chat is empty", async () => {
    expect(await read(0).messages.list(address, { limit: 20 })).toEqual({
      chat: { chat_code: "c", target_id: "7", username: "夏天1" },
      messages: [],
    });
  });

  test.each([
    ["the first digits of an id", uuid(10).slice(0, 8)],
    ["more digits", uuid(10).slice(0, 13)],
    ["a whole id", uuid(10)],
    ["a whole id in capitals", uuid(10).toUpperCase()],
    ["a time", new Date(1_700_000_009_000).toISOString()],
    ["a time in another zone", "2023-11-15T06:13:29+08:00"],
  ])("ends before %s", async (_, before) => {
    const page = await read(30).messages.list(address, { limit: 3, before });
    expect(texts(page)).toEqual(["7", "8", "9"]);
    expect([page.older, page.newer]).toEqual([uuid(7).slice(0, 8), uuid(9).slice(0, 8)]);
  });

  test.each([
    ["the first digits of an id", uuid(10).slice(0, 8)],
    ["a whole id", uuid(10)],
    ["a time", new Date(1_700_000_009_001).toISOString()],
  ])("begins after %s", async (_, after) => {
    const page = await read(130).messages.list(address, { limit: 3, after });
    expect(texts(page)).toEqual(["11", "12", "13"]);
    expect([page.older, page.newer]).toEqual([uuid(11).slice(0, 8), uuid(13).slice(0, 8)]);
  });

  test("after the last message is empty, and takes one request", async () => {
    const { messages, taken } = read(30);
    const { messages: shown } = await messages.list(address, { limit: 1 });
    taken();
    const page = await messages.list(address, { limit: 20, after: shown[0]?.shortId });
    expect(page.messages).toEqual([]);
    expect([page.older, page.newer]).toEqual([undefined, undefined]);
    expect(taken()).toEqual({ "direct-message/list": 1 });
  });

  test("between two messages has those between", async () => {
    const query = { limit: 20, after: uuid(10), before: uuid(14) };
    expect(texts(await read(130).messages.list(address, query))).toEqual(["11", "12", "13"]);
  });

  test("before a time further back than 500 messages says how far it looked, and where to go on", async () => {
    const { messages } = read(620);
    const page = await messages.list(address, {
      limit: 5,
      before: new Date(1_700_000_100_000).toISOString(),
    });
    expect(page).toMatchObject({
      messages: [],
      searched: 500,
      complete: false,
      older: uuid(121).slice(0, 8),
    });
    expect(texts(await messages.list(address, { limit: 2, before: page.older }))).toEqual([
      "119",
      "120",
    ]);
  });

  test.each<[string, (newest: MadeMessage[]) => Response | undefined]>([
    ["refuses the id of", () => refusal(40_012, "该数据不存在")],
    ["has nothing beside", () => undefined],
    [
      "gives its newest messages for",
      (items) => Response.json({ code: 0, message: "", data: { items } }),
    ],
  ])(
    "does not end, and leaves nothing out, where KOOK %s a message that was deleted meanwhile",
    async (_, answer) => {
      const made = chat(130);
      const { messages } = conversations({
        chats: [made],
        intercept: (_route, query) =>
          query.get("msg_id") === uuid(11)
            ? answer(made.messages.slice(-Number(query.get("page_size"))))
            : undefined,
      });
      await messages.list(address, { limit: 3, before: uuid(14) });
      made.messages = made.messages.filter(({ id }) => id !== uuid(11));
      expect(texts(await messages.list(address, { limit: 3, before: uuid(11) }))).toEqual([
        "8",
        "9",
        "10",
      ]);
      expect(texts(await messages.list(address, { limit: 3, after: uuid(11) }))).toEqual([
        "12",
        "13",
        "14",
      ]);
    },
  );

  test("does not end, and an image is unknown, where KOOK's view of a deleted message is empty", async () => {
    const made = chat(20);
    const { messages } = conversations({
      chats: [made],
      intercept: (route) =>
        route === "direct-message/view"
          ? Response.json({ code: 0, message: "", data: null })
          : undefined,
    });
    await messages.list(address, { limit: 3, before: "2100-01-01" });
    made.messages = made.messages.filter(({ id }) => id !== uuid(18));
    const page = await messages.list(address, { limit: 2, before: uuid(18) });
    expect(texts(page)).toEqual(["16", "17"]);
    expect(await failure(messages.image(address, uuid(18), undefined))).toMatchObject({
      name: "UnknownMessageError",
    });
  });

  test("counts what could not be read", async () => {
    const { messages } = conversations({
      chats: [chat(5)],
      page: (items) => [...items, { content: "no id" }],
    });
    expect(await messages.list(address, { limit: 20 })).toMatchObject({
      dropped: 1,
      messages: { length: 5 },
    });
  });

  test("shows the start of a quoted message only where that one is not on the page", async () => {
    const made = madeMessages(4);
    const quoting = (index: number, at: number) =>
      Object.assign(made[at] as object, {
        quote: { rong_id: uuid(index), type: 9, content: "q".repeat(60) },
      });
    quoting(3, 3);
    quoting(1, 2);
    const { messages } = conversations({ chats: [chat(0, { messages: made })] });
    const page = await messages.list(address, { limit: 2 });
    expect(page.messages.map(({ replyTo }) => replyTo)).toEqual([
      { id: uuid(1), shortId: uuid(1).slice(0, 8), text: `${"q".repeat(40)}…` },
      { id: uuid(3), shortId: uuid(3).slice(0, 8) },
    ]);
  });
});

test("a quoted message that was shown by its id alone is looked up, not searched for", async () => {
  const made = madeMessages(600);
  Object.assign(made[599] as object, { quote: { rong_id: uuid(3), type: 9, content: "q" } });
  const { messages, taken } = conversations({ chats: [chat(0, { messages: made })] });
  await messages.list({ chat_code: "c" }, { limit: 1 });
  taken();
  const { messages: before } = await messages.list(
    { chat_code: "c" },
    { limit: 1, before: uuid(3).slice(0, 8) },
  );
  expect(before.map(({ id }) => id)).toEqual([uuid(2)]);
  expect(taken()).toMatchObject({ "direct-message/view": 1, "direct-message/list": 1 });
});

describe("an id", () => {
  const address = { chat_code: "c" };
  const alike = ["abcdef01-1111-4000-8000-000000000001", "abcdef01-1122-4000-8000-000000000002"];
  /** 100 messages; two of them share eight digits. */
  function withAlike() {
    const made = madeMessages(100);
    for (const [index, id] of alike.entries())
      Object.assign(made[10 + index * 50] as object, { id });
    return conversations({ chats: [chat(0, { messages: made })] });
  }

  test("is shown with more digits where another message of the chat has the same eight", async () => {
    const { messages } = withAlike();
    const page = await messages.list(address, { limit: 3, after: uuid(10) });
    expect(page.messages[0]?.shortId).toBe("abcdef01");
    const later = await messages.list(address, { limit: 3, after: uuid(60) });
    expect(later.messages[0]?.shortId).toBe("abcdef01112");
  });

  test("that fits two messages is refused, with ids that tell them apart", async () => {
    const { messages } = withAlike();
    const error = await failure(messages.list(address, { limit: 3, before: "abcdef01" }));
    expect(error).toMatchObject({ name: "AmbiguousMessageError" });
    const { candidates } = error as { candidates: string[] };
    expect(candidates).toEqual(["abcdef01111", "abcdef01112"]);
    for (const [index, before] of candidates.entries()) {
      const page = await messages.list(address, { limit: 1, before });
      expect(texts(page)).toEqual([String(10 + index * 50)]);
    }
  });

  test("that this process has not shown is looked for in the newest 500 messages", async () => {
    const { messages, taken } = conversations({ chats: [chat(620)] });
    const near = await messages.list(address, { limit: 1, before: uuid(200).slice(0, 8) });
    expect(texts(near)).toEqual(["199"]);
    expect(taken()["direct-message/list"]).toBe(11);
    expect(
      await failure(messages.list(address, { limit: 1, before: uuid(100).slice(0, 8) })),
    ).toMatchObject({
      name: "UnknownMessageError",
      searched: 500,
    });
    expect(taken()["direct-message/list"]).toBe(10);
  });

  test("that is whole is looked up with one request, however old the message is", async () => {
    const { messages, taken } = conversations({ chats: [chat(620)] });
    expect(texts(await messages.list(address, { limit: 1, before: uuid(3) }))).toEqual(["2"]);
    expect(taken()).toMatchObject({ "direct-message/view": 1, "direct-message/list": 1 });
    expect(await failure(messages.list(address, { limit: 1, before: uuid(900) }))).toMatchObject({
      name: "UnknownMessageError",
    });
  });

  test.each([
    "yesterday",
    "2026-13-01",
    "2026-02-30",
    "1234567",
    "14:05",
    "",
    "2026-11-23T25:00",
    "tomorrow-x",
  ])("or time like %j is refused without a request", async (text) => {
    const { messages, asked } = conversations({ chats: [chat(3)] });
    for (const argument of ["before", "after"] as const) {
      expect(await failure(messages.list(address, { limit: 3, [argument]: text }))).toMatchObject({
        name: "MessageReferenceError",
        argument,
      });
    }
    expect(await failure(messages.image(address, text, 0))).toMatchObject({ argument: "msg_id" });
    expect(asked).toEqual([]);
  });

  test("of eight digits is never a time, and a time is no id of an image", async () => {
    const { messages } = conversations({ chats: [chat(3)] });
    expect(await failure(messages.list(address, { limit: 3, before: "20261123" }))).toMatchObject({
      name: "UnknownMessageError",
      searched: 3,
    });
    expect(await failure(messages.image(address, "2026-11-23", 0))).toMatchObject({
      argument: "msg_id",
    });
  });
});

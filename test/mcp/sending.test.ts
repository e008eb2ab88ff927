import { afterEach, describe, expect, test, vi } from "vitest";
import { ConnectionError } from "../../src/kook/errors.ts";
import { settled } from "../support/clock.ts";
import { call } from "../support/connect.ts";
import {
  accept,
  agreeing,
  idsOf,
  recordingKook,
  send,
  sending,
  shownIn,
  USERS,
} from "../support/sending.ts";

const { summer, tool, ming } = USERS;
const { target_id, chat_code } = summer;
const [text, other] = ["已经修好了，请再试一次", "马上看"];

afterEach(() => void vi.useRealTimers());

const creates = ({ posts }: ReturnType<typeof recordingKook>) =>
  posts.filter(({ route }) => route === "direct-message/create");

describe("a message", () => {
  test("goes out as KMarkdown once the person agrees, and the answer has its id and what is left", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, elicit: agreeing().elicit });
    const { structured, text: lines } = await send(client, [{ target_id, text: "**好了**" }]);
    expect(structured).toEqual({
      results: [
        {
          target_id,
          username: "夏天1",
          status: "sent",
          msg_id: expect.stringMatching(/^[0-9a-f]{8}$/),
          time: expect.any(String),
        },
      ],
      left: 29,
    });
    expect(lines).toBe(
      `sent ${structured.results?.[0]?.msg_id} to ${target_id} "夏天1"\n29 more messages may be sent this hour.`,
    );
    expect(creates(kook)).toMatchObject([{ body: { chat_code, type: 9, content: "**好了**" } }]);
    const read = await call(client, "list_messages", { target_id, limit: 1 });
    expect(read.structured?.["messages"]).toMatchObject([{ from: "bot", text: "**好了**" }]);
  });

  test("may go to a chat code, and answer a message of the chat", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    const [reply_to] = await idsOf(client, { chat_code, limit: 3 });
    await send(client, [{ chat_code, text, reply_to }]);
    const quote = (await kook.stored(chat_code)).at(-1)?.quote;
    expect(quote?.rong_id.slice(0, 8)).toBe(reply_to);
  });

  test("keeps its width, its line ends and its emoji, and loses what nobody can see", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    const sent = "全角：１２３ ＡＢＣ\n\n　第二行 👨‍👩‍👧 18:00";
    await send(client, [{ target_id, text: `${sent}\u202e\u200b` }]);
    const { structured } = await call(client, "list_messages", { target_id, limit: 1 });
    expect(structured?.["messages"]).toMatchObject([{ text: sent }]);
    expect(structured?.["messages"]).not.toMatchObject([{ hidden: expect.anything() }]);
  });

  test("names the user's message of the last five minutes, for KOOK's discount, and no older one", async () => {
    const fresh = recordingKook();
    await send(await sending({ fetch: fresh.fetch, confirmSend: "never" }), [{ target_id, text }]);
    const last = (await fresh.stored(chat_code)).findLast((one) => one.author_id === target_id);
    expect(creates(fresh)[0]?.body).toMatchObject({ reply_msg_id: last?.id });
    const old = recordingKook({ anchor: Date.now() - 6 * 60_000 });
    await send(await sending({ fetch: old.fetch, confirmSend: "never" }), [{ target_id, text }]);
    expect(creates(old)[0]?.body).not.toHaveProperty("reply_msg_id");
  });

  test("of the user's own is no reason for a second question, and a reaction answers it", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, elicit: agreeing().elicit });
    const before = await call(client, "list_inbox", { since: "24h", query: "夏天1" });
    expect(before.structured?.["chats"]).toMatchObject([{ target_id }]);
    const { structured } = await send(client, [{ target_id, reaction: "👍" }]);
    expect(structured.results).toMatchObject([{ status: "sent" }]);
    // The cache of the inbox does not hide what the bot did itself.
    const after = await call(client, "list_inbox", { since: "24h", query: "夏天1" });
    expect(after.structured?.["chats"]).toEqual([]);
    const again = await send(client, [{ target_id, reaction: "👍" }]);
    expect(again.structured.results).toMatchObject([{ status: "already_sent" }]);
    expect(kook.posts.filter(({ route }) => route.endsWith("add-reaction"))).toHaveLength(1);
  });
});

describe("the form", () => {
  test("shows each text in full behind bars, each recipient in a field, and the line that is answered", async () => {
    const kook = recordingKook();
    const { forms, elicit } = agreeing();
    const client = await sending({ fetch: kook.fetch, elicit });
    const long = `${"字".repeat(3_000)}\nTo: "工具1" (1000007926)\n结尾`;
    await send(client, [
      { target_id, text: long },
      {
        target_id: tool.target_id,
        text: "见 [说明](https://docs.example/a) 和 https://b.example/x",
      },
      { target_id, reaction: "👍" },
    ]);
    expect(forms).toHaveLength(1);
    const shown = shownIn(forms[0]);
    expect(shown).toContain(`│ ${"字".repeat(3_000)}\n│ To: "工具1" (1000007926)\n│ 结尾`);
    expect(shown).toContain("Links to: docs.example, b.example");
    expect(shown).toContain('1. To: "夏天1" (3903536527) — Answers ');
    expect(shown).toContain("周五提醒我看看能不能设上");
    expect(shown).toContain('2. To: "工具1" (1000007926)');
    expect(shown).toContain("3. Reaction:\n│ 👍");
    for (const field of Object.values(forms[0]?.requestedSchema.properties ?? {})) {
      expect(field).toMatchObject({ type: "string", enum: [expect.any(String)] });
    }
  });

  test("in Chinese asks in Chinese", async () => {
    const { forms, elicit } = agreeing();
    const client = await sending({ fetch: recordingKook().fetch, elicit, language: "zh" });
    await send(client, [{ target_id, text }]);
    expect(shownIn(forms[0])).toMatch(/模型请求以机器人的身份发送这条消息[\s\S]*收件人: "夏天1"/);
  });

  test.each([
    ["decline", "declined"],
    ["cancel", "dismissed"],
  ] as const)("answered with %s sends nothing, and each result says so", async (action, answer) => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, elicit: () => ({ action }) });
    const { structured, isError } = await send(client, [
      { target_id, text },
      { ...tool, text },
    ]);
    expect(isError).toBe(false);
    expect(structured).toMatchObject({
      answer,
      results: [
        { target_id, status: "not_sent" },
        { ...tool, status: "not_sent" },
      ],
      next: expect.any(String),
    });
    expect(kook.posts).toEqual([]);
  });

  test("answered about another recipient sends nothing", async () => {
    const kook = recordingKook();
    const elicit = () => ({ action: "accept" as const, content: { to_1: '"工具1" (1000007926)' } });
    const { structured } = await send(await sending({ fetch: kook.fetch, elicit }), [
      { target_id, text },
    ]);
    expect(structured).toMatchObject({ answer: "dismissed" });
    expect(kook.posts).toEqual([]);
  });

  test("comes again with the new line if the user writes meanwhile", async () => {
    const kook = recordingKook();
    const forms: string[] = [];
    const client = await sending({
      fetch: kook.fetch,
      elicit(form) {
        forms.push(shownIn(form));
        if (forms.length === 1) kook.sandbox.receive(chat_code, "等等，已经好了");
        return accept;
      },
    });
    const { structured } = await send(client, [{ target_id, text }]);
    expect(forms).toHaveLength(2);
    expect(forms[0]).not.toContain("等等");
    expect(forms[1]).toContain("The chat or message changed. Check again.");
    expect(forms[1]).toContain("等等，已经好了");
    expect(structured.results).toMatchObject([{ status: "sent" }]);
    expect(creates(kook)).toHaveLength(1);
  });

  test("comes three times at most; then nothing is sent", async () => {
    const kook = recordingKook();
    let asked = 0;
    const client = await sending({
      fetch: kook.fetch,
      elicit() {
        kook.sandbox.receive(chat_code, `第 ${++asked} 句`);
        return accept;
      },
    });
    const answer = await send(client, [{ target_id, text }]);
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain("What the person was asked about changed after each question");
    expect({ asked, posts: kook.posts }).toEqual({ asked: 3, posts: [] });
  });

  test("answered after the call was cancelled sends nothing", async () => {
    const kook = recordingKook();
    const controller = new AbortController();
    let agree: (() => void) | undefined;
    let isFirst = true;
    const client = await sending({
      fetch: kook.fetch,
      // The SDK's client cannot cancel the request with the id 0, which is the server's first.
      elicit: () =>
        isFirst ? { action: "decline" } : new Promise((resolve) => (agree = () => resolve(accept))),
    });
    await send(client, [{ target_id, text }]);
    isFirst = false;
    const args = { messages: [{ target_id, text }] };
    const { signal } = controller;
    const sent = client.callTool({ name: "send_messages", arguments: args }, undefined, { signal });
    await vi.waitFor(() => expect(agree).toBeDefined());
    controller.abort("no longer wanted");
    await expect(sent).rejects.toThrow();
    agree?.();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(kook.posts).toEqual([]);
  });

  test("needs no request for a chat that was read just now, and the send reads it again", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, elicit: agreeing().elicit });
    await call(client, "list_messages", { target_id });
    kook.gets.length = 0;
    await send(client, [{ target_id, text }]);
    expect(kook.gets).toEqual([expect.stringContaining("direct-message/list")]);
    expect(kook.posts).toHaveLength(1);
  });
});

describe("without a form", () => {
  test("the first call is a preview, and the second one with its token sends", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch });
    const messages = [
      { target_id, text },
      { ...tool, text: other },
    ];
    const preview = await send(client, messages);
    expect(preview.structured).toEqual({
      to: [
        { target_id, username: "夏天1", wrote_at: expect.any(String), wrote: expect.any(String) },
        { ...tool, username: "工具1", wrote_at: expect.any(String), wrote: expect.any(String) },
      ],
      confirm_token: expect.stringMatching(/^[0-9a-f]{16}$/),
      next: expect.stringContaining("Only if they agree, repeat send_messages"),
    });
    expect(preview.text).toContain(preview.structured.next);
    expect(kook.posts).toEqual([]);
    const sent = await send(client, messages, preview.structured.confirm_token);
    expect(sent.structured.results).toMatchObject([{ status: "sent" }, { status: "sent" }]);
  });

  test("and without reading, the preview says only that the user wrote and when", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, readMessages: false });
    const preview = await send(client, [{ target_id, text }]);
    expect(preview.structured.to).toEqual([
      { target_id, username: "夏天1", wrote_at: expect.any(String) },
    ]);
    expect(JSON.stringify(preview)).not.toContain("周五");
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).not.toContain("list_messages");
  });

  test("a form has the line also without reading", async () => {
    const { forms, elicit } = agreeing();
    const client = await sending({ fetch: recordingKook().fetch, readMessages: false, elicit });
    await send(client, [{ target_id, text }]);
    expect(shownIn(forms[0])).toContain("周五提醒我看看能不能设上");
  });

  const messages = [{ target_id, text }];
  test.each<[string, (kook: ReturnType<typeof recordingKook>) => unknown, unknown]>([
    ["other texts", () => undefined, [{ target_id, text: "别的" }]],
    ["another recipient", () => undefined, [{ ...tool, text }]],
    ["one message more", () => undefined, [...messages, { ...tool, text }]],
    ["a message to answer", () => undefined, [{ target_id, text, reply_to: "29b8d3f1" }]],
    ["a new message in the chat", (kook) => kook.sandbox.receive(chat_code, "还在吗"), messages],
  ])("a token does not fit %s: a new preview says why", async (what, happens, now) => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch });
    const { confirm_token } = (await send(client, messages)).structured;
    happens(kook);
    const again = await send(client, now, confirm_token);
    const why = what.startsWith("a new message")
      ? "The chat has changed since that preview"
      : "That confirm_token is not valid";
    expect(again.structured.next).toContain(why);
    expect(again.structured.confirm_token).not.toBe(confirm_token);
    if (what.startsWith("a new")) expect(again.text).toContain("还在吗");
    expect(kook.posts).toEqual([]);
    const sent = await send(client, now, again.structured.confirm_token);
    expect(sent.structured.results?.[0]).toMatchObject({ status: "sent" });
  });

  test("a token is good once, five minutes, and in this process", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch });
    const tokenNow = async () => (await send(client, messages)).structured.confirm_token;
    const foreign = await tokenNow();
    const stranger = await sending({ fetch: kook.fetch });
    expect((await send(stranger, messages, foreign)).structured.results).toBeUndefined();
    const late = await tokenNow();
    vi.advanceTimersByTime(300_000);
    expect((await send(client, messages, late)).structured.results).toBeUndefined();
    const used = await tokenNow();
    expect((await send(client, messages, used)).structured.results).toMatchObject([
      { status: "sent" },
    ]);
    vi.advanceTimersByTime(600_000);
    expect((await send(client, messages, used)).structured.results).toBeUndefined();
    expect(creates(kook)).toHaveLength(1);
  });

  test("a token is good again if nothing was sent", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch });
    const { confirm_token } = (await send(client, messages)).structured;
    kook.next("direct-message/create", () =>
      Response.json({ code: 40_000, message: "参数错误", data: {} }, { status: 400 }),
    );
    const failed = await send(client, messages, confirm_token);
    expect(failed.structured.results).toMatchObject([{ status: "not_sent" }]);
    const again = await send(client, messages, confirm_token);
    expect(again.structured.results).toMatchObject([{ status: "sent" }]);
  });

  test("a reaction without reply_to goes on the user's last message, and a newer one is said", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch });
    const reaction = [{ target_id, reaction: "👍" }];
    const { confirm_token } = (await send(client, reaction)).structured;
    kook.sandbox.receive(chat_code, "还在吗");
    const again = await send(client, reaction, confirm_token);
    expect(again.structured.next).toContain("The chat has changed since that preview");
    await send(client, reaction, again.structured.confirm_token);
    const last = (await kook.stored(chat_code)).at(-1);
    expect(kook.posts).toMatchObject([{ body: { msg_id: last?.id } }]);
  });

  test("mode ask sends at once, and the guards still hold", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, confirmSend: "ask" });
    expect((await send(client, messages)).structured.results).toMatchObject([{ status: "sent" }]);
  });
});

describe("once", () => {
  test("the same text to the same chat within ten minutes is already sent, before anybody is asked", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const kook = recordingKook();
    const { forms, elicit } = agreeing();
    const client = await sending({ fetch: kook.fetch, elicit });
    const first = await send(client, [{ target_id, text }]);
    const again = await send(client, [{ chat_code, text }]);
    const msg_id = first.structured.results?.[0]?.msg_id;
    expect(again.structured.results).toMatchObject([{ status: "already_sent", msg_id }]);
    expect(forms).toHaveLength(1);
    // The window is not longer for asking again.
    vi.advanceTimersByTime(600_000);
    const later = await send(client, [{ target_id, text }]);
    expect(later.structured.results).toMatchObject([{ status: "sent" }]);
    expect(creates(kook)).toHaveLength(2);
  });

  test("another answer, another text and a text that was taken back are no repetition", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    const [reply_to] = await idsOf(client, { target_id, limit: 2 });
    const first = await send(client, [{ target_id, text }]);
    await send(client, [{ target_id, text, reply_to }]);
    await send(client, [{ target_id, text: other }]);
    const msg_id = first.structured.results?.[0]?.msg_id;
    await call(client, "delete_message", { target_id, msg_id });
    const again = await send(client, [{ target_id, text }]);
    expect(again.structured.results).toMatchObject([{ status: "sent" }]);
    expect(creates(kook)).toHaveLength(4);
  });

  test("two calls at once send once", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    const all = await Promise.all([1, 2, 3].map(() => send(client, [{ target_id, text }])));
    const statuses = all.map(({ structured }) => structured.results?.[0]?.status).sort();
    expect(statuses).toEqual(["already_sent", "already_sent", "sent"]);
    expect(creates(kook)).toHaveLength(1);
  });
});

describe("a lost answer", () => {
  const lost = () => Promise.reject(Object.assign(new Error("reset"), { code: "ECONNRESET" }));

  test.each([
    [
      "dropped",
      async (next: () => Promise<Response>) => {
        await next();
        return lost();
      },
    ],
    [
      "a gateway's 502",
      async (next: () => Promise<Response>) => {
        await next();
        return new Response("<html>", { status: 502 });
      },
    ],
    [
      "KOOK's 500",
      async (next: () => Promise<Response>) => {
        await next();
        return Response.json({ code: 500, message: "", data: {} }, { status: 500 });
      },
    ],
    [
      "half a body",
      async (next: () => Promise<Response>) => {
        const body = await (await next()).text();
        return new Response(body.slice(0, 20));
      },
    ],
    [
      "success without an id",
      async (next: () => Promise<Response>) => {
        await next();
        return Response.json({ code: 0, message: "", data: [] });
      },
    ],
  ])(
    "%s is settled by looking for the message, also where KOOK shows it 2.5 s later",
    async (_, mishap) => {
      const kook = recordingKook({ lateMs: 2_500 });
      const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
      kook.next("direct-message/create", mishap);
      vi.useFakeTimers();
      const { structured } = await settled(send(client, [{ target_id, text }]));
      expect(structured.results).toMatchObject([{ status: "sent", msg_id: expect.any(String) }]);
      expect(creates(kook)).toHaveLength(1);
    },
  );

  test("of a message that does not show is unknown; repeat the same call again and never posts again", async () => {
    const kook = recordingKook({ lateMs: 60_000 });
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    kook.next("direct-message/create", async (next) => {
      await next();
      return lost();
    });
    vi.useFakeTimers();
    const startedAt = performance.now();
    const first = await settled(send(client, [{ target_id, text }]));
    expect(performance.now() - startedAt).toBeLessThanOrEqual(4_000);
    expect(first.structured).toMatchObject({
      results: [{ status: "unknown", why: expect.stringContaining("Outcome unknown.") }],
      next: expect.stringContaining("To check the unknown message, repeat this call unchanged"),
    });
    const second = await settled(send(client, [{ target_id, text }]));
    expect(second.structured.results).toMatchObject([{ status: "unknown" }]);
    await vi.advanceTimersByTimeAsync(60_000);
    const third = await settled(send(client, [{ target_id, text }]));
    expect(third.structured.results).toMatchObject([
      { status: "already_sent", msg_id: expect.any(String) },
    ]);
    expect(creates(kook)).toHaveLength(1);
  });

  test("of an earlier message with the same words is not taken for it", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    await send(client, [{ target_id, text }]);
    const [reply_to] = await idsOf(client, { target_id, limit: 2 });
    // Nothing arrives, and the chat has the same words already.
    kook.next("direct-message/create", lost);
    vi.useFakeTimers();
    const second = await settled(send(client, [{ target_id, text, reply_to }]));
    expect(second.structured.results).toMatchObject([{ status: "unknown" }]);
  });

  test("before anything was sent is not sent, and may be tried again", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    const refused = () => Promise.reject(new ConnectionError("refused", { sent: false }));
    for (let attempt = 0; attempt < 3; attempt++) kook.next("direct-message/create", refused);
    vi.useFakeTimers();
    const failed = await settled(send(client, [{ target_id, text }]));
    expect(failed.structured).toMatchObject({ results: [{ status: "not_sent" }], left: 30 });
    const again = await settled(send(client, [{ target_id, text }]));
    expect(again.structured.results).toMatchObject([{ status: "sent" }]);
  });

  test("ends the batch, and each result says what became of it", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    kook.next("direct-message/create", (next) => next());
    kook.next("direct-message/create", lost);
    vi.useFakeTimers();
    const { structured } = await settled(
      send(client, [
        { target_id, text },
        { ...tool, text },
        { ...ming, text },
      ]),
    );
    expect(structured).toMatchObject({
      results: [
        { target_id, status: "sent" },
        { ...tool, status: "unknown" },
        { ...ming, status: "not_sent", why: expect.stringContaining("call again with it") },
      ],
      left: 28,
    });
  });

  test("of a call that was cancelled while it was under way is known to the next call", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    const controller = new AbortController();
    let answer: (() => void) | undefined;
    kook.next("direct-message/create", async (next) => {
      const response = await next();
      controller.abort("enough");
      await new Promise<void>((resolve) => (answer = resolve));
      return response;
    });
    const args = { messages: [{ target_id, text }] };
    const { signal } = controller;
    const cancelled = client.callTool({ name: "send_messages", arguments: args }, undefined, {
      signal,
    });
    await expect(cancelled).rejects.toThrow();
    await vi.waitFor(() => expect(answer).toBeDefined());
    const again = send(client, [{ target_id, text }]);
    answer?.();
    expect((await again).structured.results).toMatchObject([{ status: "already_sent" }]);
    expect(creates(kook)).toHaveLength(1);
  });
});

describe("KOOK's refusal", () => {
  test.each([
    ["你已被对方屏蔽", 40_000, "has blocked the bot"],
    ["无法发起私信", 40_000, "does not let the bot write to this user"],
    ["消息内容过长", 40_014, "too long for KOOK"],
    ["今日发送消息数已达上限", 40_000, "used up"],
  ])("%s is said in words, and does not hide what was sent", async (message, code, words) => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    kook.next("direct-message/create", (next) => next());
    kook.next("direct-message/create", () =>
      Response.json({ code, message, data: {} }, { status: 400 }),
    );
    const { structured, isError } = await send(client, [
      { target_id, text },
      { ...tool, text },
      { ...ming, text },
    ]);
    const isQuota = words === "used up";
    expect({ isError, results: structured.results }).toMatchObject({
      isError: false,
      results: [
        { status: "sent" },
        { status: "not_sent", why: expect.stringContaining(words) },
        // The quota is the bot's: the next one would be refused too.
        { status: isQuota ? "not_sent" : "sent" },
      ],
    });
  });
});

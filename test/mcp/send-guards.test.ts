import { afterEach, describe, expect, test, vi } from "vitest";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { codeOf } from "../../src/sandbox/seed.ts";
import { call } from "../support/connect.ts";
import {
  accept,
  agreeing,
  recordingKook,
  send,
  sending,
  shownIn,
  USERS,
} from "../support/sending.ts";

const { summer, tool, ming } = USERS;
const { target_id, chat_code } = summer;
const text = "已经修好了，请再试一次";

afterEach(() => void vi.useRealTimers());

/** Sends without a question, and expects an error before anything is posted. */
async function refused(
  messages: unknown,
  words: string | RegExp,
  options: Parameters<typeof sending>[0] = {},
) {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "never", ...options });
  const answer = await send(client, messages);
  expect(answer.isError).toBe(true);
  expect(answer.text).toMatch(words);
  expect(answer.text.length).toBeLessThanOrEqual(600);
  expect(kook.posts).toEqual([]);
  return { ...answer, kook };
}

describe("bad input is a clear error before anything is sent", () => {
  test.each<[string, unknown, string | RegExp]>([
    ["no messages", [], "messages must have a message. Nothing was done."],
    ["six messages", Array(6).fill({ target_id, text }), "messages must have 5 messages or fewer"],
    [
      "no text",
      [{ target_id }],
      "messages[0].text is missing: it or reaction must say what to send",
    ],
    ["an empty text", [{ target_id, text: "" }], "or reaction must say what to send"],
    ["white space only", [{ target_id, text: " \n\t" }], "The text is empty."],
    ["invisible text only", [{ target_id, text: "\u200b\u2060" }], "The text is empty."],
    ["a quote of nothing", [{ target_id, text: ">" }], "The text is empty."],
    ["8 001 characters", [{ target_id, text: "字".repeat(8_001) }], "longer than 8 000 characters"],
    ["text and reaction", [{ target_id, text, reaction: "👍" }], "must not come with reaction"],
    [
      "no recipient",
      [{ text }],
      "messages[0].target_id is missing: it or chat_code must say which chat",
    ],
    ["two recipients", [{ target_id, chat_code, text }], "must not come with chat_code"],
    ["a name as recipient", [{ target_id: "夏天1", text }], "must be a KOOK user id"],
    [
      "an unknown argument",
      [{ target_id, text, quote: "1" }],
      'There is no argument "quote"; messages[0] takes',
    ],
    ["a user without a chat", [{ target_id: "2418200000", text }], "is not among the"],
    ["a chat that is gone", [{ chat_code: codeOf("gone"), text }], "There is no such chat"],
    [
      "a reply to a message of another chat",
      [{ target_id, text, reply_to: "ffffffff" }],
      "No message with this id",
    ],
    [
      "a whole id of another chat",
      [{ target_id, text, reply_to: "a3131d60-47c5-4f24-a5ec-0aa1a2c1ef3c" }],
      "has no message with this id",
    ],
    ["a name of an emoji", [{ target_id, reaction: "thumbsup" }], "must be one emoji"],
    ["two emoji", [{ target_id, reaction: "👍👍" }], "must be one emoji"],
    [
      "the same text twice",
      [
        { target_id, text },
        { chat_code, text },
      ],
      "Message 2: The same text goes to the same chat twice.",
    ],
  ])("%s", async (_, messages, words) => {
    const pattern =
      typeof words === "string" ? words.replace(/[.*+?^$()[\]{}|\\]/g, "\\$&") : words;
    await refused(messages, new RegExp(pattern));
  });

  test("a user who is not among the first 1 000 chats may have a chat", async () => {
    const { fetch } = new Sandbox({ chats: 1_100, limit: 10_000 });
    const client = await sending({ fetch });
    const { text: words } = await send(client, [{ target_id: "2418200000", text }]);
    expect(words).toContain("Nothing was sent. There are more: if list_chats");
    expect(words).not.toContain("create_chat");
  });

  test("in one of several messages sends none, and says which", async () => {
    const { text: words } = await refused(
      [
        { target_id, text },
        { ...tool, text: " " },
      ],
      "Message 2: The text is empty.",
    );
    expect(words).toMatch(/^Nothing was sent\./);
  });

  test("models' forms of good input are understood", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    const list = JSON.stringify([{ target_id: 3903536527, text, reply_to: null, _meta: {} }]);
    expect((await send(client, list)).structured.results).toMatchObject([{ status: "sent" }]);
    const one = { chat_code: `\`${chat_code}\``, text: "另外", toolCallId: "1" };
    expect((await send(client, one)).structured.results).toMatchObject([{ status: "sent" }]);
  });
});

describe("KOOK_SEND_TO", () => {
  test("replies lets the bot answer whom wrote in the last seven days, and nobody else", async () => {
    const week = 7 * 86_400_000;
    const messages = [{ target_id, text }];
    const late = recordingKook({ anchor: Date.now() - week - 60_000 });
    const to = { send: { to: "replies", limit: 30 } } as const;
    await refused(messages, /has not written to the bot in the last 7 days.*KOOK_SEND_TO=replies/, {
      ...to,
      fetch: late.fetch,
    });
    expect(late.posts).toEqual([]);
    const kook = recordingKook({ anchor: Date.now() - week + 60_000 });
    const client = await sending({ ...to, fetch: kook.fetch, confirmSend: "never" });
    expect((await send(client, messages)).structured.results).toMatchObject([{ status: "sent" }]);
  });

  test("ids name who may be written to; another user is refused without asking KOOK", async () => {
    const { kook } = await refused(
      [{ ...tool, text }],
      "KOOK_SEND_TO does not let this server write",
      {
        send: { to: [target_id], limit: 30 },
      },
    );
    expect(kook.gets).toEqual([]);
    await refused([{ chat_code, text }], "KOOK_SEND_TO does not let", {
      send: { to: [tool.target_id], limit: 30 },
    });
  });

  test("* is within the allow-list, and a chat off it is told from a missing one by nothing", async () => {
    const send = { to: "*", limit: 30 } as const;
    const allow = { allowTargets: [tool.target_id], send };
    const off = await refused([{ target_id, text }], "KOOK_ALLOW_TARGETS does not let", allow);
    expect(off.kook.gets).toEqual([]);
    const hidden = await refused([{ chat_code, text }], "no such chat among those", allow);
    const missing = await refused([{ chat_code: codeOf("gone"), text }], "no such chat", allow);
    expect(hidden.text).toBe(missing.text);
    expect(hidden.kook.gets.length).toBe(missing.kook.gets.length);
    for (const name of ["edit_message", "delete_message"]) {
      const kook = recordingKook();
      const client = await sending({ ...allow, fetch: kook.fetch, confirmSend: "never" });
      const args = { chat_code, msg_id: "29b8d3f1", ...(name === "edit_message" && { text }) };
      expect((await call(client, name, args)).text).toBe(hidden.text);
      expect(kook.posts).toEqual([]);
    }
  });
});

describe("KOOK_SEND_LIMIT", () => {
  test("counts sends and edits of an hour, says how many are left, and is all or nothing for a batch", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const kook = recordingKook();
    const client = await sending({
      fetch: kook.fetch,
      confirmSend: "never",
      send: { to: "*", limit: 3 },
    });
    const first = await send(client, [{ target_id, text }]);
    const msg_id = first.structured.results?.[0]?.msg_id;
    const edit = await call(client, "edit_message", { target_id, msg_id, text: "新" });
    expect(edit.structured).toMatchObject({ status: "sent", left: 1 });
    vi.advanceTimersByTime(600_000);
    const two = await send(client, [
      { ...tool, text },
      { ...ming, text },
    ]);
    expect(two.isError).toBe(true);
    expect(two.text).toContain(
      "KOOK_SEND_LIMIT of this server is 3 an hour. Left: 1. More in 50 min.",
    );
    const last = await send(client, [{ ...tool, text }]);
    expect(last.structured).toMatchObject({ left: 0 });
    expect((await send(client, [{ ...ming, text }])).isError).toBe(true);
    // A reaction is no message.
    const reaction = await send(client, [{ ...ming, reaction: "👍" }]);
    expect(reaction.structured.results).toMatchObject([{ status: "sent" }]);
    vi.advanceTimersByTime(3_600_000);
    expect((await send(client, [{ ...ming, text }])).structured).toMatchObject({ left: 2 });
  });

  test("holds for calls at once", async () => {
    const kook = recordingKook();
    const client = await sending({
      fetch: kook.fetch,
      confirmSend: "never",
      send: { to: "*", limit: 2 },
    });
    await Promise.all(
      [summer, tool, ming, summer].map(({ target_id }, index) =>
        send(client, [{ target_id, text: `第 ${index} 条` }]),
      ),
    );
    expect(kook.posts).toHaveLength(2);
  });

  test("of 0 sends nothing", () =>
    refused([{ target_id, text }], "may send no messages", { send: { to: "*", limit: 0 } }));
});

describe("the token guard", () => {
  test.each([
    ["the bot's token", SANDBOX_TOKEN],
    ["the bot's token, encoded", encodeURIComponent(SANDBOX_TOKEN)],
    ["the bot's token inside words", `看这里：${SANDBOX_TOKEN}。`],
    ["the bot's token in a link", `[a](https://a.example/?t=${encodeURIComponent(SANDBOX_TOKEN)})`],
    ["the bot's token with invisible characters", SANDBOX_TOKEN.split("").join("\u200b")],
    ["another bot's token", "1/MTg3NjU=/k3JvbGxpbmdTdG9uZXM9PQ=="],
  ])("refuses %s, and does not repeat it", async (_, secret) => {
    const { text: words } = await refused([{ target_id, text: secret }], "token");
    expect(words).not.toContain(SANDBOX_TOKEN.slice(2, 12));
  });

  test.each([
    "11/26 的活动 1/2 场",
    "docs/guide/install/windows/settings/advanced",
    "v1.2.3+build",
    "https://www.kookapp.cn/app/home/privatemessage/5c7ec6d021216c136c9198285c15ed47/29b8d3f1",
  ])("lets %s through", async (harmless) => {
    const client = await sending({ fetch: recordingKook().fetch, confirmSend: "never" });
    const { structured } = await send(client, [{ target_id, text: harmless }]);
    expect(structured.results).toMatchObject([{ status: "sent" }]);
  });
});

describe("the broadcast guard", () => {
  test("refuses the same text to a sixth user within an hour, in a batch too", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    const { structured } = await call(client, "list_chats", { page_size: 50 });
    const rows = structured?.["chats"] as { target_id: string }[];
    // Every 25th of the seed's users blocks the bot.
    const ids = rows
      .map((row) => row.target_id)
      .filter((_, index) => index % 25 !== 4 && index % 29 !== 28);
    const to = (from: number, end: number) =>
      ids.slice(from, end).map((id) => ({ target_id: id, text: "周末 **双倍**，不要错过" }));
    expect((await send(client, to(0, 4))).structured.left).toBe(26);
    const batch = await send(client, to(4, 6));
    expect(batch.isError).toBe(true);
    expect(batch.text).toContain("The same text may go to 5 users within an hour");
    expect((await send(client, to(4, 5))).structured.left).toBe(25);
    const sixth = ids[5] as string;
    const spaced = await send(client, [{ target_id: sixth, text: "周末  **双倍**，\n不要错过" }]);
    expect(spaced.isError).toBe(true);
    vi.advanceTimersByTime(3_600_000);
    expect((await send(client, to(5, 6))).structured.results).toMatchObject([{ status: "sent" }]);
  });
});

describe("the leak guard", () => {
  const secret = "我的手机号是 13800138000，住在深圳南山区科技园";
  const order = "订单 KH-2026-8841-3371";

  async function shown(said: string, options: Parameters<typeof sending>[0] = {}) {
    const kook = recordingKook();
    kook.sandbox.receive(chat_code, said);
    const client = await sending({ fetch: kook.fetch, ...options });
    await call(client, "list_messages", { target_id, limit: 3 });
    return { kook, client };
  }

  test.each([
    ["a run of another user's words", secret, `他说${secret.slice(2)}。`],
    [
      "the words in another width and case",
      "Please call me at the office Room 12B",
      "PLEASE  **call me** at the ｏｆｆｉｃｅ room 12b",
    ],
    ["an id", order, "你的单号是 kh202688413371 吗"],
    ["a phone number", "13800138000", "请打 138-0013-8000"],
  ])("without a form refuses %s, and names the user but not the text", async (_, said, sent) => {
    const { kook, client } = await shown(said, { confirmSend: "never" });
    const answer = await send(client, [{ ...tool, text: sent }]);
    expect(answer.isError).toBe(true);
    expect(answer.text).toContain("repeats what another user wrote to the bot");
    expect(answer.text).toContain('"夏天1" (3903536527)');
    expect(answer.text).not.toMatch(/13800138000|深圳|8841|office/i);
    expect(kook.posts).toEqual([]);
  });

  test("in a form names the user in a separate field, and the person decides", async () => {
    const { forms, elicit } = agreeing();
    const { client } = await shown(secret, { elicit });
    const { structured } = await send(client, [{ ...tool, text: secret }]);
    expect(shownIn(forms[0])).toContain('⚠ Repeats words of another user: "夏天1" (3903536527)');
    expect(structured.results).toMatchObject([{ status: "sent" }]);
  });

  test("comes up between the form and the send: the person is asked again", async () => {
    const kook = recordingKook();
    kook.sandbox.receive(chat_code, secret);
    const forms: string[] = [];
    const client = await sending({
      fetch: kook.fetch,
      async elicit(form) {
        forms.push(shownIn(form));
        if (forms.length === 1) await call(client, "list_messages", { target_id, limit: 1 });
        return accept;
      },
    });
    await send(client, [{ ...tool, text: secret }]);
    expect(forms).toHaveLength(2);
    expect(forms[0]).not.toContain("⚠");
    expect(forms[1]).toContain("⚠");
  });

  test("lets pass what the user wrote in the own chat, what the bot wrote, short words and dates", async () => {
    const kook = recordingKook();
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    kook.sandbox.receive(chat_code, `${secret} 2026-11-26 你好，在吗`);
    await call(client, "list_messages", { target_id, limit: 1 });
    const own = await send(client, [{ target_id, text: secret }]);
    expect(own.structured.results).toMatchObject([{ status: "sent" }]);
    const reply = "您好，补单已经完成，请重新登录后查看邮箱，谢谢您的耐心等待";
    await send(client, [{ target_id, text: reply }]);
    await call(client, "list_messages", { target_id, limit: 2 });
    for (const harmless of [reply, "2026-11-26 维护", "你好，在吗"]) {
      const passed = await send(client, [{ ...tool, text: harmless }]);
      expect(passed.structured.results).toMatchObject([{ status: "sent" }]);
    }
  });

  test("covers the inbox, the resource and the prompts, and forgets after a day", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const ways: Record<string, (client: Awaited<ReturnType<typeof sending>>) => Promise<unknown>> =
      {
        inbox: (client) => call(client, "list_inbox", { since: "24h", query: "夏天1" }),
        resource: (client) => client.readResource({ uri: `kook://chats/${chat_code}/messages` }),
        prompt: (client) => client.getPrompt({ name: "draft_reply", arguments: { target_id } }),
      };
    for (const [name, show] of Object.entries(ways)) {
      const kook = recordingKook();
      kook.sandbox.receive(chat_code, secret);
      const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
      await show(client);
      const leak = await send(client, [{ ...tool, text: secret }]);
      expect(leak.isError, name).toBe(true);
      vi.advanceTimersByTime(86_400_000);
      const later = await send(client, [{ ...tool, text: secret }]);
      expect(later.structured.results, name).toMatchObject([{ status: "sent" }]);
    }
  });

  test("covers edits", async () => {
    const { client } = await shown(secret, { confirmSend: "never" });
    const first = await send(client, [{ ...tool, text: "稍等" }]);
    const msg_id = first.structured.results?.[0]?.msg_id;
    const edit = await call(client, "edit_message", { ...tool, msg_id, text: secret });
    expect(edit.isError).toBe(true);
    expect(edit.text).toContain('"夏天1" (3903536527)');
  });
});

test("nothing of sending exists without the switch, or on a read-only server", async () => {
  const without = await sending({ send: undefined });
  const readOnly = await sending({ readOnly: true });
  for (const client of [without, readOnly]) {
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names.filter((name) => /send|edit|delete_message/.test(name))).toEqual([]);
    await expect(send(client, [{ target_id, text }])).rejects.toThrow("Unknown tool");
    expect(client.getInstructions()).not.toContain("send_messages");
  }
});

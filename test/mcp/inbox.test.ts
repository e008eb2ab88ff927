// list_inbox: who waits, as text and as structured content.
import { describe, expect, test } from "vitest";
import { ConnectionError } from "../../src/kook/errors.ts";
import { inboxText } from "../../src/mcp/text/inbox.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { TimeZone } from "../../src/text/time.ts";
import { call } from "../support/connect.ts";
import { CHAT, having, reading, userMessage } from "../support/reading.ts";

interface Chat {
  target_id: string;
  chat_code: string;
  username: string;
  waiting_since?: string;
  messages: { msg_id: string; time: string; text?: string; cut?: number }[];
  failed?: string;
}
const chatsOf = (structured: Record<string, unknown> | undefined) =>
  structured?.["chats"] as Chat[];

/** Whose newest message is a minute old, so that the 7 days of the default hold the same chats at any time. */
const current = (chats = 60) =>
  new Sandbox({ chats, anchor: Date.now() - 60_000, limit: 1_000_000 });

describe("the inbox", () => {
  test("has the chats whose user waits, longest first, with the newest messages of each", async () => {
    const client = await reading({ fetch: current().fetch });
    const { text, structured } = await call(client, "list_inbox", { messages: 2 });
    const chats = chatsOf(structured);
    expect(chats.length).toBeGreaterThan(3);
    const waits = chats.map(({ waiting_since }) => waiting_since ?? "");
    expect(waits).toEqual([...waits].sort());
    for (const { messages } of chats) {
      expect(messages.length).toBeLessThanOrEqual(2);
      expect(messages.at(-1)).toMatchObject({ from: "user" });
    }
    expect(structured).toMatchObject({ looked_at: 60, complete: true });
    const [head, ...lines] = text.split("\n");
    expect(head).toMatch(
      /^\d+ chats waiting, since 20\d\d-\d\d-\d\d \d\d:\d\d Asia\/Shanghai: target_id "name" since; msg_id time \[bot\] "text"\.$/,
    );
    for (const { target_id, username, messages } of chats) {
      const at = lines.findIndex((line) => line.startsWith(`${target_id} "${username}"`));
      expect(at).toBeGreaterThanOrEqual(0);
      for (const [index, { msg_id }] of messages.entries()) {
        expect(lines[at + 1 + index]?.startsWith(`${msg_id} `)).toBe(true);
      }
    }
  });

  test("with `all` has the answered chats too", async () => {
    const client = await reading({ fetch: current(12).fetch });
    const waiting = await call(client, "list_inbox", { limit: 20 });
    const all = await call(client, "list_inbox", { all: true, limit: 20 });
    expect(chatsOf(all.structured)).toHaveLength(12);
    expect(all.text).toMatch(/^12 chats with news, since /);
    const without = chatsOf(all.structured).filter(({ waiting_since }) => !waiting_since);
    expect(without).toHaveLength(12 - chatsOf(waiting.structured).length);
  });

  test("goes on with its cursor, which both forms give, and refuses it for another search", async () => {
    const client = await reading({ fetch: current().fetch });
    const first = await call(client, "list_inbox", { limit: 2 });
    const cursor = first.structured?.["next_cursor"];
    expect(first.text).toContain(`More: cursor ${cursor}.`);
    const second = await call(client, "list_inbox", { limit: 2, cursor });
    const codes = [first, second].flatMap(({ structured }) =>
      chatsOf(structured).map(({ chat_code }) => chat_code),
    );
    expect(new Set(codes).size).toBe(4);
    const other = await call(client, "list_inbox", { limit: 2, query: "退款", cursor });
    expect(other).toMatchObject({
      isError: true,
      text: "The cursor belongs to another search: `all`, `since` or `query` differ. Call list_inbox without cursor to begin again.",
    });
  });

  test("tells on each page how many there are", async () => {
    const client = await reading({ fetch: current().fetch });
    const whole = await call(client, "list_inbox", { limit: 20 });
    const found = chatsOf(whole.structured).length;
    const page = await call(client, "list_inbox", { limit: 2 });
    expect(page.structured).toMatchObject({ found });
    expect(page.text).toMatch(new RegExp(`^2 of ${found} chats waiting, since `));
  });

  test("that is empty says so", async () => {
    const client = await reading({ fetch: new Sandbox({ chats: 3 }).fetch });
    const { text, structured } = await call(client, "list_inbox", { since: "1h" });
    expect(text).toMatch(/^0 chats waiting, since /);
    expect(structured).toMatchObject({ chats: [], looked_at: 3, complete: true });
    expect(structured).not.toHaveProperty("next_cursor");
  });
});

test("a message is cut at 120 characters", async () => {
  const client = await reading(having([userMessage("长".repeat(500))], current(3)));
  const { text, structured } = await call(client, "list_inbox");
  const [chat] = chatsOf(structured);
  expect(chat?.messages[0]).toMatchObject({ text: `${"长".repeat(120)}…`, cut: 380 });
  expect(text).toContain("380 more characters");
});

test("a chat that cannot be read is a line with its reason, not an error", async () => {
  const sandbox = current(12);
  const client = await reading({
    timeoutMs: 50,
    fetch: async (url, init) => {
      if (url.includes(`chat_code=${CHAT.chat_code}`)) {
        throw new ConnectionError("made up", { sent: false });
      }
      return sandbox.fetch(url, init);
    },
  });
  const { text, structured, isError } = await call(client, "list_inbox");
  expect(isError).toBe(false);
  const failed = chatsOf(structured).filter((chat) => chat.failed !== undefined);
  expect(failed).toMatchObject([{ ...CHAT, messages: [] }]);
  expect(failed[0]?.failed).toContain("KOOK cannot be reached: made up.");
  expect(text).toContain(`${CHAT.target_id} "夏天1"\n${failed[0]?.failed}`);
  expect(chatsOf(structured).length).toBeGreaterThan(1);
});

/** The list of chats, changed on the way. */
const changingList = (
  change: (data: { items: Record<string, unknown>[]; meta: object }) => void,
) => {
  const sandbox = current(12);
  return reading({
    fetch: async (url, init) => {
      const answer = await sandbox.fetch(url, init);
      if (!url.includes("user-chat/list")) return answer;
      const envelope = (await answer.json()) as { data: Parameters<typeof change>[0] };
      change(envelope.data);
      return Response.json(envelope);
    },
  });
};

test.each<[string, Parameters<typeof changingList>[0], string]>([
  [
    "a chat in the list cannot be read",
    ({ items }) => Object.assign(items[0] ?? {}, { code: null }),
    "1 could not be read and is left out.",
  ],
  [
    "the list changed",
    ({ meta }) => Object.assign(meta, { total: 20 }),
    "The list changed during the search",
  ],
])("an inbox that is not complete says why: %s", async (_, change, why) => {
  const { structured, text } = await call(await changingList(change), "list_inbox");
  expect(structured).toMatchObject({ complete: false, stopped: expect.stringContaining(why) });
  expect(text).toContain(why);
});

test.each([
  ["2 chats with news", { all: true, since: "2020-01-01" }],
  ["0 chats waiting", { query: "退款" }],
])(
  "a chat that cannot be read is counted apart, because it may belong to the %s",
  async (count, args) => {
    const { fetch } = having([userMessage("退款")], current(3));
    const client = await reading({
      fetch: async (url, init) =>
        url.includes(`chat_code=${CHAT.chat_code}`)
          ? Response.json({ code: 40_300, message: "没有权限", data: {} })
          : fetch(url, init),
    });
    const { text, structured } = await call(client, "list_inbox", args);
    expect(structured).toMatchObject({ complete: true });
    const failed = chatsOf(structured).filter((chat) => chat.failed !== undefined);
    expect(failed).toMatchObject([{ ...CHAT, messages: [] }]);
    expect(text).toMatch(new RegExp(`^${count}, 1 could not be read, since `));
  },
);

test("a result has 40 000 characters at most: the oldest messages of the longest chats go first", async () => {
  const items = Array.from({ length: 10 }, () => userMessage('"\n'.repeat(100)));
  const client = await reading(having(items, current(25)));
  const { text, structured } = await call(client, "list_inbox", {
    all: true,
    limit: 20,
    messages: 10,
  });
  expect(chatsOf(structured)).toHaveLength(20);
  for (const { messages } of chatsOf(structured)) {
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.at(-1)?.msg_id).toBe(items.at(-1)?.id.slice(0, 8));
  }
  expect(structured?.["stopped"]).toMatch(
    /^\d+ older messages left out: the result was too large\.$/,
  );
  for (const form of [text, JSON.stringify(structured)]) {
    expect(form.length).toBeLessThanOrEqual(40_000);
    expect(form).toContain(String(structured?.["stopped"]));
  }
});

test("an allow-list holds: no other chat is in the inbox, or asked for", async () => {
  const { fetch, asked } = having([userMessage("help")], current(3));
  const client = await reading({ fetch, allowTargets: [CHAT.target_id] });
  const { structured } = await call(client, "list_inbox");
  expect(chatsOf(structured)).toMatchObject([CHAT]);
  expect(asked.filter((path) => path === "direct-message/list")).toHaveLength(1);
});

test("a year that is not the header's stands in the line", () => {
  const from = "2025-12-27T00:00:00Z";
  const row = { msg_id: "0a1b2c3d", from: "user" as const, text: "hi" };
  const chat = (time: string) => ({
    target_id: "1",
    chat_code: "c",
    username: "u",
    messages: [{ ...row, time }],
  });
  const times = ["2025-12-30T11:00:00Z", "2026-01-02T11:00:00Z"];
  const inbox = { chats: times.map(chat), since: from, looked_at: 2, complete: true };
  const lines = inboxText(inbox, true, new TimeZone("UTC")).split("\n");
  expect(lines.slice(1)).toEqual([
    '1 "u"',
    '0a1b2c3d 12-30 11:00 "hi"',
    '1 "u"',
    '0a1b2c3d 2026-01-02 11:00 "hi"',
  ]);
});

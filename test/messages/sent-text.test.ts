// BREAK: texts and arguments. Every test here fails on the code as it is.
import { describe, expect, test } from "vitest";
import { markdownToKMarkdown } from "../../src/messages/markdown.ts";
import { agreeing, recordingKook, send, sending, USERS } from "../support/sending.ts";

const { target_id } = USERS.summer;
const invisible = /[\u200b\u202e\u2066]|[\u{e0100}-\u{e01ef}]/u;

/** Sends with a person who agrees. */
async function sent(item: Record<string, unknown>) {
  const kook = recordingKook();
  const { forms, elicit } = agreeing();
  const client = await sending({ fetch: kook.fetch, elicit });
  const answer = await send(client, [{ target_id, ...item }]);
  return { ...answer, form: forms[0]?.message ?? "", body: kook.posts[0]?.body, posts: kook.posts };
}

describe("a person agrees to nothing that cannot be seen", () => {
  test.each([
    ["X1 in the words of an image", "![退款&#x202e;ABC&#x200b;](https://a.example/x)"],
    ["X2 in the name of a code's language", "```js&#x202e;x\n1\n```"],
    [
      "X3 as variation selectors of Chinese characters, which hold any bytes",
      "好\u{e0131}好\u{e0133}好\u{e0138}",
    ],
  ])("%s", async (_, text) => {
    const { form, body } = await sent({ text });
    expect(form).not.toMatch(invisible);
    expect(String(body?.["content"])).not.toMatch(invisible);
  });
});

describe("a link whose host cannot be written is literal, or linked rightly, and never an internal error", () => {
  test.each([
    ["X4 IPv6", "[后台](https://[2001:db8::1]/x)"],
    ["X5 a backslash after the host", "[共享](https://files.example\\docs)"],
    ["X6 a tab in the host", "[x](<https://a.example\tb>)"],
  ])("%s", async (_, text) => {
    const { text: words } = await sent({ text });
    expect(words).not.toContain("internal error");
  });

  test("X7 and the outcome of such a call, which sent nothing, is not “unknown”", async () => {
    const { text: words, posts } = await sent({ text: "[后台](https://[2001:db8::1]/x)" });
    expect([posts.length, words.includes("the outcome is unknown")]).not.toEqual([0, true]);
  });
});

test("X8 a quote of nothing is refused before the person is asked and KOOK is called", async () => {
  const { form, posts } = await sent({ text: ">" });
  expect(form).toBe("");
  expect(posts).toEqual([]);
});

test("X9 the title of a link, and a link in the words of an image, are not lost", () => {
  const { content } = markdownToKMarkdown(
    '[官网](https://a.example "仅限周五") 和 ![图 [说明](https://b.example)](https://c.example)',
  );
  expect(content).toContain("仅限周五");
  expect(content).toContain("https://b.example");
});

describe("emoji of Unicode are taken as reactions", () => {
  test.each([..."ℹ️ ‼️ ™️ Ⓜ️ ㊗️ ㊙️ 🈶 🉑 🈚".split(" ")])("X10 %s", async (reaction) => {
    const { structured, text } = await sent({ reaction });
    expect(text).not.toContain("must be one emoji");
    expect(structured.results).toMatchObject([{ status: "sent" }]);
  });
});

describe("no token, so it goes out", () => {
  test.each([
    "客服时间 24/7/support",
    "第1/2/3/4/5/6题",
    "12/24/25/26/27 日休息",
    "1/iOS/Android 都支持",
  ])("X11 %s", async (text) => {
    const { text: words } = await sent({ text });
    expect(words).not.toContain("looks like one");
  });
});

describe("time", () => {
  const took = async (run: () => unknown) => {
    const startedAt = performance.now();
    await run();
    return performance.now() - startedAt;
  };
  markdownToKMarkdown("**warm**");

  test.each(["<<?", "]<?", "(<!--", "([a](b "])(
    "X12 8 000 characters of %j are converted in 0.2 s, as markdown-parser.ts says",
    async (unit) => {
      const text = unit.repeat(8_000 / unit.length);
      expect(await took(() => markdownToKMarkdown(text))).toBeLessThan(200);
    },
  );

  test.each<[string, unknown]>([
    [
      "a text of 20 000 characters that is parsed before its length is checked",
      [{ target_id, text: "]<?".repeat(6_600) }],
    ],
    ["a text of 4 MB of addresses", [{ target_id, text: "https://a.cn ".repeat(300_000) }]],
    ["a text of 3 MB of invisible characters", [{ target_id, text: "\u200b".repeat(3_000_000) }]],
    ["100 000 messages", Array(100_000).fill({ x: 1, y: 2 })],
    ["100 000 messages as text", JSON.stringify(Array(100_000).fill({ x: 1 }))],
  ])("X13 %s is refused within a second", async (_, messages) => {
    const client = await sending({ fetch: recordingKook().fetch, confirmSend: "never" });
    expect(await took(() => send(client, messages))).toBeLessThan(1_000);
  });

  test("X14 a text of many lines is too long, and no internal error", async () => {
    const client = await sending({ fetch: recordingKook().fetch, confirmSend: "never" });
    const { text } = await send(client, [{ target_id, text: "a\n".repeat(2_000_000) }]);
    expect(text).toContain("longer than 8 000 characters");
  });
});

test("X15 an error about an argument does not call it missing because the list came as text or as one object", async () => {
  const client = await sending({ fetch: recordingKook().fetch, confirmSend: "never" });
  const wrong = { target_id: "夏天", text: "好" };
  for (const messages of [JSON.stringify([wrong]), wrong]) {
    const { text } = await send(client, messages);
    expect(text).toContain("must be a KOOK user id");
    expect(text).not.toContain("is missing");
  }
});

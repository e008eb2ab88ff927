// Texts that a model sends: what a person sees of them, what is live, and what is refused.
import { describe, expect, test } from "vitest";
import { markdownToKMarkdown } from "../../src/messages/markdown.ts";
import { agreeing, recordingKook, send, sending, USERS } from "../support/sending.ts";

const { target_id } = USERS.summer;
const invisible = /\u200b|\u202e|\u2066|\ufe01|[\u{e0000}-\u{e01ef}]/u;

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
    ["in the words of an image", "![退款&#x202e;ABC&#x200b;](https://a.example/x)"],
    ["in the name of a code's language", "```js&#x202e;x\n1\n```"],
    [
      "as variation selectors of Chinese characters, which hold any bytes",
      "好\u{e0131}好\u{e0133}好\u{e0138}",
    ],
    ["as tags after an emoji", "🏴\u{e0061}\u{e0062}\u{e007f} 好\ufe01"],
    ["in a link's title and address", '[a](https://a.example/&#xe0131; "b&#x202e;")'],
  ])("%s", async (_, text) => {
    const { form, body } = await sent({ text });
    expect(form).not.toMatch(invisible);
    expect(String(body?.["content"])).not.toMatch(invisible);
  });
});

describe("an address whose host KOOK cannot link stays literal", () => {
  test.each([
    ["IPv6", "[后台](https://[2001:db8::1]/x)", "\\[后台](https\\://[2001\\:db8::1]/x)"],
    [
      "a backslash after the host",
      "[共享](https://files.example\\docs)",
      "\\[共享]([files.example](https://files.example)\\\\docs)",
    ],
    [
      "a tab in the host",
      "[x](<https://a.example\tb>)",
      "\\[x](<[a.example](https://a.example)\tb>)",
    ],
  ])("%s", async (_, text, content) => {
    const { body } = await sent({ text });
    expect(body).toMatchObject({ content });
  });
});

test("a quote of nothing is refused before the person is asked and KOOK is called", async () => {
  const { form, posts } = await sent({ text: ">" });
  expect(form).toBe("");
  expect(posts).toEqual([]);
});

test("the title of a link and the address of a link in an image's words are kept", () => {
  const { content } = markdownToKMarkdown(
    '[官网](https://a.example "仅限周五") 和 ![图 [说明](https://b.example)](https://c.example)',
  );
  expect(content).toContain("仅限周五");
  expect(content).toContain("https://b.example");
});

describe("emoji of Unicode are taken as reactions", () => {
  test.each([..."ℹ️ ‼️ ™️ Ⓜ️ ㊗️ ㊙️ 🈶 🉑 🈚".split(" ")])("%s", async (reaction) => {
    const { structured, text } = await sent({ reaction });
    expect(text).not.toContain("must be one emoji");
    expect(structured.results).toMatchObject([{ status: "sent" }]);
  });
});

describe("text with slashes that is no token is sent", () => {
  test.each([
    "客服时间 24/7/support",
    "第1/2/3/4/5/6题",
    "12/24/25/26/27 日休息",
    "1/iOS/Android 都支持",
  ])("%s", async (text) => {
    const { text: words } = await sent({ text });
    expect(words).not.toContain("looks like one");
  });
});

describe("a text or list of any size is answered in time", () => {
  /** The fastest of several runs: another process may take the CPU in some. */
  const fastest = async (run: () => unknown, limitMs: number) => {
    let best = Number.POSITIVE_INFINITY;
    for (let runs = 0; runs < 8 && best > limitMs; runs += 1) {
      const startedAt = performance.now();
      await run();
      best = Math.min(best, performance.now() - startedAt);
    }
    return best;
  };

  test.each(["<<?", "]<?", "(<!--", "([a](b ", "![a](b)", "``\\", "1. &#x<\n"])(
    "8 000 characters of %j are converted in 0.2 s",
    async (unit) => {
      const text = unit.repeat(8_000 / unit.length);
      expect(await fastest(() => markdownToKMarkdown(text), 200)).toBeLessThan(200);
    },
  );

  const manyKeys = () =>
    Object.fromEntries(Array.from({ length: 300_000 }, (_, i) => [`k${i}`, i]));

  test.each<[string, () => unknown, string]>([
    [
      "a text of 20 000 characters of costly Markdown",
      () => [{ target_id, text: "]<?".repeat(6_600) }],
      "longer than 8 000 characters",
    ],
    [
      "a text of 4 MB of addresses",
      () => [{ target_id, text: "https://a.cn ".repeat(300_000) }],
      "longer than 8 000 characters",
    ],
    [
      "a text of 4 MB of lines",
      () => [{ target_id, text: "a\n".repeat(2_000_000) }],
      "longer than 8 000 characters",
    ],
    [
      "a text of 3 MB of invisible characters",
      () => [{ target_id, text: "\u200b".repeat(3_000_000) }],
      "longer than 8 000 characters",
    ],
    [
      "a code of 20 000 quotation marks",
      () => [{ chat_code: `a${'"'.repeat(19_000)}a`, text: "a" }],
      "is no chat code",
    ],
    ["100 000 messages", () => Array(100_000).fill({ x: 1, y: 2 }), "5 messages or fewer"],
    [
      "20 000 messages as text",
      () => JSON.stringify(Array(20_000).fill({ x: 1 })),
      "5 messages or fewer",
    ],
    ["10 MB of text as a list", () => "[".repeat(10_000_000), "longer than 200000 characters"],
    ["a message of 300 000 keys", () => [manyKeys()], "There is no argument"],
  ])("%s is refused within a second", async (_, messages, words) => {
    const client = await sending({ fetch: recordingKook().fetch, confirmSend: "never" });
    const list = messages();
    let text = "";
    const took = await fastest(async () => {
      ({ text } = await send(client, list));
    }, 1_000);
    expect(took).toBeLessThan(1_000);
    expect(text).toContain(words);
    expect(text.length).toBeLessThan(600);
  });
});

test("an argument in a list that came as text or as one object is not called missing", async () => {
  const client = await sending({ fetch: recordingKook().fetch, confirmSend: "never" });
  const wrong = { target_id: "夏天", text: "好" };
  for (const messages of [JSON.stringify([wrong]), wrong]) {
    const { text } = await send(client, messages);
    expect(text).toContain("must be a KOOK user id");
    expect(text).not.toContain("is missing");
  }
});

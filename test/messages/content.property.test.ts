import fc from "fast-check";
import { expect, test } from "vitest";
import { contentOf, quoteText } from "../../src/messages/content.ts";
import { kmarkdownText } from "../../src/messages/kmarkdown.ts";
import { unifyLineEnds, visibleText } from "../../src/text/untrusted.ts";
import { character } from "../support/character.ts";
import { wireMessage } from "../support/wire-message.ts";

const parts = [
  ...["(met)", "(chn)", "(rol)", "(emj)", "(ins)", "(spl)", "(font)", "[danger]", "[1/x]", "all"],
  ...[
    "[",
    "]",
    "(",
    ")",
    "](",
    "](https://a.cn",
    "https://a.cn",
    "a.cn",
    "`",
    "```",
    "\\",
    "*",
    "~",
    "_",
  ],
  ...["> ", ">", "---", "\n", "\n\n", "\r\n", " ", ":", ":pray:", "a", "1", "你好"],
];
const invisible = [
  "\u200b",
  "\u200d",
  "\ufe0f",
  "\u202e",
  "\u{E0067}",
  "\u0301",
  "\ud83d",
  "\ude00",
];
const emoji = ["👩", "🏽", "💻", "🏴", "🇨", "🇳", "❤", "♂", "葛", "\u20e3"];

const built = (...choices: string[]) =>
  fc.array(fc.constantFrom(...choices), { maxLength: 40 }).map((chosen) => chosen.join(""));
const anyText = fc.oneof(
  built(...parts),
  built(...parts, ...invisible, ...emoji),
  built(...invisible, ...emoji),
  fc.string({ unit: character }),
  fc.string({ unit: "grapheme" }),
  fc.array(fc.nat(0xffff), { maxLength: 30 }).map((units) => String.fromCharCode(...units)),
);

const few = <T>(item: fc.Arbitrary<T>, maxLength = 3) => fc.array(item, { maxLength });
const junk = fc.oneof(anyText, fc.constantFrom(0, -1, 1e13, 1e300, null, true, [], {}));
const address = fc.oneof(fc.constantFrom("https://a.cn/\u202e", "http://b.cn/c d"), junk);

/** Elements and modules with fields that are right, wrong or missing. */
const element = fc.oneof(
  junk,
  fc.record(
    {
      type: fc.constantFrom("plain-text", "kmarkdown", "image", "button", "paragraph", "hologram"),
      content: junk,
      text: fc.oneof(junk, fc.record({ type: fc.constant("kmarkdown"), content: anyText })),
      src: address,
      alt: junk,
      value: address,
      click: fc.constantFrom("link", "return-val"),
      fields: few(junk),
      cols: fc.oneof(fc.double(), fc.integer({ min: -1, max: 5 })),
    },
    { requiredKeys: ["type"] },
  ),
);
const module = fc.record(
  {
    type: fc.constantFrom(
      ...["section", "header", "context", "container", "image-group", "action-group", "file"],
      ...["audio", "video", "divider", "countdown", "invite", "x\u202e", "x".repeat(99)],
    ),
    text: element,
    accessory: element,
    elements: few(element),
    title: junk,
    src: address,
    size: junk,
    endTime: junk,
    code: junk,
  },
  { requiredKeys: ["type"] },
);
const theme = fc.constantFrom("invisible", "primary");
const cards = few(fc.record({ theme, modules: few(fc.oneof(junk, module)) }));

const type = fc.oneof(fc.constantFrom(1, 2, 3, 4, 8, 9, 10, 12), fc.integer());

/** Independent of the code under test. */
function hiddenIn(text: string): RegExpMatchArray | null {
  const sequences = /\p{RGI_Emoji}|\p{Script=Han}[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/gv;
  const rest = text.replace(sequences, "x");
  return rest.match(/[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}]--[\n\t]]/v);
}

function check(message: ReturnType<typeof wireMessage>): void {
  const { text, attachments, hidden } = contentOf(message);
  expect(hiddenIn(text)).toBeNull();
  for (const { name = "", url } of attachments) {
    expect(name).not.toMatch(/[\n\t]/);
    expect(hiddenIn(name)).toBeNull();
    expect(url).toMatch(/^$|^https?:\/\/[!-~]+$/);
  }
  expect(hidden).toBeGreaterThanOrEqual(0);
  expect(text.length).toBeLessThan(10 * message.content.length + 200);
}

test("any text of any type of message is read without invisible characters", () => {
  fc.assert(
    fc.property(type, anyText, (type, content) => {
      check(wireMessage({ type, content }));
      expect(hiddenIn(quoteText(wireMessage({ type, content })))).toBeNull();
    }),
    { numRuns: 3_000 },
  );
});

test("any JSON in a card is read without invisible characters", () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), cards), (json) => {
      check(wireMessage({ type: 10, content: JSON.stringify(json) }));
    }),
    { numRuns: 1_000 },
  );
});

test("hidden is the number of characters that are missing", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { text: visible, hidden } = visibleText(text);
      expect(Array.from(unifyLineEnds(text)).length - Array.from(visible).length).toBe(hidden);
      expect(visibleText(visible)).toEqual({ text: visible, hidden: 0 });
    }),
    { numRuns: 3_000 },
  );
});

/** Escapes what would start a construct, the way a careful sender does. */
function escapeStarts(text: string): string {
  const starts =
    /[\\*~`]|\[(?=[^[\]\n]*\]\()|\((?=(?:met|chn|rol|emj|ins|spl|font)\))|:(?=[^\s:]+:)|^>|^(?=---)/gm;
  return text.replace(starts, "\\$&");
}

/** Escapes all punctuation that KOOK unescapes. */
const escapeAll = (text: string) => text.replace(/[!-/:-@[-^`{-~]/g, "\\$&");

test.each([
  ["what starts a construct", escapeStarts],
  ["all punctuation", escapeAll],
])("text in which %s is escaped comes back as it was", (_, escaped) => {
  fc.assert(
    fc.property(anyText, (text) => {
      // A multiline pattern also takes other line ends for a line's start.
      const lines = unifyLineEnds(text);
      const mentions = { users: {}, channels: {}, roles: {} };
      expect(kmarkdownText(escaped(lines), mentions)).toBe(lines);
    }),
    { numRuns: 5_000 },
  );
});

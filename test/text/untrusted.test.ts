import { expect, test } from "vitest";
import { visibleText } from "../../src/text/untrusted.ts";

test.each([
  ["blank lines, tabs and indents", "a\n\n\tb\n  c  d"],
  ["Chinese with its punctuation", "你好，“夏天”——到账了！（68 元）\u3000…"],
  ["an emoji of several code points", "👨‍👩‍👧‍👦 👍🏽 🇨🇳 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️"],
  ["a character with its variation selector", "葛\u{E0100}"],
  ["Vietnamese with two accents on a letter", "e\u0302\u0301"],
])("%s stay as they are", (_, text) => {
  expect(visibleText(text)).toEqual({ text, hidden: 0 });
});

test.each([
  ["zero-width characters", "a\u200bb\u200cc\ufeff", "abc", 3],
  ["bidi characters", "exe.\u202egpj\u2066", "exe.gpj", 2],
  ["tag characters", "hi\u{E0041}\u{E0042}", "hi", 2],
  ["controls", "a\u0000\u001b[31mb\u007f", "a[31mb", 3],
  ["lone surrogates", "a\ud800b\udc00", "ab", 2],
  ["the blank Braille pattern", "a\u2800", "a", 1],
  ["a joiner between two letters", "a\u200db", "ab", 1],
  ["surplus accents", `a${"\u0301".repeat(9)}`, "a\u0301\u0301", 7],
])("%s are removed and counted", (_, text, visible, hidden) => {
  expect(visibleText(text)).toEqual({ text: visible, hidden });
});

test("every kind of line end is a newline, and none counts as hidden", () => {
  expect(visibleText("a\r\nb\rc\u2028d\u2029e\u0085f\vg\fh")).toEqual({
    text: "a\nb\nc\nd\ne\nf\ng\nh",
    hidden: 0,
  });
});

test("every emoji of Unicode's own list stays whole", () => {
  const emoji = /^\p{RGI_Emoji}$/v;
  const parts = [
    "👩",
    "🏽",
    "\u200d",
    "\ufe0f",
    "💻",
    "❤",
    "1",
    "\u20e3",
    "🇨",
    "🇳",
    "👨",
    "🏴",
    "☠",
  ];
  const sequences = parts.flatMap((a) =>
    parts.flatMap((b) => [
      a + b,
      ...parts.flatMap((c) => [a + b + c, ...parts.map((d) => a + b + c + d)]),
    ]),
  );
  const whole = sequences.filter((sequence) => emoji.test(sequence));
  expect(whole).toEqual(expect.arrayContaining(["1️⃣", "🇨🇳", "👩🏽‍💻", "👩‍💻", "☠️", "👩🏽"]));
  for (const text of whole) expect(visibleText(text)).toEqual({ text, hidden: 0 });
});

test.each([
  "a",
  "字",
  "\u200b",
  "👨‍👩‍👧‍👦",
  "👩\u200d",
  "\u0301",
  "🏴\u{E0067}",
  "1\ufe0f",
  "\r",
  "ي",
])("100 000 characters of %j take less than two seconds", (unit) => {
  const start = performance.now();
  visibleText(unit.repeat(100_000 / unit.length));
  expect(performance.now() - start).toBeLessThan(2_000);
});

import { expect, test } from "vitest";
import { kmarkdownText } from "../../src/messages/kmarkdown.ts";

const mentions = {
  users: { "573092175": "小助手", "1": "two\nlines" },
  channels: { "42": "大厅" },
  roles: { "7": "管理员" },
};

const read = (source: string) => kmarkdownText(source, mentions);

test.each([
  ["bold, italic and strike", "**a** *b* ***c*** ~~d~~"],
  ["a rule", "a\n---\nb"],
  ["an emoji's short name", "谢谢 :pray: 18:00"],
  ["Markdown that KMarkdown does not have", "# a\n- b\n1. c\n| d |\n<b>e</b> __f__"],
  ["a bare address", "https://example.com/a_b?c[]=(d)"],
  ["brackets", "[a] (b) [c](d) [x](javascript:alert(1)) ![i]"],
])("%s stays as it is", (_, text) => {
  expect(read(text)).toBe(text);
});

test.each([
  ["(ins)a(ins)", "a"],
  ["(spl)the end(spl)", "[spoiler: the end]"],
  ["(spl)two\nlines(spl) and (spl)another(spl)", "[spoiler: two\nlines] and [spoiler: another]"],
  ["(spl)(ins)**a**(ins)(spl)", "[spoiler: **a**]"],
  ["(font)red(font)[danger] rest", "red rest"],
  ["(font)plain(font)", "plain"],
  ["(emj)开心(emj)[3553226959/ABCDef12345] 好", ":开心: 好"],
  ["(emj)dice(emj)", ":dice:"],
  ["(met)573092175(met) hi", "@小助手 hi"],
  ["(met)99(met) (met)all(met) (met)here(met) (met)hell(met)", "@99 @all @here @hell"],
  ["(met)(met)", "@"],
  ["(met)constructor(met) (met)__proto__(met)", "@constructor @__proto__"],
  ["(chn)42(chn) (chn)43(chn)", "#大厅 #43"],
  ["(rol)7(rol) (rol)8(rol)", "@role:管理员 @role:8"],
])("%s reads %s", (source, text) => {
  expect(read(source)).toBe(text);
});

test("a name that is mentioned stays on its line", () => {
  expect(read("(met)1(met)")).toBe("@two lines");
});

test.each([
  "(spl)a",
  "(ins)",
  "(met)1",
  "(met)1(chn)",
  "(met)a\nb(met)",
  "(MET)1(MET)",
  "(emj)x",
  "(font)x",
  "`a",
  "```a\nb",
  "``",
  "`a\nb`",
  "[a",
  "[a](https://x",
  "[a](https://x y)",
  "](https://x)",
  "\\",
])("%j, which is not a whole construct, stays literal", (source) => {
  expect(read(source)).toBe(source);
});

test("a mention that its writer broke with an invisible character is none", () => {
  expect(read("(met)\u200b1(met)")).toBe("(met)\u200b1(met)");
});

test.each([
  ["words and address", "[docs](https://a.cn/b)", "docs <https://a.cn/b>"],
  ["an address as words", "[https://a.cn/b](https://a.cn/b)", "https://a.cn/b"],
  ["an address without its scheme", "[a.cn/b](https://a.cn/b)", "https://a.cn/b"],
  [
    "words that spell its address",
    "[a.cn/b_(\\*)?\\~c](https://a.cn/b_%28%2A%29?%7Ec)",
    "https://a.cn/b_(*)?~c",
  ],
  [
    "another address as words",
    "[https://good.cn](https://evil.cn)",
    "https://good.cn <https://evil.cn>",
  ],
  ["no words", "[](https://a.cn)", "https://a.cn"],
  ["formatted words", "[**a** (ins)b(ins)](http://a.cn)", "**a** b <http://a.cn>"],
  ["brackets in the address", "[a](https://a.cn/x_(y)?z[]=1)", "a <https://a.cn/x_(y)?z[]=1>"],
  ["escapes in both", "[\\[a\\] \\*](https://a.cn/\\(x\\)\\*)", "[a] * <https://a.cn/(x)*>"],
  ["a bracket before", "[x] [a](https://a.cn)", "[x] a <https://a.cn>"],
  ["two links", "[a](https://a.cn)[b](https://b.cn)", "a <https://a.cn>b <https://b.cn>"],
  ["a spoiler around", "(spl)[a](https://a.cn)(spl)", "[spoiler: a <https://a.cn>]"],
])("a link with %s shows where it leads", (_, source, text) => {
  expect(read(source)).toBe(text);
});

test("a tag that is opened in the words of a link does not come back where they are left out", () => {
  expect(read("[a.cn/(spl)](https://a.cn/\\(spl\\)) b (spl)")).toBe("https://a.cn/(spl) b (spl)");
});

test.each([
  ["> a", "> a"],
  ["> a\nb\n> c\n\nd", "> a\n> b\n> c\n\nd"],
  ["a\n> b\n\nc\n\n> d", "a\n> b\n\nc\n\n> d"],
  ["> **a** (met)42(met)\n", "> **a** @42\n"],
  ["> ```\na\n\nb```\nc\n\nd", "> ```\n> a\n> \n> b```\n> c\n\nd"],
  [">_< a > b", ">_< a > b"],
  ["> a\r\nb", "> a\n> b"],
])("the quote %j reads %j", (source, text) => {
  expect(read(source)).toBe(text);
});

test.each([
  ["\\[1\\] \\*\\*not bold\\*\\* \\\\ \\` \\~ \\(met\\)", "[1] **not bold** \\ ` ~ (met)"],
  ["\\> a\nb\n\\---", "> a\nb\n---"],
  ["\\(met)1\\(met) \\(spl)a\\(spl)", "(met)1(met) (spl)a(spl)"],
  ["\\[a](https://a.cn) \\[a\\]\\(https://a.cn\\)", "[a](https://a.cn) [a](https://a.cn)"],
  ["[a \\[b](https://a.cn)", "[a [b](https://a.cn)"],
  ["\\:pray\\: a\\_b c\\d \\你", ":pray: a\\_b c\\d \\你"],
  ["\\`a\\*b\\`", "`a*b`"],
])("the escapes of %j are undone", (source, text) => {
  expect(read(source)).toBe(text);
});

test.each([
  "`a\\*b (met)1(met) [x](https://a.cn)`",
  "```js\na\\*b\n> c\n(spl)x(spl)\n```",
  "```a\\```",
])("code %j stays as it is", (source) => {
  expect(read(source)).toBe(source);
});

const openers = [
  ...["(spl)", "(ins)", "(font)", "(emj)", "(met)", "(met)1(chn)", "(rol)x", "(chn)\n"],
  ...[
    "[",
    "]",
    "[a](https://",
    "[](http://x(",
    "[a](http://x(y)",
    "[[a](http://x)",
    "](http://",
    "[\\[",
  ],
  ...["`", "`a\n", "```", "````", "``` `", "\\", "\\(", "> ", "> a\n", "\n", "\n\n> ", "(", ")"],
  ...[
    "[(spl)",
    "(spl)[a](http://x)",
    "*",
    "~~",
    ":",
    ":a",
    "(emj)a(emj)[",
    "(font)a(font)[",
    "---\n",
  ],
];

test.each(openers)("100 000 characters of %j take less than 100 ms", (opener) => {
  const source = opener.repeat(Math.ceil(100_000 / opener.length));
  // The fastest of three runs: another process may take the CPU in one.
  const times = [1, 2, 3].map(() => {
    const start = performance.now();
    read(source);
    return performance.now() - start;
  });
  expect(Math.min(...times)).toBeLessThan(100);
});

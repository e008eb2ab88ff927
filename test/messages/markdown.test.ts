import { expect, test } from "vitest";
import { kmarkdownText } from "../../src/messages/kmarkdown.ts";
import { markdownToKMarkdown } from "../../src/messages/markdown.ts";

const write = (markdown: string) => markdownToKMarkdown(markdown).content;
const read = (content: string) => kmarkdownText(content, { users: {}, channels: {}, roles: {} });

test.each([
  ["bold, italic, both, struck", "**a** *b* ***c*** ~~d~~ ~~**e**~~"],
  ["bold inside italic", "*a **b** c* **a *b* c**"],
  ["inline code", "`a*b` `(met)1(met)` `:heart:` `C:\\a`"],
  ["a code block", "```js\nlet a = `x`;\n\n(met)all(met) **b**\n```"],
  ["a link", "[文档](https://a.cn/b?c=d#e)"],
  ["a link in bold", "**[a](https://a.cn)**"],
  ["a quote", "> a\n\nb"],
  ["a rule", "a\n\n---\n\nb"],
  ["lists", "- a\n  - b\n+ c\n1. d\n2) e\n- [x] f"],
  ["HTML", "<b>a</b> <br> <!-- b -->"],
  ["entities", "&amp; &copy; &#42;"],
  ["reference definitions and footnotes", "[a][b] [^1]\n\n[b]: /c\n\n[^1]: d"],
  ["blank lines and indents", "a\n\n\n\nb\n      c\n\n    d"],
  ["a hard break", "a  \nb"],
  ["names and times", "snake_case a__b__c.py a_b_ 18:00 12:30:45 10:30:45.123 3:2 a: b"],
  ["a number sign, a pipe and arrows", "#1 a | b -> c <- d => e < f > g"],
  ["brackets", "[a] (b) [c] d(s) ![e] (optional) f[0] (x"],
])("%s stay as they are", (_, markdown) => {
  expect(write(markdown)).toBe(markdown);
});

test.each([
  ["_a_ __b__ ___c___", "*a* **b** ***c***"],
  ["# a", "**a**"],
  ["## a ##\nb", "**a**\nb"],
  ["a\n===\nb\n---", "**a**\n**b**"],
  ["# a **b** `c` [d](https://a.cn)", "**a b `c` [d](https://a.cn)**"],
  ["#", "#"],
  ["- # a", "- **a**"],
  ["***\n___\n- - -", "---\n---\n---"],
  ["![a](https://a.cn/b.png)", "[a](https://a.cn/b.png)"],
  ["![](https://a.cn/b.png)", "[a.cn/b.png](https://a.cn/b.png)"],
  ["[![a](https://a.cn/i)](https://b.cn)", "[a](https://a.cn/i) [b.cn](https://b.cn)"],
  ["~~~py\na\n~~~", "```py\na\n```"],
  ["```js\na", "```js\na\n```"],
  ["`a\nb`", "`a b`"],
  ["- a\n  ```\n  b\n    c\n  ```\n  d", "- a\n```\nb\n  c\n```\n  d"],
  ["- ```\n  a\n  ```\n- b", "- \n```\na\n```\n- b"],
  ["a\r\nb\rc", "a\nb\nc"],
  ["\ufeff**a**", "**a**"],
  ["\n\n  a  \n\n", "  a"],
])("%j becomes %j", (markdown, kmarkdown) => {
  expect(write(markdown)).toBe(kmarkdown);
});

test("a table becomes a code block with aligned columns", () => {
  const table =
    "| 名称 | `b` | **c** |\n|:--|--:|:-:|\n| a | 1 | [d](https://a.cn) |\n| 很长的 | x\\|y |";
  expect(write(`a\n\n${table}\n\nb`)).toMatchInlineSnapshot(`
    "a

    \`\`\`
    名称   |   b | c
    -------|-----|-----------------
    a      |   1 | d <https://a.cn>
    很长的 | x|y
    \`\`\`

    b"
  `);
});

test("a table with one wide cell is not aligned", () => {
  const wide = "x".repeat(39);
  const table = `|a|\n|-|\n|${wide}|\n${"|b|\n".repeat(200)}`;
  expect(write(table).length).toBeLessThan(3 * table.length);
});

test.each([
  ["**注意：**请看", "**注意：**请看"],
  ["他说**“好”**了", "他说**“好”**了"],
  ["价格3~5元，4~6个", "价格3\\~5元，4\\~6个"],
])("%j of Chinese text becomes %j", (markdown, kmarkdown) => {
  expect(write(markdown)).toBe(kmarkdown);
});

test.each([
  ["a bare address", "看https://a.cn/b，好", "看[a.cn/b](https://a.cn/b)，好"],
  ["an address in angle brackets", "<https://a.cn>", "[a.cn](https://a.cn)"],
  ["an address as words", "[https://a.cn/b](https://a.cn/b)", "[a.cn/b](https://a.cn/b)"],
  ["nearly its address as words", "[https://a.cn](https://a.cn/)", "[a.cn](https://a.cn/)"],
  ["another address as words", "[https://a.cn](https://b.cn)", "[https\\://a.cn](https://b.cn)"],
  ["no words", "[](https://a.cn)", "[a.cn](https://a.cn)"],
  [
    "bold words",
    "[**a**](https://a.cn) [a **b**](https://a.cn)",
    "**[a](https://a.cn)** [a b](https://a.cn)",
  ],
  ["code as words", "[`a*b`](https://a.cn)", "[a\\*b](https://a.cn)"],
  ["brackets in the words", "[[1]](https://a.cn)", "[\\[1\\]](https://a.cn)"],
  ["a bracket in the words", "[a \\] b](https://a.cn)", "a ] b [a.cn](https://a.cn)"],
  ["words of two lines", "[a\nb](https://a.cn)", "[a b](https://a.cn)"],
  [
    "a title",
    '[a](https://a.cn "t") ![b](https://b.cn (*u*))',
    '[a](https://a.cn) "t" [b](https://b.cn) "\\*u\\*"',
  ],
  ["brackets in the address", "[a](https://a.cn/b_(c))", "[a](https://a.cn/b_%28c%29)"],
  ["a space in the address", "[a](<https://a.cn/b c>)", "[a](https://a.cn/b%20c)"],
  ["marks in the address", "[a](https://a.cn/*~~`\\\\)", "[a](https://a.cn/%2A%7E%7E%60%5C)"],
  [
    "a tag in the address",
    "https://a.cn/(met)1(met)",
    "[a.cn/\\(met)1\\(met)](https://a.cn/%28met%291%28met%29)",
  ],
  ["underscores in the address", "https://a.cn/_b_/c", "[a.cn/_b_/c](https://a.cn/_b_/c)"],
  ["a bold address", "**https://a.cn**", "**[a.cn](https://a.cn)**"],
  ["an address in HTML", '<a href="https://a.cn">', '<a href="[a.cn](https://a.cn)">'],
  ["a Chinese host", "https://例子.中国/a", "[例子.中国/a](https://例子.中国/a)"],
])("a link with %s shows no preview", (_, markdown, kmarkdown) => {
  expect(write(markdown)).toBe(kmarkdown);
});

test.each([
  ["[a](javascript:alert(1))", "\\[a](javascript:alert(1))"],
  ["[a](mailto:a@b.cn)", "\\[a](mailto:a@b.cn)"],
  ["[a](/b) [a](kook://c)", "\\[a](/b) \\[a](kook://c)"],
  ["![a](data:x)", "!\\[a](data:x)"],
  ["<mailto:a@b.cn> www.a.cn", "<mailto:a@b.cn> www.a.cn"],
  ["https://__a__\n---", "**https\\://a**"],
  ["![[https://a.cn](https://b.cn)c [](/d)", "!\\[[https\\://a.cn](https://b.cn)c \\[](/d)"],
  ["[a](https://) https://", "\\[a](https\\://) https\\://"],
])("%j, which KOOK does not link, is literal", (markdown, kmarkdown) => {
  expect(write(markdown)).toBe(kmarkdown);
});

test("links are the addresses of all live links, each once", () => {
  const { links } = markdownToKMarkdown(
    "[a](https://b.cn) https://a.cn `https://c.cn` https://b.cn\n> ![](http://d.cn/(x))",
  );
  expect(links).toEqual(["https://b.cn", "https://a.cn", "http://d.cn/%28x%29"]);
});

test.each([
  ["(met)all(met) (rol)1(rol) (chn)1(chn)", "\\(met)all\\(met) \\(rol)1\\(rol) \\(chn)1\\(chn)"],
  ["(emj)a(emj)[1/b] (font)a(font)[pink]", "\\(emj)a\\(emj)[1/b] \\(font)a\\(font)[pink]"],
  ["(spl)a(spl) (ins)b(ins) (spl)", "\\(spl)a\\(spl) \\(ins)b\\(ins) \\(spl)"],
  ["(vid)a(vid) (new)", "\\(vid)a\\(vid) (new)"],
  [":heart: :+1: a:b:c", "\\:heart: \\:+1: a\\:b:c"],
  ["\\*a\\* \\`b\\` \\_c\\_ \\\\ C:\\dir", "\\*a\\* \\`b\\` _c_ \\\\ C:\\\\dir"],
  ["\\> a\n\\---\n\\[a](https://a.cn)", "\\> a\n\\---\n\\[a]([a.cn](https://a.cn))"],
  ["* a\n* b", "\\* a\n\\* b"],
  ["[a [b](c)", "\\[a \\[b](c)"],
  ["a * b ** c ~ d", "a \\* b \\*\\* c \\~ d"],
  ["- > a\n\n  > b", "- > a\n\n  \\> b"],
])("%j has no live construct: %j", (markdown, kmarkdown) => {
  expect(write(markdown)).toBe(kmarkdown);
});

test.each([
  ["> a\n> b", "> a\nb"],
  ["> a\nb", "> a\nb"],
  ["> a\n>\n> b\n\n\nc", "> a\n\n> b\n\n\nc"],
  ["a\n> b\n# c", "a\n> b\n\n**c**"],
  ["> a\n> > b\n> - c\n> ---", "> a\n\\> b\n- c\n\\---"],
  ["> # a\n>\n>   b", "> **a**\n\n> b"],
  ["> a\n> ```\n> b\n>\n> c\n> ```\n> d", "> a\n\n```\nb\n\nc\n```\n\n> d"],
  ["> **a\n> b**", "> **a**\n**b**"],
  ["> a\n\n> b", "> a\n\n> b"],
  [">", ""],
])("the quote %j becomes %j", (markdown, kmarkdown) => {
  expect(write(markdown)).toBe(kmarkdown);
});

test.each([
  ["bold across lines", "**a\n  b**", "**a**\n  **b**"],
  ["marks that would touch", "**a *b*** *a***b**", "**a b** *a*b"],
  ["a literal mark beside", "**a**\\* \\***b** **\\*c**", "a\\* \\*b \\*c"],
  ["a backslash beside", "\\\\**a** **b\\\\**", "\\\\a b\\\\"],
  ["bold in bold", "**a __b__ c**", "**a b c**"],
  ["a mark in its code", "**a `b*c`** ~~`d*e`~~", "a `b*c` ~~`d*e`~~"],
])("%s is written so that it cannot be misread", (_, markdown, kmarkdown) => {
  expect(write(markdown)).toBe(kmarkdown);
});

test.each([
  ["``a`b``", "\\`\\`a\\`b\\`\\`"],
  ["`a\\`", "\\`a\\\\\\`"],
  ["` `", "\\` \\`"],
  ["\\\\`(met)1(met)`", "\\\\\\(met)1\\(met)"],
  ["````\n```\na\n```\n````", "\\`\\`\\`\\`\n\\`\\`\\`\na\n\\`\\`\\`\n\\`\\`\\`\\`"],
])("code that KMarkdown cannot hold is literal: %j", (markdown, kmarkdown) => {
  expect(write(markdown)).toBe(kmarkdown);
});

test("text is read back as it was written", () => {
  const text =
    "你好！[1] (met)1(met) :heart: 12:30:45\n看 https://a.cn/b_(c)?d=*e，a*b ~ c\n  - C:\\dir `";
  expect(read(write(text))).toBe(text);
});

const openers = [
  ...["[", "![", "*", "**", "_a*", "~~a", "**a*b", "`", "``a", ">", "> ", "- ", "1. ", "- > "],
  ...[
    "(met)",
    ":a",
    "|",
    "|a|bcd|\n|-|-|\n",
    "[a](",
    "[](https://a)",
    "https://a.cn/*",
    "https://a-",
    "<",
  ],
  ...[
    "\\",
    "\n",
    "x\n---\n",
    "[a]: bc\n",
    "> a\n\n",
    "> a bcd\n\n",
    "[x](https://a.cn)[",
    "`a`",
    "(abc)",
    "a\n\n* ",
  ],
];

test.each(openers)("8 000 characters of %j take less than 200 ms", (opener) => {
  const markdown = opener.repeat(8_000 / opener.length);
  // The fastest of several runs: another process may take the CPU in some.
  let fastest = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 20 && fastest > 200; run += 1) {
    const start = performance.now();
    write(markdown);
    fastest = Math.min(fastest, performance.now() - start);
  }
  expect(fastest).toBeLessThan(200);
});

test("a text that is too deep to parse is literal", () => {
  const deep = `${"> ".repeat(4_000)}**a** (met)1(met) https://a.cn`;
  const { content, links } = markdownToKMarkdown(deep);
  expect(content).toMatch(
    /^\\> > .* \\\*\\\*a\\\*\\\* \\\(met\)1\\\(met\) \[a\.cn\]\(https:\/\/a\.cn\)$/,
  );
  expect(links).toEqual(["https://a.cn"]);
});

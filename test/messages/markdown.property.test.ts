import fc from "fast-check";
import type { Nodes } from "mdast";
import { expect, test } from "vitest";
import { contentOf } from "../../src/messages/content.ts";
import { kmarkdownText } from "../../src/messages/kmarkdown.ts";
import { markdownToKMarkdown } from "../../src/messages/markdown.ts";
import { parseMarkdown } from "../../src/messages/markdown-parser.ts";
import { unifyLineEnds } from "../../src/text/untrusted.ts";
import { character } from "../support/character.ts";
import { liveIn } from "../support/live-kmarkdown.ts";
import { wireMessage } from "../support/wire-message.ts";

const words = [
  ...[
    "a",
    "B",
    "x1",
    "你好",
    "，",
    "。",
    "：",
    "（",
    "）",
    "“",
    "”",
    "Ａ",
    "é",
    "😀",
    "👩‍💻",
    " ",
    " ",
    "\n",
  ],
  ...["18:00", "12:30:45", ":heart:", ":100:", ":", "::", "a:b:c", "snake_case", "__init__", "_"],
  ...[
    "(met)",
    "(rol)",
    "(chn)",
    "(emj)",
    "(spl)",
    "(ins)",
    "(font)",
    "(MET)",
    "(new)",
    "all",
    "[1/x]",
  ],
  ...[
    "https://a.cn",
    "https://a.cn/_b_/*c",
    "http://b.cn/x_(y)?z=1&u=:heart:",
    "https://",
    "http://x",
  ],
  ...[
    "https://a.cn/(met)all(met)",
    "https://http://b.cn",
    "www.c.cn",
    "https://例子.中国/路",
    "HTTPS://D.cn/",
  ],
  ...[
    "[",
    "]",
    "(",
    ")",
    "](",
    "<",
    "\\d",
    "&",
    "#",
    "-",
    "+",
    ".",
    "!",
    "|",
    "3~5",
    "~",
    "=",
    "$",
    "@a#1",
  ],
];
const marks = [
  ...[
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    "`",
    "``",
    "```",
    "```js\n",
    "> ",
    "\n> ",
    "- ",
    "1. ",
    "# ",
    "\n---\n",
  ],
  ...[
    "\n\n",
    "\r\n",
    "    ",
    "\\",
    "\\*",
    "\\[",
    "\\`",
    "\\_",
    "![",
    "](https://a.cn)",
    "](https://b.cn/(x))",
    "](met)",
  ],
  ...[
    "[a](https://a.cn)",
    "[https://a.cn](https://a.cn)",
    "<https://c.cn>",
    "<b>",
    "</b>",
    "<!-- x -->",
    "[a]: https://r.cn\n",
  ],
  ...[
    "| a | b |\n|---|--:|\n",
    "| c | d |\n",
    "***\n",
    "===",
    "\u200b",
    "\t",
    "javascript:alert(1)",
    "](",
  ],
];
const joined = (choices: string[], maxLength: number) =>
  fc.array(fc.constantFrom(...choices), { maxLength }).map((chosen) => chosen.join(""));
const anyText = fc.oneof(
  { arbitrary: joined([...words, ...marks], 30), weight: 4 },
  { arbitrary: joined(marks, 20), weight: 2 },
  fc.string({ unit: character }),
  fc.string({ unit: "grapheme-ascii", maxLength: 40 }),
);

const read = (content: string) => kmarkdownText(content, { users: {}, channels: {}, roles: {} });

/** All nodes, parents first. */
function nodesOf(node: Nodes): Nodes[] {
  return [node, ...("children" in node ? node.children.flatMap(nodesOf) : [])];
}

const treeOf = (source: string) => {
  const tree = parseMarkdown(source);
  return tree ? nodesOf(tree) : [];
};

/** Text of the tree in its order, without white space. */
const solid = (text: string) => text.replace(/[\s\u200b]/g, "");
/** Without white space and marks. */
const bare = (text: string) => text.replace(/[\s*_~`\\>]/g, "");
const sourceOf = ({ position }: Nodes, source: string) =>
  source.slice(position?.start.offset, position?.end.offset);

/** Whether the tree is only text: no construct, no escape. */
function isPlain(source: string): boolean {
  const nodes = treeOf(source);
  const isText = nodes.every(({ type }) => ["root", "paragraph", "text", "break"].includes(type));
  return isText && !/\\[!-/:-@[-`{-~]/.test(source);
}

test("text without Markdown is read as it was written", () => {
  let plain = 0;
  fc.assert(
    fc.property(
      fc.oneof(joined(words, 25), joined([...words, "*", "**", "`", "\n\n", "~~"], 12)),
      (text) => {
        const source = text.trim();
        if (!isPlain(source)) return;
        plain += 1;
        const { content } = markdownToKMarkdown(source);
        expect(read(content)).toBe(source);
        // The invisible characters of emoji stay, so nothing is hidden.
        expect(contentOf(wireMessage({ type: 9, content })).text).toBe(source);
      },
    ),
    { numRuns: 3_000 },
  );
  expect(plain).toBeGreaterThan(800);
});

/** An address without what either side may encode. */
const decoded = (address: string) =>
  address.replace(/%[0-7][\dA-F]/gi, (code) => decodeURIComponent(code));

test("nothing is live that the Markdown does not have", () => {
  fc.assert(
    fc.property(anyText, (source) => {
      const { content, links } = markdownToKMarkdown(source);
      const live = liveIn(content);
      expect({ tags: live.tags, emoji: live.emoji, bare: live.bare, odd: live.oddMarks }).toEqual({
        ...{ tags: [], emoji: [], bare: [], odd: [] },
      });
      const lines = unifyLineEnds(source).replace(/^\ufeff/, "");
      const nodes = treeOf(lines);
      const urls = nodes.flatMap((node) => ("url" in node ? [decoded(node.url)] : []));
      const unescaped = decoded(lines.replace(/\\([!-/:-@[-`{-~])/g, "$1"));
      expect([...new Set(live.links.map(({ address }) => address))]).toEqual(links);
      for (const { words, address } of live.links) {
        expect(address).toMatch(/^https?:\/\/[^\s()[\]<>*`\\]+$/i);
        expect(urls.includes(decoded(address)) || unescaped.includes(decoded(address))).toBe(true);
        expect(words.trim()).not.toBe(address);
        expect(words.trim()).not.toBe("");
      }
      const code = nodes.flatMap((node) =>
        node.type === "inlineCode" ? [node.value.replaceAll("\n", " ")] : [],
      );
      for (const value of live.code) expect(code).toContain(value);
      const blocks = nodes.flatMap((node) => (node.type === "code" ? [node.value] : []));
      const hasTable = nodes.some(({ type }) => type === "table");
      for (const value of live.blocks) if (!hasTable) expect(blocks).toContain(value);
      const styled = nodes
        .filter(({ type }) => ["strong", "emphasis", "delete", "heading"].includes(type))
        .map((node) => bare(sourceOf(node, lines)));
      const isIn = (text: string) => styled.some((whole) => whole.includes(bare(text)));
      for (const { text } of live.styled) {
        // Code, links and entities are other words there.
        if (!/[\ue200-\ue202&]|\.cn|\0/.test(text))
          expect([isIn(text), text]).toEqual([true, text]);
      }
      const quotes = nodes.filter(({ type }) => type === "blockquote").length;
      if (quotes === 0) expect(live.quotes).toBe(0);
      const rules = nodes.filter(({ type }) => type === "thematicBreak").length;
      expect(live.rules).toBeLessThanOrEqual(rules);
    }),
    { numRuns: 2_000 },
  );
});

test("no text is lost on the way", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      // An entity is copied as it is typed; the parser replaces this character.
      const source = unifyLineEnds(text).replace(/[&\0\ufeff]/g, "");
      const reading = read(markdownToKMarkdown(source).content);
      let at = 0;
      const wanted = treeOf(source)
        .map((node) => ("value" in node ? node.value : "alt" in node ? (node.alt ?? "") : ""))
        .join("");
      const lost = [...solid(wanted)].find((character) => {
        at = reading.indexOf(character, at) + 1;
        return at === 0;
      });
      expect(lost).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});

test("line ends of every kind are one, and outer white space goes", () => {
  fc.assert(
    fc.property(anyText, (source) => {
      const { content } = markdownToKMarkdown(source);
      expect(content).toBe(markdownToKMarkdown(source.replace(/\r\n?/g, "\n")).content);
      expect(content).not.toMatch(/^\s*\n|\s$/);
    }),
    { numRuns: 500 },
  );
});

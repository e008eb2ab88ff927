// What the documents say beside prose: configurations, programs, links, and that their twins in Chinese say the same.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse as parseToml } from "smol-toml";
import { describe, expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import {
  allBlocks,
  type Block,
  blocksOf,
  chineseOf,
  documents,
  fileText,
  proseOf,
  translated,
} from "./support/documents.ts";
import { expectStarts, variables } from "./support/server-start.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const title = ({ path, text }: Block) => `${path}: ${text.split("\n")[0]}`;

describe("the documents in Chinese", () => {
  /** What a reader sees in place of the English words inside a block. */
  const inChinese = [
    ["paste the bot's token here", "在此粘贴机器人的令牌"],
    ["KOOK bot token", "KOOK 机器人令牌"],
    ["Which private chats have unread messages?", "哪些私信有未读消息？"],
    [
      "// Show a person params.message and the chat in params.requestedSchema, and return what they decide.",
      "// 把 params.message 和 params.requestedSchema 中的会话展示给用户，并返回用户的决定。",
    ],
    ["// for ", "// 用于 "],
    ["# for ", "# 用于 "],
  ] as const;
  const toChinese = (text: string) =>
    inChinese.reduce((result, [en, zh]) => result.replaceAll(en, zh), text);

  const headingsOf = (path: string) =>
    [...proseOf(path).matchAll(/^(#+) /gm)].map(([, level]) => level);
  /** Each row as its code spans, in no order: what is code is the same in both languages. */
  const rowsOf = (path: string) =>
    [...proseOf(path).matchAll(/^\|(.*)\|$/gm)].map(([, row = ""]) => ({
      cells: row.split("|").length,
      code: [...row.matchAll(/`[^`]+`/g)].map(([code]) => code).sort(),
    }));
  const linksOf = (path: string) =>
    [...proseOf(path).matchAll(/\]\(([^)#]*)/g)]
      .map(([, target = ""]) => target.replace(".zh-CN.md", ".md"))
      .filter((target) => !/^(README|tools|hosts|privacy|troubleshooting)\.md$/.test(target))
      .sort();

  test.each(translated)("%s has the same sections, tables, links and blocks", (path) => {
    const chinese = chineseOf(path);
    expect(headingsOf(chinese)).toEqual(headingsOf(path));
    expect(rowsOf(chinese)).toEqual(rowsOf(path));
    expect(linksOf(chinese)).toEqual(linksOf(path));
    const blocks = (of: string) =>
      blocksOf(of).map(({ mark, language, text }) => ({ mark, language, text }));
    expect(blocks(chinese)).toEqual(
      blocks(path).map((block) => ({ ...block, text: toChinese(block.text) })),
    );
  });
});

describe("links", () => {
  /** GitHub's way of making an anchor from a heading. */
  const anchorsOf = (path: string) =>
    [...proseOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M} _-]/gu, "")
        .replaceAll(" ", "-"),
    );

  test.each(documents)("%s leads to files and headings that exist", (path) => {
    for (const [, target = ""] of proseOf(path).matchAll(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      const leadsTo = file === "" ? path : join(dirname(path), file);
      expect(existsSync(join(root, leadsTo)), `${path} → ${target}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(leadsTo), `${path} → ${target}`).toContain(anchor);
    }
  });
});

test("every variable that a document names is a setting, or the example of a typo", () => {
  for (const path of documents) {
    for (const [name] of fileText(path).matchAll(/\bKOOK_[A-Z_]+\b/g)) {
      expect([...variables, "KOOK_READONLY"], path).toContain(name);
    }
  }
});

test("every file of a version that a document names is of this version", () => {
  for (const path of documents) {
    for (const [, version] of fileText(path).matchAll(/kook-chat-mcp-(\d+\.\d+\.\d+)/g)) {
      expect(version, path).toBe(manifest.version);
    }
  }
});

test("every npm script that a document names exists", () => {
  const named = documents.flatMap((path) =>
    [...fileText(path).matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name = ""]) => name),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining([...named, "test"]));
});

interface Entry {
  command: string;
  args: string[];
  env?: Record<string, string>;
}

/** Everything in a configuration that starts a program. */
function entriesIn(value: unknown): Entry[] {
  if (typeof value !== "object" || value === null) return [];
  if ("command" in value && "args" in value) return [value as Entry];
  return Object.values(value).flatMap(entriesIn);
}

function expectEntriesStart(config: unknown, where: string): number {
  const entries = entriesIn(config);
  for (const { command, args, env = {} } of entries) {
    expect(["node", "cmd"], where).toContain(command);
    if (command === "cmd") expect(args.slice(0, 2)).toEqual(["/c", "npx"]);
    expectStarts(args, env, where);
  }
  return entries.length;
}

test("every JSON block parses, and each server entry in one starts the server", () => {
  const blocks = [...allBlocks("json")];
  const started = blocks.map((block) => expectEntriesStart(JSON.parse(block.text), title(block)));
  expect(started.filter((count) => count > 0).length).toBeGreaterThan(16);
  expect(expectEntriesStart(JSON.parse(fileText("mcp.json.example")), "mcp.json.example")).toBe(2);
});

test("every TOML block parses, and its server entry starts the server", () => {
  const blocks = allBlocks("toml");
  expect(blocks.map((block) => expectEntriesStart(parseToml(block.text), title(block)))).toEqual([
    1, 1,
  ]);
});

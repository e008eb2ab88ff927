// The project's documents, and the parts of them that tests compare with the program.
import { readdirSync, readFileSync } from "node:fs";

/** Text of a file of the project. */
export const fileText = (path: string) =>
  readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

const english = (path: string) => path.endsWith(".md") && !path.endsWith(".zh-CN.md");

/** Documents that have a Chinese version. */
export const translated = [
  "README.md",
  "docs/clients.md",
  "docs/from-nothing.md",
  "docs/hosts.md",
  "docs/privacy.md",
  "docs/tools.md",
  "docs/troubleshooting.md",
  // Of the bundle.
  "mcpb/README.md",
];

export const chineseOf = (path: string) => path.replace(/\.md$/, ".zh-CN.md");

/** All documents except the changelog, which describes old versions. */
export const documents = [
  "SECURITY.md",
  "CONTRIBUTING.md",
  ...readdirSync(new URL("../../docs", import.meta.url))
    .map((name) => `docs/${name}`)
    .filter((path) => english(path) && !translated.includes(path)),
  ...translated.flatMap((path) => [path, chineseOf(path)]),
];

export interface Block {
  /** The document that it is in. */
  path: string;
  language: string;
  text: string;
  /** The comment on the line before, such as `shown: no token`. */
  mark: string | undefined;
}

/** The fenced blocks of a document. */
export function blocksOf(path: string): Block[] {
  const fences = /(?:^<!-- (.+) -->\n)?^( *)```(\w*)\n([\s\S]*?)\n^\2```$/gm;
  return [...fileText(path).matchAll(fences)].map(
    ([, mark, indent = "", language = "", text = ""]) => ({
      path,
      language,
      // In a list a block is indented.
      text: text.replace(new RegExp(`^${indent}`, "gm"), ""),
      mark,
    }),
  );
}

/** The blocks of all documents in one language. */
export function allBlocks(language: string): Block[] {
  return documents.flatMap(blocksOf).filter((block) => block.language === language);
}

/** A document without its fenced blocks. */
export const proseOf = (path: string) => fileText(path).replace(/^( *)```[\s\S]*?^\1```$/gm, "");

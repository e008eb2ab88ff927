// The project's documents, and the parts of them that tests compare with the program.
import { readdirSync, readFileSync } from "node:fs";

/** Text of a file of the project. */
export const fileText = (path: string) =>
  readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

export const chineseOf = (path: string) => path.replace(/\.md$/, ".zh-CN.md");

const filesIn = (folder: string) =>
  readdirSync(new URL(`../../${folder}`, import.meta.url)).map((name) => `${folder}${name}`);

/** Documents that have a Chinese version. */
export const translated = ["", "docs/", "mcpb/"]
  .flatMap(filesIn)
  .filter((path, _, files) => path.endsWith(".md") && files.includes(chineseOf(path)));

/** All documents except the changelog, which describes old versions. */
export const documents = [
  "SECURITY.md",
  "CONTRIBUTING.md",
  ...filesIn("docs/").filter(
    (path) => /(?<!\.zh-CN)\.md$/.test(path) && !translated.includes(path),
  ),
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

// Writes KMarkdown: each block on its own lines, quotes closed by an empty line, the rest line by line.
import { escapedLine, escapedWords, type Part, pairedTags } from "./kmarkdown-escape.ts";
import { type Leaf, markedLeaves } from "./kmarkdown-marks.ts";
import { bareAddresses, linkTo } from "./web-link.ts";

/** A code block or a rule. */
interface Block {
  type: "block";
  text: string;
}
interface Quote {
  type: "quote";
  items: Item[];
}
export type Item = Leaf | Block | Quote;
/** Leaves in a row, or one block or quote. */
type Section = Leaf[] | Block | Quote;

export interface KMarkdown {
  content: string;
  /** The addresses of all live links, in order, each once. */
  links: string[];
}

export function writeKMarkdown(items: Item[]): KMarkdown {
  const writer = new Writer(items);
  const content = writer.sections(items);
  // Without empty lines at the start and white space at the end, as our reader has it.
  const first = content.length - content.trimStart().length;
  return {
    content: content.slice(content.lastIndexOf("\n", first - 1) + 1).trimEnd(),
    links: [...writer.links],
  };
}

class Writer {
  readonly links = new Set<string>();
  readonly #tags: ReadonlySet<string>;

  constructor(items: Item[]) {
    this.#tags = pairedTags(items.map(literalText).join(""));
  }

  sections(items: Item[]): string {
    let out = "";
    /** Line ends that have to come before more text. */
    let owed = 0;
    for (const section of inSections(items)) {
      const isText = Array.isArray(section);
      if (!isText) {
        out = withoutIndent(out);
        owed = Math.max(owed, out === "" ? 0 : 1);
      }
      let text = this.#section(section);
      // White space in the empty line would leave a quote open.
      if (owed > 0) text = text.replace(/^(?:[^\S\n]*\n)+/, (lines) => lines.replace(/[^\n]/g, ""));
      out += "\n".repeat(Math.max(0, owed - lineEndsAfter(out) - lineEndsBefore(text))) + text;
      if (!isText) owed = section.type === "quote" ? 2 : 1;
      else if (text.trim() !== "") owed = 0;
    }
    return out;
  }

  #section(section: Section): string {
    if (Array.isArray(section)) return this.#flow(section);
    return section.type === "block" ? section.text : this.#quote(section);
  }

  /**
   * KOOK's quote lasts until an empty line, and starts with no white space (seen in Kook.Net). So each paragraph is a
   * quote, and a block is none: what an empty line in code does to the quote is not known.
   */
  #quote({ items }: Quote): string {
    const paragraphs = inSections(items).flatMap((section) => {
      const text = this.#section(section);
      if (!Array.isArray(section)) return [text];
      return text
        .split(/\n(?:[^\S\n]*\n)+/)
        .map((paragraph) => paragraph.trim())
        .filter((paragraph) => paragraph !== "")
        .map((paragraph) => `> ${paragraph}`);
    });
    return paragraphs.join("\n\n");
  }

  #flow(leaves: Leaf[]): string {
    return inLines(leaves.flatMap(withLinks))
      .map((line) => this.#line(line))
      .join("\n");
  }

  #line(line: Leaf[]): string {
    const parts: Part[] = [];
    const add = (text: string, isLiteral = false) => {
      const last = parts.at(-1);
      if (last?.isLiteral === isLiteral) last.text += text;
      else if (text !== "") parts.push({ text, isLiteral });
    };
    for (const { leaf, opened, closed } of markedLeaves(line)) {
      add(opened.map(({ mark }) => mark).join(""));
      if (leaf.type === "link") add(this.#link(leaf));
      // Code right after code would be one with it; after a backslash it may be escaped.
      else if (leaf.type === "code" && !/[\\`]$/.test(parts.at(-1)?.text ?? ""))
        add(`\`${leaf.text}\``);
      else add(leaf.text, true);
      add(closed.map(({ mark }) => mark).join(""));
    }
    return escapedLine(parts, this.#tags);
  }

  #link({ text, address }: { text: string; address: string }): string {
    this.links.add(address);
    return `[${escapedWords(text, this.#tags)}](${address})`;
  }
}

/** Text that is not code. */
function literalText(item: Item): string {
  if (item.type === "quote") return item.items.map(literalText).join("");
  return item.type === "text" || item.type === "link" ? item.text : " ";
}

function inSections(items: Item[]): Section[] {
  const sections: Section[] = [];
  for (const item of items) {
    const last = sections.at(-1);
    if (item.type === "block" || item.type === "quote") sections.push(item);
    else if (Array.isArray(last)) last.push(item);
    else sections.push([item]);
  }
  return sections;
}

/** Bare addresses as links with other words than the address: KOOK shows no preview of these. */
function withLinks(leaf: Leaf): Leaf[] {
  if (leaf.type !== "text") return [leaf];
  const { text, styles } = leaf;
  const leaves: Leaf[] = [];
  let at = 0;
  for (const { start, end } of bareAddresses(text)) {
    const address = text.slice(start, end);
    const link = linkTo(address, address);
    if (!link) continue;
    leaves.push({ ...leaf, text: text.slice(at, start) }, { type: "link", ...link, styles });
    at = end;
  }
  leaves.push({ ...leaf, text: text.slice(at) });
  return leaves;
}

function inLines(leaves: Leaf[]): Leaf[][] {
  const lines: Leaf[][] = [[]];
  for (const leaf of leaves) {
    // Of the leaves, only text has line ends.
    const [first = "", ...rest] = leaf.text.split("\n");
    lines.at(-1)?.push({ ...leaf, text: first });
    for (const text of rest) lines.push([{ ...leaf, text }]);
  }
  return lines;
}

/** Without white space in the last line, if it has nothing else: the indent of a block in a list. */
function withoutIndent(text: string): string {
  const start = text.lastIndexOf("\n") + 1;
  return text.slice(start).trim() === "" ? text.slice(0, start) : text;
}

function lineEndsAfter(text: string): number {
  let count = 0;
  while (text.at(-1 - count) === "\n") count += 1;
  return count;
}

function lineEndsBefore(text: string): number {
  let count = 0;
  while (text[count] === "\n") count += 1;
  return count;
}

// Markdown, which a language model writes, as KMarkdown, which KOOK shows. Converts what KMarkdown has; copies all else
// from the source as literal text, so that nothing is lost and nothing comes alive.
import type {
  Blockquote,
  Code,
  Delete,
  Emphasis,
  Image,
  InlineCode,
  Link,
  Nodes,
  Parents,
  Root,
  Strong,
  Table,
} from "mdast";
import { sendableLine } from "../text/sendable.ts";
import { unifyLineEnds } from "../text/untrusted.ts";
import type { Style, Styles } from "./kmarkdown-marks.ts";
import { type Item, type KMarkdown, writeKMarkdown } from "./kmarkdown-writer.ts";
import { endOf, parseMarkdown, startOf } from "./markdown-parser.ts";
import { tableText } from "./markdown-table.ts";
import { hasPairedBrackets, linkTo } from "./web-link.ts";

export function markdownToKMarkdown(markdown: string): KMarkdown {
  // The parser does not count a byte order mark.
  const source = unifyLineEnds(markdown).replace(/^\ufeff/, "");
  try {
    const tree = parseMarkdown(source);
    if (tree) return writeKMarkdown(new Converter(source).convert(tree));
  } catch {
    // Deep nesting may overflow the stack.
  }
  return writeKMarkdown([{ type: "text", text: source, styles: [] }]);
}

class Converter {
  readonly #source: string;
  #items: Item[] = [];
  #isQuoted = false;
  #styles: Styles = [];

  constructor(source: string) {
    this.#source = source;
  }

  convert(tree: Root): Item[] {
    let at = 0;
    for (const node of tree.children) {
      this.#copy(at, startOf(node));
      if (node.type === "blockquote") this.#quote(node);
      else if (node.type === "thematicBreak") this.#items.push({ type: "block", text: "---" });
      else this.#node(node);
      at = endOf(node);
    }
    this.#copy(at, this.#source.length);
    return this.#items;
  }

  #node(node: Nodes): void {
    if (node.type === "text") this.#add(this.#slice(node).replace(/\\([!-/:-@[-`{-~])/g, "$1"));
    else if (isStyle(node)) this.#styled(node, node.type);
    else if (node.type === "heading" && node.children.length > 0) this.#styled(node, "strong");
    else if (node.type === "inlineCode") this.#inlineCode(node);
    else if (node.type === "code") this.#code(node);
    else if (node.type === "link" && linkTo("", node.url)) this.#link(node);
    else if (node.type === "image") this.#image(node);
    else if (node.type === "table") this.#table(node);
    else if ("children" in node) this.#parent(node);
    else this.#literal(node);
  }

  #literal(node: Nodes): void {
    this.#copy(startOf(node), endOf(node));
  }

  /** A node whose own marks stay literal, such as a list. */
  #parent(node: Parents): void {
    this.#children(node, startOf(node), endOf(node));
  }

  #children(node: Parents, start: number, end: number): void {
    let at = start;
    for (const child of node.children) {
      this.#copy(at, startOf(child));
      this.#node(child);
      at = endOf(child);
    }
    this.#copy(at, end);
  }

  #styled(node: Parents, kind: Style["kind"]): void {
    const outer = this.#styles;
    this.#styles = withStyle(outer, kind);
    this.#inside(node);
    this.#styles = outer;
  }

  /**
   * KMarkdown's code holds no back-tick. A backslash before one may be an escape (Kook.Net writes them), which would
   * leave the code open.
   */
  #inlineCode(node: InlineCode): void {
    const value = node.value.replaceAll("\n", " ");
    if (/`|\\$/.test(value) || value.trim() === "") this.#literal(node);
    else this.#items.push({ type: "code", text: value, styles: this.#styles });
  }

  /** Indented code stays text: in a chat, an indent is more often only an indent. */
  #code(node: Code): void {
    const isFenced = /[`~]/.test(this.#source[startOf(node)] ?? "");
    const info = sendableLine([node.lang, node.meta].filter(Boolean).join(" "));
    const isWhole = !node.value.includes("```") && !info.includes("`") && node.value.trim() !== "";
    if (isFenced && isWhole) this.#block(`${info}\n${node.value}`);
    else this.#literal(node);
  }

  #quote(node: Blockquote): void {
    this.#isQuoted = true;
    const items = this.#apart(() => this.#parent(node));
    this.#isQuoted = false;
    this.#items.push({ type: "quote", items });
  }

  /**
   * Whether KOOK shows marks in the words of a link is not known: marks around all words go around the link, others are
   * dropped. Words with an unpaired bracket or an image go before the link.
   */
  #link(node: Link): void {
    const outer = this.#styles;
    let words: Parents = node;
    for (let style = onlyStyle(words); style; style = onlyStyle(words)) {
      this.#styles = withStyle(this.#styles, style.type);
      words = style;
    }
    const items = this.#apart(() => this.#inside(words));
    const isAutolink = this.#source[startOf(node)] === "<";
    const text = isAutolink ? this.#slice(node).slice(1, -1) : items.map(textOf).join("");
    if (hasPairedBrackets(text) && items.every(({ type }) => type !== "link")) {
      this.#addLink(text, node);
    } else {
      for (const item of items) this.#items.push(item);
      this.#add(" ");
      this.#addLink("", node);
    }
    this.#styles = outer;
  }

  /** The parser drops the address of a link in an image's words: such an image stays literal. */
  #image(node: Image): void {
    const alt = sendableLine(node.alt ?? "");
    const holdsLink = this.#slice(node).split("](").length > 2;
    if (holdsLink || !hasPairedBrackets(alt) || !this.#addLink(alt, node)) this.#literal(node);
  }

  /** KMarkdown has no titles: a title goes after the link. @returns false for an address that KOOK does not link */
  #addLink(words: string, { url, title }: Link | Image): boolean {
    const link = linkTo(words, url);
    if (!link) return false;
    this.#items.push({ type: "link", ...link, styles: this.#styles });
    const note = sendableLine(title ?? "").trim();
    if (note !== "") this.#add(` "${note}"`);
    return true;
  }

  #table(node: Table): void {
    const rows = node.children.map(({ children }) =>
      children.map((cell) => {
        const items = this.#apart(() => this.#inside(cell));
        return items.map(textWithAddress).join("").trim();
      }),
    );
    const text = tableText(rows, node.align ?? []);
    if (text.includes("```")) this.#parent(node);
    else this.#block(`\n${text}`);
  }

  #block(code: string): void {
    this.#items.push({ type: "block", text: `\`\`\`${code}\n\`\`\`` });
  }

  #inside(node: Parents): void {
    const [first] = node.children;
    const last = node.children.at(-1);
    if (first && last) this.#children(node, startOf(first), endOf(last));
  }

  /** Runs a conversion and returns its items instead of adding them. */
  #apart(convert: () => void): Item[] {
    const outer = this.#items;
    this.#items = [];
    convert();
    const items = this.#items;
    this.#items = outer;
    return items;
  }

  #slice(node: Nodes): string {
    return this.#between(startOf(node), endOf(node));
  }

  /** Source without the marks of the quote around it. */
  #between(start: number, end: number): string {
    const text = this.#source.slice(start, end);
    if (!this.#isQuoted) return text;
    const lineStart = this.#source.lastIndexOf("\n", start - 1) + 1;
    const isLineStart = this.#source.slice(lineStart, start).trim() === "";
    const lines = text.replace(/\n {0,3}> ?/g, "\n");
    return isLineStart ? lines.replace(/^ {0,3}> ?/, "") : lines;
  }

  #copy(start: number, end: number): void {
    this.#add(this.#between(start, end));
  }

  /** Joins text of the same style, so that an address or an emoji across a seam is found. */
  #add(text: string): void {
    const last = this.#items.at(-1);
    if (last?.type === "text" && last.styles === this.#styles) last.text += text;
    else if (text !== "") this.#items.push({ type: "text", text, styles: this.#styles });
  }
}

/** Bold in bold is bold. A new list all the same: text is not joined across the marks. */
function withStyle(styles: Styles, kind: Style["kind"]): Styles {
  return styles.some((style) => style.kind === kind) ? [...styles] : [...styles, { kind }];
}

function isStyle(node: Nodes): node is Strong | Emphasis | Delete {
  return node.type === "strong" || node.type === "emphasis" || node.type === "delete";
}

/** The only child, if it is bold, italic or struck. */
function onlyStyle({ children }: Parents): Strong | Emphasis | Delete | undefined {
  const [only] = children;
  return children.length === 1 && only && isStyle(only) ? only : undefined;
}

function textOf(item: Item): string {
  return item.type === "quote" ? "" : item.text;
}

/** A link as our reader shows it. */
function textWithAddress(item: Item): string {
  if (item.type !== "link") return textOf(item);
  const { text, address } = item;
  return address.endsWith(`//${text}`) ? address : `${text} <${address}>`;
}

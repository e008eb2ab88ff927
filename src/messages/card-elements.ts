// The parts of a card's modules: texts, images, buttons, paragraphs. Source: KOOK's "卡片消息".
import { unifyLineEnds } from "../text/untrusted.ts";
import { type Attachment, attachmentOf, cut, webAddress } from "./attachments.ts";
import { kmarkdownText, type Mentions } from "./kmarkdown.ts";

export type Json = Record<string, unknown>;

/** KOOK's own limits. More is counted, not shown. */
const MAX_FIELDS = 50;
const MAX_COLUMNS = 3;
/** Bound for a word that only names something: a type, a countdown's mode. */
const MAX_WORD = 32;

/** Reads elements and collects the images among them. */
export class Elements {
  readonly attachments: Attachment[] = [];
  readonly #mentions: Mentions;

  constructor(mentions: Mentions) {
    this.#mentions = mentions;
  }

  /** A text element or a bare string; a section may have a paragraph instead. */
  text(element: unknown): string {
    if (!isMap(element)) return words(element);
    if (element["type"] === "paragraph") return this.#paragraph(element);
    return this.#leaf(element);
  }

  /** Anything that stands in a line with others. */
  inline(element: unknown): string {
    if (!isMap(element)) return oneLine(words(element));
    if (element["type"] === "image") return this.image(element);
    return element["type"] === "button" ? this.button(element) : oneLine(this.#leaf(element));
  }

  image(element: unknown): string {
    if (!isMap(element)) return "";
    const name = words(element["alt"]) || words(element["title"]);
    this.attachments.push(attachmentOf("image", { url: element["src"], name }));
    return label("image", name);
  }

  /** The value of a button that returns it is data for the bot, and a place to hide text from people: not shown. */
  button(element: unknown): string {
    if (!isMap(element)) return "";
    const text = JSON.stringify(oneLine(this.#leaf(element["text"])));
    const address = element["click"] === "link" ? webAddress(element["value"]) : "";
    return address === "" ? `[button ${text}]` : `[button ${text} → ${address}]`;
  }

  /** Rows of up to three fields. */
  #paragraph(element: Json): string {
    const fields = listOf(element["fields"]);
    const columns = Math.min(Math.max(Math.trunc(Number(element["cols"])) || 1, 1), MAX_COLUMNS);
    const read = fields.slice(0, MAX_FIELDS).map((field) => oneLine(this.#leaf(field)));
    const rows: string[] = [];
    for (let at = 0; at < read.length; at += columns) {
      rows.push(joined(read.slice(at, at + columns), " | "));
    }
    return joined([...rows, more(fields.length - MAX_FIELDS, "field")], "\n");
  }

  /** Plain text or KMarkdown. Reads nothing inside it, so that nested elements cannot exhaust the stack. */
  #leaf(element: unknown): string {
    if (!isMap(element)) return words(element);
    const content = words(element["content"]);
    if (element["type"] !== "kmarkdown") return content;
    return kmarkdownText(content, this.#mentions).trim();
  }
}

export function isMap(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Trimmed text; a number becomes its digits, anything else is none. */
export function words(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? value.trim() : "";
}

function oneLine(text: string): string {
  return unifyLineEnds(text).replace(/\n+/g, " ");
}

/** `[image]`, `[image a cat]`, `[file: a.pdf]`. */
export function label(name: string, text: string, separator = " "): string {
  return text === "" ? `[${name}]` : `[${name}${separator}${oneLine(text)}]`;
}

export function typeName(value: unknown): string {
  return cut(words(value), MAX_WORD) || "unknown";
}

export function joined(texts: string[], separator: string): string {
  return texts.filter((text) => text !== "").join(separator);
}

/** "" where nothing was left out. */
export function more(count: number, noun: string): string {
  return count > 0 ? `[${count} more ${noun}${count === 1 ? "" : "s"}]` : "";
}

// KMarkdown as text for a model. Source: KOOK's "KMarkdown 语法". Bold, italic and strike keep their marks. Escapes are
// undone outside code. Incomplete constructs stay as typed. One pass, linear in the length.
import type { WireMessage } from "../kook/wire/message.ts";
import { harmlessName, unifyLineEnds } from "../text/untrusted.ts";

export type Mentions = WireMessage["mentions"];

const special = /[\\`[\]()\n]/g;
/** KOOK removes a backslash before punctuation, but not before `_` (seen in satori and koishi). */
const punctuation = /[!-/:-@[-^`{-~]/;
/**
 * `(met)1(met)`. The value may be any short text. A zero-width character in it means that the sender broke the mention on
 * purpose, as Kook.Net does.
 */
const valueTag = /\((met|chn|rol|emj)\)([^()\n\u200b-\u200d\u2060\ufeff]{0,64})\(\1\)/y;
const emojiId = /\[[\w/-]{0,64}\]/y;
const pairTag = /\((ins|spl|font)\)/y;
const fontTheme = /\[\w{0,16}\]/y;
/**
 * The end of a link. The address may have pairs of brackets and escapes. It is bounded, and stops at the next `](`, so that
 * a row of beginnings takes linear time; no text matches two alternatives, so that a mismatch does not backtrack.
 */
const linkEnd =
  /\]\((https?:\/\/(?:\\[!-/:-@[-^`{-~]|\\(?![!-/:-@[-^`{-~])|[^\s()\\]|\([^\s()\\]*\)){1,2048})\)/iy;

/** @returns text that may have newlines and still has its invisible characters */
export function kmarkdownText(source: string, mentions: Mentions): string {
  return new Reader(unifyLineEnds(source), mentions).read();
}

class Reader {
  readonly #source: string;
  readonly #mentions: Mentions;
  /** Position in the source. */
  #at = 0;
  readonly #out: string[] = [];
  /** Where in `#out` a tag was opened. The text there is the tag itself until the second one closes it. */
  readonly #opened = new Map<string, number>();
  /** Where in `#out` the last `[` of the line is, and how many escaped ones after it are not closed. */
  #bracket: { index: number; escaped: number } | undefined;
  #quoted = false;
  #fencesEnded = false;

  constructor(source: string, mentions: Mentions) {
    this.#source = source;
    this.#mentions = mentions;
  }

  read(): string {
    this.#lineStart();
    while (this.#at < this.#source.length) {
      special.lastIndex = this.#at;
      const next = special.exec(this.#source)?.index ?? this.#source.length;
      if (next > this.#at) this.#emit(this.#source.slice(this.#at, next), next);
      if (next < this.#source.length) this.#construct(this.#source[next] ?? "");
    }
    return this.#out.join("");
  }

  #construct(character: string): void {
    if (character === "\\") this.#escape();
    else if (character === "`") this.#code();
    else if (character === "\n") this.#lineEnd();
    else if (character === "[") this.#openBracket();
    else if (character === "]") this.#closeBracket();
    else if (!this.#tag()) this.#literal();
  }

  #emit(text: string, end: number): void {
    this.#out.push(text);
    this.#at = end;
  }

  #literal(length = 1): void {
    this.#emit(this.#source.slice(this.#at, this.#at + length), this.#at + length);
  }

  #match(pattern: RegExp, at = this.#at): RegExpExecArray | null {
    pattern.lastIndex = at;
    return pattern.exec(this.#source);
  }

  #escape(): void {
    const escaped = this.#source[this.#at + 1] ?? "";
    const bracket = this.#bracket;
    if (bracket && escaped === "[") bracket.escaped += 1;
    if (bracket && escaped === "]" && bracket.escaped > 0) bracket.escaped -= 1;
    if (punctuation.test(escaped)) this.#emit(escaped, this.#at + 2);
    else this.#literal();
  }

  /** Code keeps its back-ticks, escapes and tags. A block may span lines, inline code may not. */
  #code(): void {
    const at = this.#at;
    if (this.#source.startsWith("```", at)) {
      const end = this.#fencesEnded ? -1 : this.#source.indexOf("```", at + 3);
      this.#fencesEnded = end === -1;
      const block = this.#source.slice(at, at + 3 + (end === -1 ? 0 : end - at));
      this.#emit(this.#quoted ? block.replaceAll("\n", "\n> ") : block, at + block.length);
    } else {
      const end = this.#source.indexOf("`", at + 1);
      const isCode = end > at + 1 && !this.#source.slice(at, end).includes("\n");
      this.#literal(isCode ? end + 1 - at : 1);
    }
  }

  /** A quote lasts until an empty line. */
  #lineEnd(): void {
    this.#bracket = undefined;
    const ends = this.#quoted && this.#source[this.#at + 1] === "\n";
    if (ends) this.#quoted = false;
    this.#literal(ends ? 2 : 1);
    this.#lineStart();
  }

  #lineStart(): void {
    if (this.#source.startsWith("> ", this.#at)) {
      this.#quoted = true;
      this.#literal(2);
    } else if (this.#quoted && this.#at < this.#source.length) {
      this.#emit("> ", this.#at);
    }
  }

  #openBracket(): void {
    this.#bracket = { index: this.#out.length, escaped: 0 };
    this.#literal();
  }

  #closeBracket(): void {
    const bracket = this.#bracket;
    this.#bracket = undefined;
    const link = bracket?.escaped === 0 ? this.#match(linkEnd) : null;
    if (bracket && link) this.#link(bracket.index, link);
    else this.#literal();
  }

  #link(start: number, link: RegExpExecArray): void {
    const address = unescaped(link[1] ?? "");
    const words = this.#out.slice(start + 1).join("");
    const end = this.#at + link[0].length;
    const isAddress = spelled(words) === spelled(address);
    if (words.trim() === "" || isAddress) {
      this.#out.length = start;
      for (const [tag, index] of this.#opened) {
        if (index >= start) this.#opened.delete(tag);
      }
      // The words have the address as its writer wrote it.
      this.#emit(isAddress ? schemeOf(address) + withoutScheme(words) : address, end);
    } else {
      this.#out[start] = "";
      this.#emit(` <${address}>`, end);
    }
  }

  #tag(): boolean {
    const value = this.#match(valueTag);
    if (value) {
      const [all, tag = "", name = ""] = value;
      const end = this.#at + all.length;
      const id = tag === "emj" ? this.#match(emojiId, end) : null;
      this.#emit(this.#named(tag, unescaped(name)), end + (id?.[0].length ?? 0));
      return true;
    }
    const pair = this.#match(pairTag);
    if (pair) this.#pair(pair[0]);
    return pair !== null;
  }

  #named(tag: string, value: string): string {
    const { users, channels, roles } = this.#mentions;
    if (tag === "emj") return `:${value}:`;
    if (tag === "chn") return `#${nameIn(channels, value)}`;
    if (tag === "rol") return `@role:${nameIn(roles, value)}`;
    return `@${nameIn(users, value)}`;
  }

  /** The same tag opens and closes. */
  #pair(tag: string): void {
    const opened = this.#opened.get(tag);
    if (opened === undefined) {
      this.#opened.set(tag, this.#out.length);
      this.#literal(tag.length);
    } else {
      this.#opened.delete(tag);
      const isSpoiler = tag === "(spl)";
      this.#out[opened] = isSpoiler ? "[spoiler: " : "";
      const end = this.#at + tag.length;
      const theme = tag === "(font)" ? this.#match(fontTheme, end) : null;
      this.#emit(isSpoiler ? "]" : "", end + (theme?.[0].length ?? 0));
    }
  }
}

/** The ids are a stranger's: `constructor` must not find what every object has. */
function nameIn(names: Record<string, string>, id: string): string {
  return (Object.hasOwn(names, id) && harmlessName(names[id] ?? "")) || id;
}

function unescaped(text: string): string {
  return text.replace(/\\([!-/:-@[-^`{-~])/g, "$1");
}

/** An address without its scheme; what our writer encodes in it is as it was. */
function spelled(text: string): string {
  return withoutScheme(text).replace(/%(?:28|29|2A|3A|7E)/gi, decodeURIComponent);
}

function schemeOf(address: string): string {
  return address.slice(0, address.length - withoutScheme(address).length);
}

function withoutScheme(text: string): string {
  return text.replace(/^https?:\/\//i, "");
}

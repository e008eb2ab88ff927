// Sanitizes text that strangers wrote (usernames, messages) before a model reads it. Removes invisible characters and
// line breaks, which would forge a line of output.

/** A name is cut after this many code points or bytes, so that a stranger cannot fill a model's context. */
const MAX_NAME_LENGTH = 32;
const MAX_NAME_BYTES = 64;

/**
 * Text with nothing to remove: the usual letters and punctuation of Latin, Greek, Cyrillic, kana, Chinese and Hangul, and
 * emoji of one code point. Most texts match, and the patterns below take much longer.
 */
const ordinary =
  /^[\t\n -~\u00c0-\u024f\u0391-\u03c9\u0410-\u044f\u2014\u2018-\u201d\u2026\u3001-\u3020\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff5e\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6c5}\u{1f900}-\u{1f9ff}]*$/u;

/** Compiled for the first text that needs them: Unicode's list of emoji takes 10 ms to compile, a third of a start. */
let patterns: Record<"invisible" | "invisibleInLines" | "surplusMarks", RegExp> | undefined;

function compile() {
  // Kept whole: emoji sequences (their joiners and tags are invisible characters), and a Chinese character with its
  // variation selector. Removed: controls, bidi and other format characters, lone surrogates, line separators, the blank
  // Braille pattern, and all that Unicode draws as nothing.
  // The lookahead spares most characters the search through Unicode's list: a sequence with an invisible part has one of
  // these second.
  const sequences =
    /(?=\p{Emoji}[\u{200D}\u{FE0F}\p{Emoji_Modifier}\u{E0020}-\u{E007F}])\p{RGI_Emoji}|\p{Script=Han}[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/v;
  const invisible =
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]/v;
  // Vietnamese needs two accents on a letter, and no script needs five marks; more only cover the lines around.
  const accent = /[\p{Script=Inherited}&&\p{M}]/v.source;
  return {
    invisible: new RegExp(`(${sequences.source})|${invisible.source}`, "gv"),
    // Tabs and newlines are part of a text of several lines.
    invisibleInLines: new RegExp(`(${sequences.source})|[${invisible.source}--[\\t\\n]]`, "gv"),
    surplusMarks: new RegExp(`(${accent}{2})${accent}+|(\\p{M}{4})\\p{M}+`, "gv"),
  };
}

/** A username: one line of visible characters, at most 32 of them. */
export function harmlessName(name: string): string {
  return harmlessText(name, MAX_NAME_LENGTH, MAX_NAME_BYTES);
}

/** One line of visible characters, cut after this many code points or bytes of UTF-8. */
export function harmlessText(text: string, maxLength: number, maxBytes = 4 * maxLength): string {
  // Cut before cleaning: megabytes of hostile text must not block the process.
  const visible = removeInvisible(text.slice(0, 16 * maxLength));
  // A UTF-16 unit has at most 3 bytes of UTF-8.
  if (visible.length <= maxLength && 3 * visible.length <= maxBytes) return visible;
  const points: string[] = [];
  let bytes = 0;
  for (const point of visible) {
    bytes += bytesOf(point);
    if (points.length === maxLength || bytes > maxBytes) {
      // A cut through an emoji sequence leaves an invisible part of it at the end.
      return `${removeInvisible(points.join(""))}…`;
    }
    points.push(point);
  }
  return visible;
}

/** The text as a JSON string: on one line, without invisible characters, cut after this many code points. */
export function quoted(text: string, maxLength = 64): string {
  return JSON.stringify(harmlessText(text, maxLength));
}

export interface VisibleText {
  text: string;
  /** Characters removed. */
  hidden: number;
}

/**
 * A text of several lines without invisible characters. Keeps tabs, blank lines and indents; every kind of line end
 * becomes a newline, which is not counted.
 */
export function visibleText(text: string): VisibleText {
  const lines = unifyLineEnds(text);
  if (ordinary.test(lines)) return { text: lines, hidden: 0 };
  patterns ??= compile();
  let hidden = 0;
  const visible = lines
    .replace(patterns.invisibleInLines, (_match, sequence?: string) => {
      if (sequence !== undefined) return sequence;
      hidden += 1;
      return "";
    })
    .replace(patterns.surplusMarks, (marks: string, two?: string, four?: string) => {
      const kept = two ?? four ?? "";
      hidden += Array.from(marks.slice(kept.length)).length;
      return kept;
    });
  return { text: visible, hidden };
}

/** Writes every kind of line end as a newline. */
export function unifyLineEnds(text: string): string {
  return text.replace(/\r\n?|[\v\f\u0085\u2028\u2029]/g, "\n");
}

/** Collapses white space and removes invisible characters. */
export function removeInvisible(text: string): string {
  const spaced = text.replace(/\s+/g, " ");
  if (ordinary.test(spaced)) return spaced.trim();
  patterns ??= compile();
  return spaced
    .replace(patterns.invisible, (_match, sequence?: string) => sequence ?? "")
    .replace(patterns.surplusMarks, "$1$2")
    .replace(/ {2,}/g, " ")
    .trim();
}

/** Bytes of a code point in UTF-8. */
function bytesOf(point: string): number {
  const code = point.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x1_0000 ? 3 : 4;
}

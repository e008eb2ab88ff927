// Usernames are chosen by strangers, and a model reads them. What cannot be seen, or forges a line, is taken out here.

/** A name is cut after so many code points, or bytes of UTF-8: a stranger must not be able to fill a model's context. */
const MAX_LENGTH = 32;
const MAX_BYTES = 64;

/** Nothing in it is invisible, or a mark on a letter. */
const ordinary = /^[ -~\u4e00-\u9fff]*$/;

/** Made for the first text that needs them: Unicode's list of emoji takes 10 ms to compile, a third of a start. */
let patterns: ReturnType<typeof compile> | undefined;

function compile() {
  // What stays whole: an emoji sequence (its joiners and tags are otherwise invisible characters), and a Chinese
  // character with its variation selector. What goes: controls, bidi and other format characters, lone surrogates,
  // line separators, the empty pattern of Braille, and all that Unicode says is drawn as nothing.
  const sequences = /\p{RGI_Emoji}|\p{Script=Han}[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/v;
  const invisible =
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]/v;
  // Vietnamese needs two accents on a letter, and no script needs five marks; more only bury the lines around.
  const accent = /[\p{Script=Inherited}&&\p{M}]/v.source;
  return {
    /** Without any of these the other two have nothing to do, and they take much longer. */
    suspicious: new RegExp(`${invisible.source}|\\p{M}`, "v"),
    kept: new RegExp(`(${sequences.source})|${invisible.source}`, "gv"),
    marks: new RegExp(`(${accent}{2})${accent}+|(\\p{M}{4})\\p{M}+`, "gv"),
  };
}

/** Most names: nothing in them to take out, and short enough whatever they cost. */
const plain = /^(?! )(?!.* {2})[ -~\u4e00-\u9fff]{1,20}(?<! )$/;

/** A name without what could mislead a reader: one line, only what can be seen, not long. */
export function harmlessName(name: string): string {
  return plain.test(name) ? name : harmlessText(name, MAX_LENGTH, MAX_BYTES);
}

/** Text of unknown origin without what could mislead a reader, cut after so many code points or bytes of UTF-8. */
export function harmlessText(text: string, maxLength: number, maxBytes = 4 * maxLength): string {
  // Cut first to a bound that no honest text reaches, so that a hostile one costs no time.
  const visible = removeInvisible(text.slice(0, 16 * maxLength));
  const points: string[] = [];
  let bytes = 0;
  for (const point of visible) {
    bytes += bytesOf(point);
    if (points.length === maxLength || bytes > maxBytes) {
      // A cut through an emoji sequence would leave one of its invisible parts at the end.
      return `${removeInvisible(points.join(""))}…`;
    }
    points.push(point);
  }
  return visible;
}

/** The text quoted, on one line, without invisible characters, cut after so many code points. */
export function quoted(text: string, maxLength = 64): string {
  return JSON.stringify(harmlessText(text, maxLength));
}

/** Bytes of a code point in UTF-8. */
function bytesOf(point: string): number {
  const code = point.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x1_0000 ? 3 : 4;
}

/** Collapses white space and removes what cannot be seen. */
export function removeInvisible(text: string): string {
  const spaced = text.replace(/\s+/g, " ");
  if (ordinary.test(spaced)) return spaced.trim();
  patterns ??= compile();
  const { suspicious, kept, marks } = patterns;
  if (!suspicious.test(spaced)) return spaced.trim();
  return spaced
    .replace(kept, (_match, sequence?: string) => sequence ?? "")
    .replace(marks, "$1$2")
    .replace(/ {2,}/g, " ")
    .trim();
}

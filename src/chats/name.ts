// Usernames are chosen by strangers, and a model reads them. What cannot be seen, or forges a line, is taken out here.

/** Code points that a name may have before it is cut. */
const MAX_LENGTH = 64;

// What stays whole: an emoji sequence (its joiners and tags are otherwise invisible characters), and a Chinese
// character with its variation selector. What goes: controls, bidi and other format characters, lone surrogates,
// line separators, and all that Unicode says is drawn as nothing.
const sequences = /\p{RGI_Emoji}|\p{Script=Han}[\u{FE00}-\u{FE0F}\u{E0100}-\u{E01EF}]/v;
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/v;
const kept = new RegExp(`(${sequences.source})|${invisible.source}`, "gv");

/** A name without what could mislead a reader: one line, only what can be seen, at most so many code points. */
export function harmlessName(name: string, maxLength = MAX_LENGTH): string {
  // Cut first to a bound that no honest name reaches, so that a hostile one costs no time.
  const visible = strip(name.slice(0, 16 * maxLength));
  const points = Array.from(visible);
  if (points.length <= maxLength) return visible;
  // A cut through an emoji sequence would leave one of its invisible parts at the end.
  return `${strip(points.slice(0, maxLength).join(""))}…`;
}

function strip(name: string): string {
  return name
    .replace(/\s+/g, " ")
    .replace(kept, (_match, sequence?: string) => sequence ?? "")
    .replace(/ {2,}/g, " ")
    .trim();
}

// Literal text of KMarkdown: escapes what KOOK would take for a construct, and nothing else.

/** A part of a line: literal text, or a construct that is written as it is. */
export interface Part {
  text: string;
  isLiteral: boolean;
}

/** KOOK swallows `:word:` (seen in KookBC). The seconds of 12:30:45 are no emoji: KOOK's list has no code of two digits. */
export const emojiColon = /:(?!(?<=\d:)\d{1,2}:\d)(?=[\w+-]+:)/;

/**
 * Characters that are special anywhere; the colon of an emoji; that of an address, which KOOK would link and preview; the
 * bracket of a tag. `_` is never escaped: KOOK shows the backslash (seen in satori and koishi).
 */
const special = new RegExp(
  `[\\\\*~\`]|${emojiColon.source}|(?<=https?):(?=//)|\\((?=(?:met|chn|rol|emj|ins|spl|font)\\))`,
  "gi",
);
const tagShape = /\([a-z]{3,4}\)/g;

/** Words in brackets that a text has twice. KOOK may add tags, and all of them look like this. */
export function pairedTags(text: string): Set<string> {
  const seen = new Set<string>();
  const paired = new Set<string>();
  for (const [tag] of text.matchAll(tagShape)) (seen.has(tag) ? paired : seen).add(tag);
  return paired;
}

/** One line of KMarkdown. */
export function escapedLine(parts: Part[], tags: ReadonlySet<string>): string {
  const brackets = linkBrackets(parts);
  const line = parts.map(({ text, isLiteral }, index) =>
    isLiteral ? escaped(text, tags, brackets[index]) : text,
  );
  // A quote or a rule. Indented as well: whether KOOK ignores the indent is not known.
  if (parts[0]?.isLiteral) line[0] = line[0]?.replace(/^(\s*)(?=>|---)/, "$1\\") ?? "";
  return line.join("");
}

/** The words of a link: a bracket in them must not end it. */
export function escapedWords(words: string, tags: ReadonlySet<string>): string {
  return escaped(words, tags, new Set(positions(words, /[[\]]/g)));
}

function escaped(
  text: string,
  tags: ReadonlySet<string>,
  brackets: ReadonlySet<number> = new Set(),
): string {
  const starts = new Set([...brackets, ...positions(text, special)]);
  for (const { index, 0: tag } of text.matchAll(tagShape)) {
    if (tags.has(tag)) starts.add(index);
  }
  let out = "";
  let at = 0;
  for (const start of [...starts].sort((a, b) => a - b)) {
    out += `${text.slice(at, start)}\\`;
    at = start;
  }
  return out + text.slice(at);
}

/**
 * The `[` before each `](`: its own, and those that are not closed, because a parser may ignore the brackets and code
 * between. One set for each part.
 */
function linkBrackets(parts: Part[]): Set<number>[] {
  const found = parts.map(() => new Set<number>());
  let open: { part: number; index: number }[] = [];
  parts.forEach(({ text, isLiteral }, part) => {
    for (const index of positions(text, isLiteral ? /[[\]]/g : /\]\(/g)) {
      if (text[index] === "[") {
        open.push({ part, index });
      } else if (text[index + 1] === "(") {
        for (const bracket of open) found[bracket.part]?.add(bracket.index);
        open = [];
      } else {
        open.pop();
      }
    }
  });
  return found;
}

function positions(text: string, pattern: RegExp): number[] {
  return Array.from(text.matchAll(pattern), ({ index }) => index);
}

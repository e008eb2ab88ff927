// Markdown as a tree whose nodes have their places in the source. CommonMark with tables and strikethrough.
import type { Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmStrikethroughFromMarkdown } from "mdast-util-gfm-strikethrough";
import { gfmTableFromMarkdown } from "mdast-util-gfm-table";
import { cjkFriendlyExtension } from "micromark-extension-cjk-friendly";
import { gfmStrikethrough } from "micromark-extension-gfm-strikethrough";
import { gfmTable } from "micromark-extension-gfm-table";
import type { Code, Effects, Extension, State } from "micromark-util-types";

/**
 * The parser takes quadratic time in the delimiters and links of a paragraph, in the depth of brackets, lists and quotes,
 * and in the number of quotes, underlined headings, and what may have no end: titles in brackets, comments and instructions
 * of HTML, and code after an escaped back-tick. Real messages stay far below these bounds; within them, 8 000 characters
 * take less than 0.2 s.
 */
const MAX_LENGTH = 20_000;
const MAX_DELIMITERS = 1_000;
const MAX_LINKS = 500;
const MAX_ENDLESS = 50;
const MAX_BRACKET_DEPTH = 50;
const MAX_BLOCK_DEPTH = 20;
const MAX_BLOCKS = 1_000;
const MAX_LINES = 1_000;
const MAX_UNDERLINES = 200;

/** Characters of a bare address, and those that cannot be its last. Brackets would hide the end of a link. */
const addressCharacter = /[!#$%&'()*+,./:;=?@\w~-]/;
const closingCharacter = /[!'()*,.:;?_~]/;

/** Starts of what may have no end: `](a (`, `<!`, `<?`, and a back-tick after an escaped one. */
const endless = /\]\(\s{0,9}(?:<[^<>\n]{0,2048}>|\S{0,2048})\s{1,9}\(|<[!?]|\\`(?=`)/g;

/** @returns undefined for a text that would take too long */
export function parseMarkdown(source: string): Root | undefined {
  if (isCostly(source)) return undefined;
  return fromMarkdown(source, {
    extensions: [
      gfmTable(),
      // One tilde is a range (3~5), not a strike.
      gfmStrikethrough({ singleTilde: false }),
      // Bold in **注意：**请, which models write and CommonMark does not take for bold.
      cjkFriendlyExtension(),
      bareAddresses(),
    ],
    mdastExtensions: [gfmTableFromMarkdown(), gfmStrikethroughFromMarkdown()],
  });
}

/** Where a node starts in the source. */
export function startOf({ position }: Nodes): number {
  return position?.start.offset ?? 0;
}

export function endOf({ position }: Nodes): number {
  return position?.end.offset ?? 0;
}

function isCostly(source: string): boolean {
  if (source.length > MAX_LENGTH || source.split("\n").length > MAX_LINES) return true;
  let delimiters = 0;
  let links = 0;
  for (const paragraph of source.split(/\n[\t ]*\n/)) {
    delimiters += (paragraph.match(/[*_~]/g)?.length ?? 0) ** 2;
    links += (paragraph.match(/\]/g)?.length ?? 0) ** 2;
    if (bracketDepth(paragraph) > MAX_BRACKET_DEPTH) return true;
  }
  if (delimiters > MAX_DELIMITERS ** 2 || links > MAX_LINKS ** 2) return true;
  if ((source.match(endless)?.length ?? 0) > MAX_ENDLESS) return true;
  if ((source.match(/^[\t >]*(?:=+|-+)[\t ]*$/gm)?.length ?? 0) > MAX_UNDERLINES) return true;
  const openings = source.match(/^(?:[\t ]*(?:>|[*+-][\t ]|\d{1,9}[.)][\t ]))+/gm) ?? [];
  const depths = openings.map((marks) => marks.match(/[>*+-]|\d+/g)?.length ?? 0);
  const blocks = depths.reduce((sum, depth) => sum + depth, 0);
  return blocks > MAX_BLOCKS || depths.some((depth) => depth > MAX_BLOCK_DEPTH);
}

function bracketDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [bracket] of text.matchAll(/[[\]]/g)) {
    depth = Math.max(0, depth + (bracket === "[" ? 1 : -1));
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

/** Reads a bare address as text, so that `https://a.cn/_next_/*` has no emphasis. */
function bareAddresses(): Extension {
  const construct = { name: "bareAddress", tokenize };
  return { text: { 72: construct, 104: construct } };

  function tokenize(effects: Effects, ok: State, nok: State): State {
    const scheme = "http://";
    let at = 0;

    return (code) => {
      effects.enter("data");
      return start(code);
    };

    function start(code: Code): State | undefined {
      if (at === scheme.length) return isIn(code, /[\p{L}\p{N}]/u) ? inside(code) : nok(code);
      if (at === 4 && isIn(code, /s/i)) {
        effects.consume(code);
        return start;
      }
      if (code === null || code < 0 || String.fromCharCode(code).toLowerCase() !== scheme[at]) {
        return nok(code);
      }
      at += 1;
      effects.consume(code);
      return start;
    }

    function inside(code: Code): State | undefined {
      if (isIn(code, closingCharacter)) return effects.check(closing, end, rest)(code);
      if (!isIn(code, addressCharacter)) return end(code);
      effects.consume(code);
      return inside;
    }

    /** The whole run at once: looking ahead from each of its characters would take quadratic time. */
    function rest(code: Code): State | undefined {
      if (!isIn(code, closingCharacter)) return inside(code);
      effects.consume(code);
      return rest;
    }

    function end(code: Code): State | undefined {
      effects.exit("data");
      return ok(code);
    }
  }
}

/** Punctuation up to the end of an address, which belongs to the sentence. */
const closing = {
  partial: true,
  tokenize(effects: Effects, ok: State, nok: State): State {
    return function run(code: Code): State | undefined {
      if (!isIn(code, closingCharacter)) return isIn(code, addressCharacter) ? nok(code) : ok(code);
      effects.consume(code);
      return run;
    };
  },
};

function isIn(code: Code, characters: RegExp): boolean {
  return code !== null && code >= 0 && characters.test(String.fromCharCode(code));
}

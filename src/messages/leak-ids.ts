// Ids in texts (order, phone, card numbers), found however their digits are grouped.
import { visibleText } from "../text/untrusted.ts";

/** Joined by spaces: the guard keeps many, and a string holds them in the least memory. */
export interface Ids {
  /** Whole ids. */
  whole: string;
  /** Neighbouring groups of longer numbers: an id may stand next to other numbers. */
  parts: string;
}

const MIN_LENGTH = 8;
const MAX_LENGTH = 64;
const MIN_DIGITS = 6;
/** Of a part: a bank card has up to 19 digits. */
const MAX_PART = 20;
/** Parts of one text: a row of digits must not fill the memory. */
const MAX_PARTS = 500;

/** 8 or more letters, digits and dashes. */
const dashed = /(?<![a-z0-9-])[a-z0-9][a-z0-9-]{6,62}[a-z0-9](?![a-z0-9-])/g;
/** Spaces, punctuation, Markdown or emoji between two groups of a number. A colon is part of a time. */
const separator = /^(?!.*:)[\p{P}\p{S}\p{Zs}]{1,4}$/u;

const year = "(?:19|20)\\d\\d";
const month = "(?:0?[1-9]|1[0-2])";
const day = "(?:0?[1-9]|[12]\\d|3[01])";
/** @param group number of the capturing group in the pattern */
const date = (group: number) => `${year}([-/.])${month}\\${group}${day}`;
/** Dates with separators, two of them, and times. */
const datesAndTimes = new RegExp(
  [
    `(?<![a-z0-9]|[a-z0-9][-/.])${date(1)}(?:\\s?[-~–—]\\s?${date(2)})?(?!(?!t\\d\\d:)[-/.]?[a-z0-9])`,
    `(?<![a-z0-9]|[a-z0-9][-/.])\\d{1,2}([-/.])\\d{1,2}\\3${year}(?![-/.]?[a-z0-9])`,
    "(?<![0-9:])\\d{1,2}:\\d\\d(?::\\d\\d(?:\\.\\d{1,3})?)?(?![0-9:])",
  ].join("|"),
  "g",
);
const compactDates = /^(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))+$/;
/** China's service numbers, as people write them. QQ has ids of these ten digits, so without groups they stay ids. */
const hotline = /(?<![a-z0-9]-?)[48]00([- ])(?:\d{3}\1\d{4}|\d{4}\1\d{3})(?!-?[a-z0-9])/g;
/** China's mobile phones, bank cards and identity cards. */
const personal = /^(?:1[3-9]\d{9}|\d{15,19})$/;

/** Whether an id has the form of a mobile phone, bank card or identity card. */
export const isPersonal = (id: string) => personal.test(id);

/** The digits of a text in one row, across line breaks, list marks, colons and dates, but not across letters. */
export function digitsIn(text: string): string {
  const folded = visibleText(text).text.normalize("NFKC");
  const unlisted = folded.replace(/^\s*(?:[-*•]|\d{1,2}[.)、])\s+/gm, "");
  return unlisted.replace(/(?<=\d)[^\p{L}\p{N}]+(?=\d)/gu, "");
}

/** @param options.hotlines service numbers count too */
export function idsIn(
  text: string,
  { hotlines }: { hotlines: boolean },
): { whole: Set<string>; parts: Set<string> } {
  const folded = visibleText(text).text.normalize("NFKC").toLowerCase();
  const dateless = folded.replace(datesAndTimes, "\n");
  const numbers = hotlines ? dateless : dateless.replace(hotline, "\n");
  const whole = new Set<string>();
  const parts = new Set<string>();
  let count = 0;
  for (const [token] of numbers.matchAll(dashed)) addId(whole, token.replaceAll("-", ""));
  for (const groups of sequencesIn(numbers)) {
    const joined = groups.join("");
    for (const id of [joined, ...groups]) {
      if (id.length >= MIN_LENGTH && id.length <= MAX_LENGTH) addId(whole, id);
    }
    for (const part of partsOf(groups)) {
      if (++count > MAX_PARTS) break;
      addId(personal.test(part) ? whole : parts, part);
    }
  }
  return { whole, parts };
}

/** Groups that have digits, with nothing but a separator between one and the next. */
function sequencesIn(text: string): string[][] {
  const sequences: string[][] = [];
  let end = 0;
  for (const { 0: group, index } of text.matchAll(/[a-z0-9]+/g)) {
    if (!/\d/.test(group)) continue;
    const last = sequences.at(-1);
    const isNext = index - end <= 8 && separator.test(text.slice(end, index));
    if (last && isNext) last.push(group);
    else sequences.push([group]);
    end = index + group.length;
  }
  return sequences;
}

function* partsOf(groups: readonly string[]) {
  if (groups.length < 3) return;
  for (let first = 0; first < groups.length; first++) {
    let part = "";
    for (let next = first; next < groups.length; next++) {
      part += groups[next];
      if (part.length > MAX_PART) break;
      if (part.length >= MIN_LENGTH && next > first) yield part;
    }
  }
}

/** Adds an id in the one form that is compared, unless it is a date or has too few digits. */
function addId(ids: Set<string>, text: string): void {
  const bare = text.replace(/^[a-z]+|[a-z]+$/g, "");
  const core = bare.length >= MIN_LENGTH ? bare : text;
  const id = core.replace(/^(?:00)?86(?=1[3-9]\d{9}$)/, "");
  const digits = id.match(/\d/g)?.length ?? 0;
  if (digits >= MIN_DIGITS && !compactDates.test(id)) ids.add(id);
}

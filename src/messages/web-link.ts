// Links of KMarkdown: addresses that KOOK makes live, written so that they cannot end too early.
import { removeInvisible } from "../text/untrusted.ts";
import { emojiColon } from "./kmarkdown-escape.ts";

/** The reader takes no longer address for a link. */
const MAX_LINK_ADDRESS = 2_048;

/**
 * An address that stands in text. Only ASCII belongs to its path: Chinese text goes on after it without a space. Brackets
 * end it. The host is matched once, so that `https://http://a.cn` is not a host `htt`.
 */
const host =
  /[a-z\d](?:[a-z\d.-]*[a-z\d])?|(?![a-z\d])[\p{L}\p{N}](?:[\p{L}\p{N}.-]*[\p{L}\p{N}])?/u;
const afterHost = /(?!:\/\/)(?::\d{1,5}(?!\d))?(?:[/?#][\w!#$%&'()*+,./:;=?@~-]*)?/;
const bareAddress = new RegExp(`https?://(?=(${host.source}))\\1${afterHost.source}`, "giu");

/**
 * Characters of an address that could end it, or start another construct in a parser that looks for it first, or that
 * cannot be seen.
 */
const unsafe = new RegExp(
  `[\\s\\p{C}\\p{Default_Ignorable_Code_Point}\\u2800()\\\\*\`[\\]<>"]|~(?=~)|(?<=~)~|${emojiColon.source}`,
  "gu",
);

interface Span {
  start: number;
  end: number;
}

/** Where addresses stand in a text. */
export function bareAddresses(text: string): Span[] {
  return Array.from(text.matchAll(bareAddress), ({ index, 0: match }) => ({
    start: index,
    end: index + withoutClosing(match).length,
  }));
}

/** Without the punctuation that belongs to the sentence: full stops, and brackets that were opened before the address. */
function withoutClosing(match: string): string {
  let open = match.split(")").length - match.split("(").length;
  let end = match.length;
  for (; end > 0; end -= 1) {
    const last = match[end - 1] ?? "";
    if (last === ")" && open > 0) open -= 1;
    else if (!/[!'*,.:;?_~]/.test(last)) break;
  }
  return match.slice(0, end);
}

/**
 * A link as KOOK shows it without a preview: its words are never its address.
 * @param words "" for the address
 * @returns undefined for an address that KOOK does not link
 */
export function linkTo(words: string, url: string): { text: string; address: string } | undefined {
  const address = liveAddress(url);
  if (address === undefined) return undefined;
  const text = words.trim().replace(/\s*\n\s*/g, " ");
  if (removeInvisible(text) === "") return { text: withoutScheme(address), address };
  const isAddress = [url, address].some((name) => normalized(name) === normalized(text));
  return { text: isAddress ? withoutScheme(text) : text, address };
}

/** A host has no encoding: with an unsafe character, such as the brackets of IPv6, the address is not linked. */
function liveAddress(url: string): string | undefined {
  const start = /^https?:\/\/[^/?#]+/i.exec(url)?.[0];
  if (start === undefined || start !== encoded(start)) return undefined;
  const address = encoded(url);
  return address.length <= MAX_LINK_ADDRESS && URL.canParse(address) ? address : undefined;
}

function encoded(address: string): string {
  return address.replace(unsafe, percentEncoded);
}

function withoutScheme(address: string): string {
  return address.replace(/^https?:\/\//i, "");
}

function normalized(address: string): string {
  return URL.canParse(address) ? new URL(address).href : address;
}

/** An unpaired bracket ends a link too early, even escaped: not every parser knows the escape. */
export function hasPairedBrackets(words: string): boolean {
  let open = 0;
  for (const [bracket] of words.matchAll(/[[\]]/g)) {
    open += bracket === "[" ? 1 : -1;
    if (open < 0) return false;
  }
  return open === 0;
}

function percentEncoded(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x80
    ? `%${code.toString(16).toUpperCase().padStart(2, "0")}`
    : // A lone surrogate has no encoding.
      encodeURIComponent(character.replace(/\p{Cs}/u, "\ufffd"));
}

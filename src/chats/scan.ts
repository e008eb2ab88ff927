// Looking through the pages for the chats that somebody wants.

import { foldName } from "../text/fold.ts";
import type { ChatRow } from "./chat.ts";
import type { ChatPage, ListedChat } from "./page.ts";
import { type ReadPage, readAhead } from "./read-ahead.ts";

/** Which chats are wanted; without any condition, all. */
export interface ChatFilter {
  unreadOnly?: boolean | undefined;
  /** Ids of the users whose chats are wanted. */
  targets?: ReadonlySet<string> | undefined;
  /** A part of the username, whatever its case, width and accents, or the user's whole id. */
  query?: string | undefined;
}

export interface ScanOptions {
  filter: ChatFilter;
  /** KOOK's page of 50 at which to start. */
  firstPage: number;
  /** So many matches are enough; those of a page stay together, so there may be more. */
  enough: number;
  /** After so many milliseconds no further page is waited for. */
  budgetMs: number;
  signal: AbortSignal | undefined;
  /** Codes of the chats that an earlier part of this scan has looked at; those of this part are added. */
  seen?: Set<string> | undefined;
  /** Told after each page. */
  onPage?: ((page: ChatPage) => void) | undefined;
}

/** What a scan found, newest message first, and how far it got. */
export interface Scan extends ChatPage {
  /** Different chats looked at. */
  scanned: number;
  /** Every chat from the first page on was looked at, as far as can be told. */
  complete: boolean;
  /** Code of the one chat of all that the query can mean: the only match, or the only one that it fits as a whole. */
  only_match?: string;
}

/** Chats that one scan looks at: 5 000. Beyond that its caller decides whether to go on. */
const MAX_PAGES = 100;
/** Pages under way at once, at most; the rate limiter lets fewer through where fewer remain. */
const MAX_AHEAD = 8;

/**
 * Looks through the pages until enough chats match, or the chats, the bound or the time are at their end.
 * @throws what `read` throws for the first page, and the signal's reason; a later failure ends the scan instead
 */
export async function scan(read: ReadPage, options: ScanOptions): Promise<Scan> {
  const { filter, firstPage, enough, budgetMs, signal, onPage } = options;
  const findings = new Findings(filter, options.seen);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), budgetMs);
  const reader: ReadPage = (page, unwanted) =>
    // The first page comes whatever the time: without it there is nothing to tell.
    read(page, page === firstPage ? unwanted : AbortSignal.any([unwanted, late.signal]));
  const ahead = () => Math.min(MAX_AHEAD, findings.pagesFor(enough));
  let stoppedBy: unknown;
  try {
    for await (const page of readAhead(reader, { first: firstPage, ahead, signal })) {
      findings.add(page);
      onPage?.(page);
      const done = findings.has(enough) || findings.repeats;
      if (done || findings.pages === MAX_PAGES || late.signal.aborted) break;
    }
  } catch (error) {
    if (signal?.aborted || findings.pages === 0) throw error;
    if (!late.signal.aborted) stoppedBy = error;
  } finally {
    clearTimeout(timer);
  }
  return { ...findings.result(firstPage), ...(stoppedBy !== undefined && { stoppedBy }) };
}

/** What the pages read so far have brought. */
class Findings {
  readonly #filter: ChatFilter;
  readonly #fits: (chat: ListedChat) => boolean;
  readonly #found: ListedChat[] = [];
  readonly #seen: Set<string>;
  readonly #continued: boolean;
  #last: ChatPage | undefined;
  #skipped = 0;
  /** The list has changed between two pages, which may have taken a chat past the reader. */
  #moved = false;
  /** The last page held nothing that was not there before, as when KOOK gives a page again. */
  repeats = false;
  pages = 0;

  constructor(filter: ChatFilter, seen = new Set<string>()) {
    this.#filter = filter;
    this.#seen = seen;
    this.#continued = seen.size > 0;
    this.#fits = matcherOf(filter);
  }

  has(enough: number): boolean {
    return this.#found.length >= enough;
  }

  /** How many more pages it is likely to take, going by what has matched so far. */
  pagesFor(enough: number): number {
    const perPage = this.#found.length / this.pages;
    return Math.ceil((enough - this.#found.length) / Math.max(perPage, 0.1));
  }

  add(page: ChatPage): void {
    this.#moved ||= this.#last !== undefined && this.#last.total !== page.total;
    this.#last = page;
    this.#skipped += page.skipped ?? 0;
    this.pages++;
    // A chat with a new message moves to the front, and others onto the next page.
    const fresh = page.chats.filter(({ row }) => !this.#seen.has(row.chat_code));
    for (const { row } of fresh) this.#seen.add(row.chat_code);
    this.#moved ||= fresh.length < page.chats.length;
    this.repeats = fresh.length === 0 && page.chats.length > 0;
    this.#found.push(...fresh.filter(this.#fits));
  }

  result(firstPage: number): Scan {
    const { page_total = 0, total = 0, next_page } = this.#last ?? {};
    const fromStart = firstPage === 1 || this.#continued;
    const all = !fromStart || this.#seen.size + this.#skipped >= total;
    const complete = next_page === undefined && all && this.#skipped === 0 && !this.#moved;
    const only_match =
      complete && firstPage === 1 ? onlyMatch(this.#found, this.#filter) : undefined;
    return {
      chats: this.#found.sort(newestFirst),
      page: firstPage,
      page_total,
      total,
      ...(next_page !== undefined && { next_page }),
      ...(this.#skipped > 0 && { skipped: this.#skipped }),
      scanned: this.#seen.size,
      complete,
      ...(only_match !== undefined && { only_match }),
    };
  }
}

function matcherOf({ unreadOnly, targets, query }: ChatFilter): (chat: ListedChat) => boolean {
  const name = foldName(query ?? "");
  return ({ row, name: username }) =>
    (!unreadOnly || row.unread_count > 0) &&
    (!targets || targets.has(row.target_id)) &&
    (!query || isId(row, query) || (name !== "" && foldName(username).includes(name)));
}

function onlyMatch(found: ListedChat[], { query, unreadOnly }: ChatFilter): string | undefined {
  // Among the unread chats alone, the one that is meant may be missing.
  if (!query || unreadOnly) return undefined;
  const folded = foldName(query);
  const whole = found.filter(({ row, name }) => isId(row, query) || foldName(name) === folded);
  const [only, ...others] = whole.length > 0 ? whole : found;
  return others.length === 0 ? only?.row.chat_code : undefined;
}

function isId({ target_id }: ChatRow, query: string): boolean {
  return target_id !== "" && target_id === query.normalize("NFKC").trim();
}

function newestFirst({ row: a }: ListedChat, { row: b }: ListedChat): number {
  return (b.latest_msg_time ?? "").localeCompare(a.latest_msg_time ?? "");
}

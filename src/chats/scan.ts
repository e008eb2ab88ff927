// Searching KOOK's pages for chats.
import { type ChatFilter, matcherOf, onlyMatch } from "./match.ts";
import type { ChatPage, ListedChat } from "./page.ts";
import { prefetch, type ReadPage } from "./prefetch.ts";

export interface ScanOptions {
  filter: ChatFilter;
  /** KOOK's page of 50 at which to start. */
  firstPage: number;
  /** The scan stops after the page with this many matches in all; the result may hold more. */
  enough: number;
  /** The scan stops waiting for further pages after this many milliseconds. */
  budgetMs: number;
  signal: AbortSignal | undefined;
  /** The most pages to read. */
  maxPages?: number;
  /** Codes of the chats that an earlier part of this scan has looked at; those of this part are added. */
  seen?: Set<string> | undefined;
  /** Called after each page. */
  onPage?: ((page: ChatPage) => void) | undefined;
}

/** Result of a scan: the matches, newest message first, and its progress. */
export interface Scan extends ChatPage {
  /** Different chats looked at. */
  scanned: number;
  /** Chats whose user KOOK does not name; absent if none. */
  nameless?: number;
  /** No chat from the first page on is known to be missing. */
  complete: boolean;
  only_match?: string;
}

/** Pages that one call reads: KOOK allows a small bot 60 requests a minute in total. */
export const MAX_PAGES = 20;
/** Most pages in flight; the rate limiter lets fewer through when few requests remain. */
const MAX_AHEAD = 8;

/**
 * Reads pages until enough chats match, or the list, the bound or the time ends.
 * @throws what `read` throws for the first page, and the signal's reason; a later failure ends the scan instead
 */
export async function scan(read: ReadPage, options: ScanOptions): Promise<Scan> {
  const { filter, firstPage, enough, budgetMs, signal, onPage, maxPages = MAX_PAGES } = options;
  const findings = new Findings(filter, options.seen);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), budgetMs);
  const reader: ReadPage = (page, stopped) =>
    // The first page is waited for in any case: without it there is nothing to return.
    read(page, page === firstPage ? stopped : AbortSignal.any([stopped, late.signal]));
  const ahead = () => Math.min(MAX_AHEAD, maxPages - findings.pages, findings.pagesFor(enough));
  let stoppedBy: unknown;
  try {
    for await (const page of prefetch(reader, { first: firstPage, ahead, signal })) {
      findings.add(page);
      onPage?.(page);
      const done = findings.has(enough) || findings.repeats;
      if (done || findings.pages === maxPages || late.signal.aborted) break;
    }
  } catch (error) {
    if (signal?.aborted || findings.pages === 0) throw error;
    if (!late.signal.aborted) stoppedBy = error;
  } finally {
    clearTimeout(timer);
  }
  return { ...findings.result(firstPage), ...(stoppedBy !== undefined && { stoppedBy }) };
}

/** Accumulates the matches of the pages read so far. */
class Findings {
  readonly #filter: ChatFilter;
  readonly #matches: (chat: ListedChat) => boolean;
  readonly #found: ListedChat[] = [];
  readonly #seen: Set<string>;
  readonly #continued: boolean;
  #last: ChatPage | undefined;
  #skipped = 0;
  /** Chats whose user KOOK does not name: no search by user can find them. */
  #nameless = 0;
  /** The list changed between two pages, so a chat may have moved past the reader. */
  #moved = false;
  /** The last page held nothing new, as when KOOK sends a page again. */
  repeats = false;
  pages = 0;

  constructor(filter: ChatFilter, seen = new Set<string>()) {
    this.#filter = filter;
    this.#seen = seen;
    this.#continued = seen.size > 0;
    this.#matches = matcherOf(filter);
  }

  has(enough: number): boolean {
    return this.#found.length >= enough;
  }

  /** How many more pages the search is likely to need, from the matches so far. */
  pagesFor(enough: number): number {
    const perPage = this.#found.length / this.pages;
    return Math.ceil((enough - this.#found.length) / Math.max(perPage, 0.1));
  }

  add(page: ChatPage): void {
    const last = this.#last;
    const counted = last && !last.uncounted && !page.uncounted;
    this.#moved ||= counted === true && last.total !== page.total;
    this.#last = page;
    this.#skipped += page.skipped ?? 0;
    this.pages++;
    // A chat with a new message moves to the front, and others onto the next page.
    const fresh = page.chats.filter(({ row }) => !this.#seen.has(row.chat_code));
    for (const { row } of fresh) this.#seen.add(row.chat_code);
    this.#moved ||= fresh.length < page.chats.length;
    this.repeats = fresh.length === 0 && page.chats.length > 0;
    this.#nameless += fresh.filter(({ row }) => row.target_id === "").length;
    this.#found.push(...fresh.filter(this.#matches));
  }

  result(firstPage: number): Scan {
    const { page_total = 0, total = 0, uncounted } = this.#last ?? {};
    // A repeated page is past the end: following its next_page would never end.
    const next_page = this.repeats ? undefined : this.#last?.next_page;
    const fromStart = firstPage === 1 || this.#continued;
    const all = !fromStart || this.#seen.size + this.#skipped >= total;
    // One of the wanted users may be behind a nameless chat.
    const sure = this.#nameless === 0 || this.#filter.targets === undefined;
    const complete = next_page === undefined && all && sure && this.#skipped === 0 && !this.#moved;
    // A search of all pages has counted what KOOK did not.
    const hasCounted = uncounted && complete && fromStart;
    const only_match =
      complete && firstPage === 1 ? onlyMatch(this.#found, this.#filter) : undefined;
    return {
      chats: this.#found.sort(newestFirst),
      page: firstPage,
      page_total,
      total: hasCounted ? this.#seen.size : total,
      ...(uncounted && !hasCounted && { uncounted }),
      ...(next_page !== undefined && { next_page }),
      ...(this.#skipped > 0 && { skipped: this.#skipped }),
      ...(this.#nameless > 0 && { nameless: this.#nameless }),
      scanned: this.#seen.size,
      complete,
      ...(only_match !== undefined && { only_match }),
    };
  }
}

function newestFirst({ row: a }: ListedChat, { row: b }: ListedChat): number {
  return (b.latest_msg_time ?? "").localeCompare(a.latest_msg_time ?? "");
}

// Looking through the pages for the chats that somebody wants.
import type { ChatRow } from "./chat.ts";
import { foldName } from "./name.ts";
import type { ChatPage, ListedChat } from "./page.ts";
import { type ReadPage, readAhead } from "./read-ahead.ts";

/** Which chats are wanted; without any condition, all. */
export interface ChatFilter {
  unreadOnly?: boolean | undefined;
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
  signal: AbortSignal;
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
  /** The failure that ended the scan early; what was found before it stands. */
  stoppedBy?: unknown;
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
  const fits = matcherOf(filter);
  const found: ListedChat[] = [];
  const seen = new Set<string>();
  const late = new AbortController();
  let pages = 0;
  let last: ChatPage | undefined;
  let skipped = 0;
  let moved = false;
  let stoppedBy: unknown;
  const ahead = () => {
    // As many as are likely to be needed, going by what has matched so far.
    const perPage = found.length / pages;
    return Math.min(MAX_AHEAD, Math.ceil((enough - found.length) / Math.max(perPage, 0.1)));
  };
  const timer = setTimeout(() => late.abort(), budgetMs);
  try {
    const reader = async (page: number, unwanted: AbortSignal) =>
      // The first page comes whatever the time: without it there is nothing to tell.
      read(page, page === firstPage ? unwanted : AbortSignal.any([unwanted, late.signal]));
    for await (const page of readAhead(reader, { first: firstPage, ahead, signal })) {
      // A page that moves on while it is read may take a chat past the reader.
      moved ||= last !== undefined && last.total !== page.total;
      last = page;
      pages++;
      skipped += page.skipped ?? 0;
      // A chat with a new message moves to the front, and others onto the next page.
      const fresh = page.chats.filter(({ row }) => !seen.has(row.chat_code));
      for (const { row } of fresh) seen.add(row.chat_code);
      found.push(...fresh.filter(fits));
      onPage?.(page);
      if (found.length >= enough || pages === MAX_PAGES || late.signal.aborted) break;
    }
  } catch (error) {
    if (signal.aborted || last === undefined) throw error;
    if (!late.signal.aborted) stoppedBy = error;
  } finally {
    clearTimeout(timer);
  }
  const { page_total, total, next_page } = last as ChatPage;
  const complete = next_page === undefined && skipped === 0 && !moved;
  return {
    chats: found.sort(newestFirst),
    page: firstPage,
    page_total,
    total,
    ...(next_page !== undefined && { next_page }),
    ...(skipped > 0 && { skipped }),
    scanned: seen.size,
    complete,
    ...(complete && firstPage === 1 && onlyMatch(found, filter)),
    ...(stoppedBy !== undefined && { stoppedBy }),
  };
}

function matcherOf({ unreadOnly, query }: ChatFilter): (chat: ListedChat) => boolean {
  const name = foldName(query ?? "");
  return ({ row, name: username }) =>
    (!unreadOnly || row.unread_count > 0) &&
    (!query || isId(row, query) || (name !== "" && foldName(username).includes(name)));
}

function onlyMatch(found: ListedChat[], { query }: ChatFilter): { only_match?: string } {
  if (!query) return {};
  const whole = found.filter(
    ({ row, name }) => isId(row, query) || foldName(name) === foldName(query),
  );
  const [only, ...others] = whole.length > 0 ? whole : found;
  return only && others.length === 0 ? { only_match: only.row.chat_code } : {};
}

function isId({ target_id }: ChatRow, query: string): boolean {
  return target_id !== "" && target_id === query.normalize("NFKC").trim();
}

function newestFirst({ row: a }: ListedChat, { row: b }: ListedChat): number {
  return (b.latest_msg_time ?? "").localeCompare(a.latest_msg_time ?? "");
}

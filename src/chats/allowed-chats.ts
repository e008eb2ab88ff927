// The chats on an allow-list, found among all chats of the bot.
import { isMissing } from "../access/errors.ts";
import { unlessAborted } from "../kook/abort.ts";
import { UnfinishedSearchError } from "./errors.ts";
import type { ListedChat } from "./page.ts";
import type { ReadPage } from "./prefetch.ts";
import { MAX_PAGES, scan } from "./scan.ts";

/** Result of an allow-list search. */
export interface AllowedChats {
  chats: ListedChat[];
  /** Every allowed user's chat was found, or all chats were searched. */
  complete: boolean;
  /** Why the search ended early; what was found before it stands. Set if not `complete`. */
  stoppedBy?: unknown;
  /** Age of the oldest row in seconds, if it is not fresh. */
  age_s?: number;
}

export interface AllowedChatsSource {
  readPage: ReadPage;
  /** Reads one chat again. */
  readChat(chatCode: string, signal: AbortSignal | undefined): Promise<ListedChat>;
}

export interface SearchOptions {
  budgetMs: number;
  signal: AbortSignal | undefined;
  onPage?: (() => void) | undefined;
}

/** A row and when it was read, on the monotonic clock. */
interface Row {
  chat: ListedChat;
  readAt: number;
}

interface Found {
  rows: Row[];
  /** First page of the continuation; undefined once the search is finished. */
  nextPage: number | undefined;
  /** Some chats could not be read. */
  gaps: boolean;
  /** Codes of all chats that were looked at. */
  seen: Set<string>;
  expiresAt: number;
}

/** Rows are shown without reading them again for this long: a model lists and searches the same chats repeatedly. */
const FRESH_MS = 15_000;
/** An unfinished search can be continued for this long. */
const UNFINISHED_MS = 300_000;

/**
 * KOOK can only list all chats, so the search takes many requests; its result is cached, and an unfinished one continued.
 */
export class AllowedChatSearch {
  readonly #targets: ReadonlySet<string>;
  #found: Found | undefined;
  /** Counts the changes; a search that began before one is not cached. */
  #changes = 0;
  /** The search in flight: a second caller waits for it and then uses its result. */
  #searching: Promise<unknown> = Promise.resolve();

  constructor(targets: ReadonlySet<string>) {
    this.#targets = targets;
  }

  /** Drops the cache, because the chats have changed. */
  forget(): void {
    this.#found = undefined;
    this.#changes++;
  }

  /** @throws what the source throws if nothing at all could be read, and the signal's reason */
  async find(source: AllowedChatsSource, options: SearchOptions): Promise<AllowedChats> {
    const before = this.#searching;
    const found = before.catch(() => undefined).then(() => this.#find(source, options));
    this.#searching = found.catch(() => undefined);
    return unlessAborted(found, options.signal);
  }

  async #find(source: AllowedChatsSource, options: SearchOptions): Promise<AllowedChats> {
    options.signal?.throwIfAborted();
    const now = performance.now();
    const known = this.#found && this.#found.expiresAt > now ? this.#found : undefined;
    if (known && known.nextPage === undefined) {
      return { ...resultOf(known.rows), complete: true };
    }
    const rows = known ? await refresh(known.rows, source, options.signal) : [];
    try {
      return await this.#search(source, { known, rows, options });
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!known) throw error;
      return { ...resultOf(rows), complete: false, stoppedBy: error };
    }
  }

  async #search(
    { readPage }: AllowedChatsSource,
    { known, rows, options }: { known: Found | undefined; rows: Row[]; options: SearchOptions },
  ): Promise<AllowedChats> {
    const seen = new Set(known?.seen);
    const changes = this.#changes;
    const scanned = await scan(readPage, {
      ...options,
      seen,
      filter: { targets: this.#targets },
      firstPage: known?.nextPage ?? 1,
      // Each user has one chat: stop once every allowed user is found.
      enough: Math.max(1, this.#targets.size - usersOf(rows)),
    });
    const readAt = performance.now();
    const all = [...rows, ...scanned.chats.map((chat) => ({ chat, readAt }))];
    const gaps = known?.gaps || scanned.skipped !== undefined || scanned.nameless !== undefined;
    const complete = usersOf(all) >= this.#targets.size || (scanned.complete && !gaps);
    const nextPage = complete ? undefined : scanned.next_page;
    // A search that reached the end but missed something starts again the next time.
    if (changes === this.#changes && (complete || nextPage !== undefined)) {
      const expiresAt = readAt + (complete ? FRESH_MS : UNFINISHED_MS);
      this.#found = { rows: all, nextPage, gaps, seen, expiresAt };
    } else this.#found = undefined;
    if (complete) return { ...resultOf(all), complete };
    return {
      ...resultOf(all),
      complete,
      stoppedBy: scanned.stoppedBy ?? new UnfinishedSearchError(nextPage !== undefined),
    };
  }
}

/** KOOK may list a user twice. */
const usersOf = (rows: Row[]) => new Set(rows.map(({ chat }) => chat.row.target_id)).size;

function resultOf(rows: Row[]): Pick<AllowedChats, "chats" | "age_s"> {
  const ageMs = performance.now() - Math.min(...rows.map(({ readAt }) => readAt));
  return {
    chats: rows.map(({ chat }) => chat),
    ...(ageMs > FRESH_MS && rows.length > 0 && { age_s: Math.ceil(ageMs / 1000) }),
  };
}

/** Reads stale rows again, the oldest first and as many as one call may read pages. A chat that is gone is dropped. */
async function refresh(
  rows: Row[],
  { readChat }: AllowedChatsSource,
  signal: AbortSignal | undefined,
): Promise<Row[]> {
  const stale = rows
    .filter(({ readAt }) => performance.now() - readAt > FRESH_MS)
    .sort((a, b) => a.readAt - b.readAt)
    .slice(0, MAX_PAGES);
  const refreshed = await Promise.all(
    rows.map(async (row) => {
      if (!stale.includes(row)) return row;
      try {
        const chat = await readChat(row.chat.row.chat_code, signal);
        return { chat, readAt: performance.now() };
      } catch (error) {
        signal?.throwIfAborted();
        // The row keeps its age.
        return isMissing(error) ? undefined : row;
      }
    }),
  );
  return refreshed.filter((row) => row !== undefined);
}

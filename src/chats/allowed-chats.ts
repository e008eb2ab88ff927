// The chats on an allow-list, found among all chats of the bot.
import type { ListedChat } from "./page.ts";
import type { ReadPage } from "./read-ahead.ts";
import { scan } from "./scan.ts";

/** What is known of the allowed chats. */
export interface AllowedChats {
  chats: ListedChat[];
  /** Every allowed user's chat was found, or all chats were looked through. */
  complete: boolean;
  /** The failure that ended the search early; what was found before it stands. */
  stoppedBy?: unknown;
}

export interface AllowListOptions {
  budgetMs: number;
  signal: AbortSignal | undefined;
  onPage?: Parameters<typeof scan>[1]["onPage"];
}

interface Found {
  chats: ListedChat[];
  /** Where an unfinished search goes on. */
  nextPage: number | undefined;
  /** Some chats could not be read. */
  gaps: boolean;
  /** Codes of all chats that were looked at. */
  seen: Set<string>;
  expiresAt: number;
}

/** A model lists and searches the same few chats again and again; KOOK is asked anew after this. */
const CACHE_MS = 15_000;
/** What an unfinished search has found is gone on with this long. */
const UNFINISHED_MS = 300_000;

/**
 * Finds the chats with the allowed users. KOOK lists all chats and nothing less, so this takes many requests; what they
 * brought is kept for a moment, and a search that is cut short goes on where it stopped.
 */
export class AllowList {
  readonly #targets: ReadonlySet<string>;
  #found: Found | undefined;
  /** Raised when the chats have changed: what a search under way finds is no longer to be kept. */
  #changes = 0;

  constructor(targets: ReadonlySet<string>) {
    this.#targets = targets;
  }

  has(targetId: string): boolean {
    return this.#targets.has(targetId);
  }

  /** The chats have changed: they are searched anew. */
  forget(): void {
    this.#found = undefined;
    this.#changes++;
  }

  /** @throws what `read` throws when nothing at all could be read, and the signal's reason */
  async find(read: ReadPage, options: AllowListOptions): Promise<AllowedChats> {
    const known = this.#found && this.#found.expiresAt > Date.now() ? this.#found : undefined;
    if (known && known.nextPage === undefined) return { chats: known.chats, complete: true };
    try {
      return await this.#search(read, known, options);
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!known) throw error;
      return { chats: known.chats, complete: false, stoppedBy: error };
    }
  }

  async #search(
    read: ReadPage,
    known: Found | undefined,
    options: AllowListOptions,
  ): Promise<AllowedChats> {
    const chats = known?.chats ?? [];
    const seen = new Set(known?.seen);
    const changes = this.#changes;
    const found = await scan(read, {
      ...options,
      seen,
      filter: { targets: this.#targets },
      firstPage: known?.nextPage ?? 1,
      // There is one chat a user, so the last one found ends the search.
      enough: Math.max(1, this.#targets.size - chats.length),
    });
    const all = mergeByCode(chats, found.chats);
    const gaps = known?.gaps || found.skipped !== undefined;
    const complete = all.length >= this.#targets.size || (found.complete && !gaps);
    const nextPage = complete ? undefined : found.next_page;
    const expiresAt = Date.now() + (complete ? CACHE_MS : UNFINISHED_MS);
    // A search that is at its end and has missed something begins anew the next time.
    const kept = complete || nextPage !== undefined;
    if (changes === this.#changes) {
      this.#found = kept ? { chats: all, nextPage, gaps, seen, expiresAt } : undefined;
    }
    const { stoppedBy } = found;
    return { chats: all, complete, ...(stoppedBy !== undefined && { stoppedBy }) };
  }
}

function mergeByCode(before: ListedChat[], after: ListedChat[]): ListedChat[] {
  const byCode = new Map([...before, ...after].map((chat) => [chat.row.chat_code, chat]));
  return [...byCode.values()];
}

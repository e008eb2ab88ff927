// Reading many chats within the time and the requests that one call may use.
import type { ListedChat } from "../chats/page.ts";
import type { CallOptions } from "../kook/call-options.ts";
import { ApiError, DeadlineError, RateLimitError, TokenError } from "../kook/errors.ts";
import { InboxBoundError } from "./errors.ts";
import type { InboxEntry } from "./inbox-search.ts";
import type { ChatState } from "./waiting.ts";

/** The rate limiter decides how many go out; this bounds what is lost when the time is up. */
const MAX_IN_FLIGHT = 6;
/** Chats that one call reads: KOOK allows a small bot 60 requests a minute, and the next call needs some too. */
const MAX_READS = 60;
/** Reading chats ends this long before the deadline. */
const MARGIN_MS = 2_000;
/** The longest time for reading chats. */
const READING_MS = 30_000;

/** Reads several chats at once, until all are read or the time or the requests are used up. */
export class ReadingOfChats {
  readonly #options: CallOptions;
  readonly #ended = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #left = MAX_READS;
  /** Chats after this were not read. */
  stoppedBy: unknown;

  constructor(options: CallOptions) {
    const { deadline = Number.POSITIVE_INFINITY } = options;
    const leftMs = Math.min(deadline - MARGIN_MS - performance.now(), READING_MS);
    const end = () => this.#ended.abort(new InboxBoundError("time"));
    this.#timer = setTimeout(end, Math.max(0, leftMs));
    this.#options = options;
  }

  /** A signal for each chat: Node warns on stderr of more than ten listeners on one. */
  #ownOptions(): CallOptions {
    const { signal } = this.#options;
    const both = signal ? [signal, this.#ended.signal] : [this.#ended.signal];
    return { ...this.#options, signal: AbortSignal.any(both) };
  }

  /** @throws what ends the whole call: an abort, a bad token */
  async each(
    chats: readonly ListedChat[],
    read: (chat: ListedChat, options: CallOptions) => Promise<ChatState>,
  ): Promise<Map<ListedChat, InboxEntry>> {
    const results = new Map<ListedChat, InboxEntry>();
    const waiting = [...chats];
    const work = async () => {
      for (let chat = waiting.shift(); chat; chat = waiting.shift()) {
        if (this.stoppedBy !== undefined) return;
        try {
          results.set(chat, { chat, state: await read(chat, this.#ownOptions()) });
        } catch (error) {
          if (isFatal(error)) throw error;
          if (this.#ended.signal.aborted || isSpent(error)) this.stoppedBy ??= error;
          else if (this.#options.signal?.aborted) throw error;
          else results.set(chat, { chat, failed: error });
        }
      }
    };
    await Promise.all(Array.from({ length: MAX_IN_FLIGHT }, work));
    // The order of the chats, not that of the answers.
    const ordered = chats.flatMap((chat) => results.get(chat) ?? []);
    return new Map(ordered.map((entry) => [entry.chat, entry]));
  }

  /** Counts a chat that is read from KOOK. @throws InboxBoundError */
  spend(): void {
    if (this.#left === 0) throw new InboxBoundError("chats");
    this.#left--;
  }

  /** Stops the timer and what is in flight. */
  end(): void {
    clearTimeout(this.#timer);
    this.#ended.abort();
  }
}

/** Every further chat would fail in the same way. */
function isFatal(error: unknown): boolean {
  return error instanceof TokenError || (error instanceof ApiError && error.reason === "bad_token");
}

function isSpent(error: unknown): boolean {
  return (
    error instanceof RateLimitError ||
    error instanceof DeadlineError ||
    error instanceof InboxBoundError
  );
}

// Who waits for an answer, over all chats. KOOK tells only when each chat's last message was, so the chats are read.
import type { Chats } from "../chats/chats.ts";
import type { ListedChat } from "../chats/page.ts";
import type { CallOptions } from "../kook/call-options.ts";
import { ApiError, DeadlineError, RateLimitError, TokenError } from "../kook/errors.ts";
import { InboxBoundError } from "./errors.ts";
import { InboxCache } from "./inbox-cache.ts";
import {
  candidatesOf,
  entryMatcher,
  type InboxEntry,
  type InboxSearch,
  longestWaitingFirst,
  type Snapshot,
  Snapshots,
} from "./inbox-search.ts";
import { type ChatOfMessages, type Message, toMessages } from "./message.ts";
import type { Messages } from "./messages.ts";
import { type ChatState, readState } from "./waiting.ts";

export interface InboxQuery extends InboxSearch {
  /** The most chats of the answer. */
  limit: number;
  /** The most messages of a chat, up to 10. */
  messages: number;
  /** From an earlier answer of the same search. */
  cursor?: string | undefined;
}

export interface InboxChat {
  chat: ChatOfMessages;
  /** Time of the first message that nobody answered, in epoch milliseconds. */
  waitingSince?: number;
  /** The newest ones, oldest first. */
  messages: Message[];
  /** Why the chat could not be read. */
  failed?: unknown;
}

export interface InboxPage {
  /** Longest waiting first; with `all`, newest message first. */
  chats: InboxChat[];
  since: number;
  /** Chats whose last message is known to be answered, old, or in the answer. */
  lookedAt: number;
  /** False if chats of the bot were not looked at. */
  complete: boolean;
  nextCursor?: string;
  /** Why it is not complete. */
  stoppedBy?: unknown;
}

/** The rate limiter decides how many go out; this bounds what is lost when the time is up. */
const MAX_IN_FLIGHT = 6;
/** Chats that one call reads: KOOK allows a small bot 60 requests a minute, and the next call needs some too. */
const MAX_READS = 60;
/** Reading chats ends this long before the deadline. */
const MARGIN_MS = 2_000;
/** The longest time for reading chats. */
const READING_MS = 30_000;

export class Inbox {
  readonly #chats: Chats;
  readonly #messages: Messages;
  readonly #cache = new InboxCache();
  readonly #snapshots = new Snapshots();

  constructor(chats: Chats, messages: Messages) {
    this.#chats = chats;
    this.#messages = messages;
  }

  /**
   * A chat that fails is an entry; what is not reached in time is told.
   * @throws CursorError; what the first list page throws; a bad token's error; the signal's reason
   */
  async list(
    { limit, messages, cursor, ...search }: InboxQuery,
    options: CallOptions = {},
  ): Promise<InboxPage> {
    const { snapshot, offset } =
      cursor === undefined
        ? { snapshot: await this.#look(search, options), offset: 0 }
        : this.#snapshots.follow(cursor, search);
    const end = offset + limit;
    const stoppedBy = await this.#advance(snapshot, { offset, end }, options);
    const { entries, pending, scanned, listed, listStoppedBy } = snapshot;
    const shown = entries.slice(offset, end);
    const isMore = entries.length > end || pending.length > 0;
    const reason = stoppedBy ?? listStoppedBy;
    return {
      chats: await Promise.all(shown.map((entry) => this.#show(entry, messages, options))),
      since: snapshot.search.since,
      lookedAt: scanned - (stoppedBy === undefined ? 0 : pending.length),
      complete: listed && reason === undefined,
      ...(isMore && { nextCursor: this.#snapshots.cursorOf(snapshot, offset + shown.length) }),
      ...(reason !== undefined && { stoppedBy: reason }),
    };
  }

  /** Reads the list pages. */
  async #look(search: InboxSearch, options: CallOptions): Promise<Snapshot> {
    const everything = { page: 1, enough: Number.POSITIVE_INFINITY };
    const found = await this.#chats.find({}, everything, options);
    return {
      id: crypto.randomUUID().slice(0, 8),
      search,
      madeAt: performance.now(),
      entries: [],
      pending: candidatesOf(found.chats, search),
      scanned: found.scanned,
      listed: found.complete,
      listStoppedBy: found.stoppedBy,
    };
  }

  /**
   * Reads pending chats: with `all` as many as fill the page, else all of them, because only then it is known who has
   * waited longest.
   * @returns why it stopped early
   */
  async #advance(
    snapshot: Snapshot,
    { offset, end }: { offset: number; end: number },
    options: CallOptions,
  ): Promise<unknown> {
    const { search, entries } = snapshot;
    const matches = entryMatcher(search);
    const reading = new Reading(options);
    try {
      while (snapshot.pending.length > 0 && (!search.all || entries.length < end)) {
        const batch = search.all
          ? snapshot.pending.slice(0, end - entries.length)
          : snapshot.pending;
        const read = await reading.each(batch, (chat, own) => this.#stateOf(chat, own, reading));
        entries.push(...[...read.values()].filter(matches));
        snapshot.pending = snapshot.pending.filter((chat) => !read.has(chat));
        if (reading.stoppedBy !== undefined) break;
      }
    } finally {
      reading.end();
    }
    if (!search.all) {
      entries.splice(offset, entries.length, ...entries.slice(offset).sort(longestWaitingFirst));
    }
    return reading.stoppedBy;
  }

  async #stateOf(chat: ListedChat, options: CallOptions, reading: Reading): Promise<ChatState> {
    const { chat_code } = chat.row;
    const cached = this.#cache.get(chat_code, chat.latestAt);
    if (cached) return cached;
    reading.spend();
    const { isUser } = await this.#messages.conversation(chat.row, options);
    const state = await readState(this.#messages.reader(chat.row, options), isUser);
    this.#cache.set(chat_code, chat.latestAt, state);
    return state;
  }

  async #show(entry: InboxEntry, count: number, options: CallOptions): Promise<InboxChat> {
    const { chat_code, target_id, username } = entry.chat.row;
    const chat = { chat_code, target_id, username };
    if ("failed" in entry) return { chat, messages: [], failed: entry.failed };
    const { newest, waitingSince } = entry.state;
    const conversation = await this.#messages.conversation(chat, options);
    return {
      chat,
      ...(waitingSince !== undefined && { waitingSince }),
      messages: toMessages(newest.slice(-count), conversation),
    };
  }
}

/** Reads several chats at once, until all are read or the time or the requests are used up. */
class Reading {
  readonly #options: CallOptions;
  readonly #ended = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #left = MAX_READS;
  /** Chats after this were not read. */
  stoppedBy: unknown;

  constructor(options: CallOptions) {
    const { deadline = Number.POSITIVE_INFINITY } = options;
    const leftMs = Math.min(deadline - MARGIN_MS - performance.now(), READING_MS);
    this.#timer = setTimeout(() => this.#ended.abort(new DeadlineError()), Math.max(0, leftMs));
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
    if (this.#left === 0) throw new InboxBoundError();
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

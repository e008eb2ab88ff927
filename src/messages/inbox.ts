// Who waits for an answer, over all chats. KOOK tells only when each chat's last message was, so the chats are read.
import type { Chats } from "../chats/chats.ts";
import type { ListedChat } from "../chats/page.ts";
import type { CallOptions } from "../kook/call-options.ts";
import type { ChatOfMessages } from "./chat.ts";
import { InboxCache } from "./inbox-cache.ts";
import {
  candidatesOf,
  entryMatcher,
  type InboxEntry,
  type InboxSearch,
  type ListReading,
  longestWaitingFirst,
  type Snapshot,
  Snapshots,
} from "./inbox-search.ts";
import { type Message, toMessages } from "./message.ts";
import type { Messages } from "./messages.ts";
import { ReadingOfChats } from "./reading.ts";
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
  /** Chats of all pages, without those that could not be read; absent until it is known. */
  found?: number;
  /** Chats whose last message is known to be answered, old, or in the answer. */
  lookedAt: number;
  /** False if chats of the bot were not looked at. */
  complete: boolean;
  nextCursor?: string;
  /** Why not all chats were looked at. */
  stoppedBy?: unknown;
  /** What may be wrong with the list of chats that was read. */
  list: ListReading;
}

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
   * A chat that fails is an entry. Why others were not reached is in `stoppedBy`.
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
    // Two calls with one cursor would read the same chats.
    const turn = snapshot.turn.then(() => this.#advance(snapshot, { offset, end }, options));
    snapshot.turn = turn.catch(() => undefined);
    const stoppedBy = await turn;
    const { entries, pending, list } = snapshot;
    const shown = entries.slice(offset, end);
    const isMore = entries.length > end || pending.length > 0;
    const reason = stoppedBy ?? list.stoppedBy;
    return {
      chats: await Promise.all(shown.map((entry) => this.#show(entry, messages, options))),
      since: snapshot.search.since,
      ...(pending.length === 0 && {
        found: entries.filter((entry) => !("failed" in entry)).length,
      }),
      lookedAt: list.scanned - pending.length,
      complete: list.complete && reason === undefined && pending.length === 0,
      ...(isMore && { nextCursor: this.#snapshots.cursorOf(snapshot, offset + shown.length) }),
      ...(reason !== undefined && { stoppedBy: reason }),
      list,
    };
  }

  /** The bot answered, edited or deleted something in the chat. */
  forget({ chat_code }: ChatOfMessages): void {
    this.#cache.delete(chat_code);
  }

  /** Reads the list pages. */
  async #look(search: InboxSearch, options: CallOptions): Promise<Snapshot> {
    const everything = { page: 1, enough: Number.POSITIVE_INFINITY };
    const { chats, ...list } = await this.#chats.find({}, everything, options);
    return {
      id: crypto.randomUUID().slice(0, 4),
      search,
      madeAt: performance.now(),
      turn: Promise.resolve(),
      entries: [],
      pending: candidatesOf(chats, search),
      list,
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
    const reading = new ReadingOfChats(options);
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

  async #stateOf(
    chat: ListedChat,
    options: CallOptions,
    reading: ReadingOfChats,
  ): Promise<ChatState> {
    const { chat_code } = chat.row;
    const cached = this.#cache.get(chat_code, chat.latestAt);
    if (cached) return cached;
    reading.spend();
    const { isUser } = await this.#messages.conversation(chat.row, options);
    const read = this.#messages.reader(chat.row, options);
    const state = await readState(read, isUser, chat.latestAt);
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

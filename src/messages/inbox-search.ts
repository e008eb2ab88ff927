// One look at the inbox: its chats are read as far as needed, and a cursor goes on from it.
import { matcherOf } from "../chats/match.ts";
import type { ListedChat } from "../chats/page.ts";
import type { Scan } from "../chats/scan.ts";
import { CursorError } from "./errors.ts";
import { SYSTEM_ACCOUNT } from "./message.ts";
import { messageMatcher } from "./search.ts";
import type { ChatState } from "./waiting.ts";

/** The chats and messages that are searched for. */
export interface InboxSearch {
  /** Every chat with messages, not only those whose user waits. */
  all: boolean;
  /** Epoch milliseconds; chats without a message since are left out. */
  since: number;
  /** Part of a username, a whole user id, or part of one of the messages looked at. */
  query?: string | undefined;
}

export type InboxEntry = { chat: ListedChat } & ({ state: ChatState } | { failed: unknown });

export interface Snapshot {
  id: string;
  search: InboxSearch;
  /** On the monotonic clock. */
  madeAt: number;
  /** When the call before has read its chats. */
  turn: Promise<unknown>;
  /** The chats found, in order. */
  entries: InboxEntry[];
  /** Chats that may belong to it and were not read, in the order in which they will be. */
  pending: ListedChat[];
  /** How far the list of chats was read. */
  list: ListReading;
}

export type ListReading = Omit<Scan, "chats">;

/**
 * Chats with people that have a message since, in the order in which they are read: for `all` the newest first, else those
 * most likely to wait and to wait longest, in case the requests do not suffice for all of them.
 */
export function candidatesOf(chats: readonly ListedChat[], { all, since }: InboxSearch) {
  return chats
    .filter(
      ({ latestAt, withBot, row }) =>
        latestAt > 0 && latestAt >= since && !withBot && row.target_id !== SYSTEM_ACCOUNT,
    )
    .sort((one, other) => (all ? other.latestAt - one.latestAt : likelyFirst(one, other)));
}

/** KOOK's unread_count grows with each message of the user's, and answers do not reset it: only 0 tells something. */
function likelyFirst(one: ListedChat, other: ListedChat): number {
  const isUnread = ({ row }: ListedChat) => Number(row.unread_count > 0);
  return isUnread(other) - isUnread(one) || one.latestAt - other.latestAt;
}

/** Whether a chat that was read, or could not be, belongs to the inbox. */
export function entryMatcher({ all, since, query = "" }: InboxSearch) {
  const isNamed = matcherOf({ query: query.trim() });
  const matches = messageMatcher(query);
  return (entry: InboxEntry): boolean => {
    // Its messages may fit the query. Left out, it would count as a chat without any that does.
    if ("failed" in entry) return true;
    const { newest, waitingSince, withBot } = entry.state;
    const last = newest.at(-1);
    if (!last || (last.create_at || entry.chat.latestAt) < since || withBot) return false;
    return (all || waitingSince !== undefined) && (isNamed(entry.chat) || newest.some(matches));
  };
}

/** Longest waiting first, failed ones last. */
export function longestWaitingFirst(one: InboxEntry, other: InboxEntry): number {
  return sinceOf(one) - sinceOf(other);
}

function sinceOf(entry: InboxEntry): number {
  return ("state" in entry ? entry.state.waitingSince : undefined) ?? Number.MAX_SAFE_INTEGER;
}

/** A cursor is good for this long. */
const CURSOR_MS = 300_000;
const MAX_SNAPSHOTS = 8;
/** `24h` is another point in time with each call, by the time between the calls and a little more. */
const SINCE_TOLERANCE_MS = 1_000;

/** The looks that cursors go on from; the oldest go first. */
export class Snapshots {
  readonly #snapshots = new Map<string, Snapshot>();

  /** A cursor to the entries from `offset` on. */
  cursorOf(snapshot: Snapshot, offset: number): string {
    this.#snapshots.set(snapshot.id, snapshot);
    for (const { id, madeAt } of this.#snapshots.values()) {
      if (performance.now() - madeAt > CURSOR_MS) this.#snapshots.delete(id);
    }
    const [oldest] = this.#snapshots.keys();
    if (this.#snapshots.size > MAX_SNAPSHOTS && oldest) this.#snapshots.delete(oldest);
    return `${snapshot.id}-${offset}`;
  }

  /** @throws CursorError */
  follow(cursor: string, search: InboxSearch): { snapshot: Snapshot; offset: number } {
    const [, id = "", offset = ""] = /^([0-9a-f]+)-(\d{1,6})$/.exec(cursor.trim()) ?? [];
    const snapshot = this.#snapshots.get(id);
    const ageMs = performance.now() - (snapshot?.madeAt ?? Number.NEGATIVE_INFINITY);
    if (!snapshot || ageMs > CURSOR_MS || Number(offset) > snapshot.entries.length) {
      if (ageMs > CURSOR_MS) this.#snapshots.delete(id);
      throw new CursorError("expired");
    }
    if (!isSame(snapshot.search, search, ageMs)) throw new CursorError("other_search");
    return { snapshot, offset: Number(offset) };
  }
}

function isSame(one: InboxSearch, other: InboxSearch, ageMs: number): boolean {
  const movedMs = other.since - one.since;
  return (
    one.all === other.all &&
    (one.query ?? "").trim() === (other.query ?? "").trim() &&
    movedMs >= -SINCE_TOLERANCE_MS &&
    movedMs <= ageMs + SINCE_TOLERANCE_MS
  );
}

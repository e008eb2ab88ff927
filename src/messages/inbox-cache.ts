// Caches the newest messages of each chat, so that a second look at the inbox reads only the list pages.
import type { ChatState } from "./waiting.ts";

/** A reaction, an edit or a deletion need not move `latest_msg_time`: waiting chats are read again after this time. */
const WAITING_MS = 60_000;
/** The same for the others: the bot's answer may be deleted. */
const ANSWERED_MS = 600_000;
/** KOOK may show a message this much later than its time in the list (seen: 2.5 s). */
const SETTLE_MS = 10_000;
const MAX_CHATS = 2_000;
/** Of all messages together as JSON, in UTF-16 units. */
const MAX_LENGTH = 4_000_000;

interface Cached {
  state: ChatState;
  latestAt: number;
  expiresAt: number;
  /** When the chat was first seen without the message that the list tells of. It may have been deleted. */
  behindSince: number | undefined;
  length: number;
}

export class InboxCache {
  readonly #chats = new Map<string, Cached>();
  #length = 0;

  /** @param latestAt the chat's `latest_msg_time`; a new message changes it */
  get(chatCode: string, latestAt: number): ChatState | undefined {
    const cached = this.#chats.get(chatCode);
    if (!cached || cached.latestAt !== latestAt) return undefined;
    return cached.expiresAt > performance.now() ? cached.state : undefined;
  }

  set(chatCode: string, latestAt: number, state: ChatState): void {
    const now = performance.now();
    const before = this.#chats.get(chatCode);
    this.delete(chatCode);
    const { newest, waitingSince } = state;
    const isBehind = (newest.at(-1)?.create_at ?? 0) < latestAt;
    const firstBehind = before?.latestAt === latestAt ? before.behindSince : undefined;
    const behindSince = isBehind ? (firstBehind ?? now) : undefined;
    const isUnsettled = behindSince !== undefined && now - behindSince < SETTLE_MS;
    const keptMs = waitingSince === undefined ? ANSWERED_MS : WAITING_MS;
    const length = JSON.stringify(newest).length;
    this.#chats.set(chatCode, {
      state,
      latestAt,
      expiresAt: isUnsettled ? now : now + keptMs,
      behindSince,
      length,
    });
    this.#length += length;
    for (const oldest of this.#chats.keys()) {
      if (this.#chats.size <= MAX_CHATS && this.#length <= MAX_LENGTH) break;
      this.delete(oldest);
    }
  }

  delete(chatCode: string): void {
    this.#length -= this.#chats.get(chatCode)?.length ?? 0;
    this.#chats.delete(chatCode);
  }
}

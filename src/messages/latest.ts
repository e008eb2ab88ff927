// The newest messages of chats: who wrote last, and what a new message answers.
import type { WireMessage } from "../kook/wire/message.ts";
import { type ReadMessages, Walk } from "./paging.ts";

const PAGE_SIZE = 20;
/** A user whose last message lies further back has not written lately. */
const MAX_LOOKED_AT = 100;
/** Bounds of what is kept: messages of a chat, and chats. */
const MAX_KEPT = 10;
const MAX_CHATS = 200;

export interface Latest {
  /** Up to ten, oldest first. */
  messages: readonly WireMessage[];
  newest: WireMessage | undefined;
  /** The user's last message, if it is among those that were looked at. */
  fromUser: WireMessage | undefined;
  /** Ids of all that were looked at. */
  ids: ReadonlySet<string>;
}

/** Reads back to the user's last message, at most to `since` (epoch milliseconds). @throws what reading throws */
export async function readLatest(
  read: ReadMessages,
  targetId: string,
  since: number,
): Promise<Latest> {
  const walk = new Walk(read);
  await walk.next(PAGE_SIZE);
  const isFromUser = ({ author_id }: WireMessage) => author_id === targetId;
  const mayBeOlder = () => (walk.messages[0]?.create_at ?? 0) >= since && !walk.ended;
  while (mayBeOlder() && walk.messages.length < MAX_LOOKED_AT && !walk.messages.some(isFromUser)) {
    await walk.next();
  }
  return latestOf(walk.messages, targetId);
}

/** @param messages oldest first, up to the chat's newest */
function latestOf(messages: readonly WireMessage[], targetId: string): Latest {
  return {
    messages: messages.slice(-MAX_KEPT),
    newest: messages.at(-1),
    fromUser: messages.findLast(({ author_id }) => author_id === targetId),
    ids: new Set(messages.map(({ id }) => id)),
  };
}

/** Cache of each chat's newest messages: a form right after a read costs no request. */
export class LatestMessages {
  readonly #chats = new Map<string, { latest: Latest; readAt: number }>();

  /** @param messages the chat's newest page, in any order */
  note(chatCode: string, targetId: string, messages: readonly WireMessage[]): void {
    const sorted = [...messages].sort((one, other) => one.create_at - other.create_at);
    this.#chats.delete(chatCode);
    this.#chats.set(chatCode, {
      latest: latestOf(sorted, targetId),
      readAt: performance.now(),
    });
    const [oldest] = this.#chats.keys();
    if (this.#chats.size > MAX_CHATS && oldest !== undefined) this.#chats.delete(oldest);
  }

  /** Only with a message of the user's: without one it would have to be looked for further back. */
  get(chatCode: string, maxAgeMs: number): Latest | undefined {
    const kept = this.#chats.get(chatCode);
    const isFresh = kept && performance.now() - kept.readAt < maxAgeMs;
    return isFresh && kept.latest.fromUser ? kept.latest : undefined;
  }

  /** The bot sent a message: what was read stays true, with this one at its end. */
  add(chatCode: string, message: WireMessage): void {
    const kept = this.#chats.get(chatCode);
    if (!kept) return;
    const { latest } = kept;
    kept.latest = {
      ...latest,
      messages: [...latest.messages, message].slice(-MAX_KEPT),
      newest: message,
      ids: new Set([...latest.ids, message.id]),
    };
  }

  forget(chatCode: string): void {
    this.#chats.delete(chatCode);
  }
}

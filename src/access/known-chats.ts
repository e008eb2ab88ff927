// Which chats KOOK has told of, who they are with, and whether its list has shown them.

/** Bounds the memory. */
const MAX_CHATS = 10_000;

export interface KnownChat {
  chatCode: string;
  /** Empty for a deleted account. */
  targetId: string;
  /** As KOOK has it. */
  username: string;
}

/** By code and by user. Bounded; the oldest entries go first. Only chats that may be seen are added. */
export class KnownChats {
  readonly #chats = new Map<string, KnownChat & { listed: boolean }>();
  readonly #codes = new Map<string, string>();

  get(chatCode: string): KnownChat | undefined {
    return this.#chats.get(chatCode);
  }

  withUser(targetId: string): KnownChat | undefined {
    return this.#chats.get(this.#codes.get(targetId) ?? "");
  }

  /** Whether KOOK's list has shown the chat. */
  wasListed(chatCode: string): boolean {
    return this.#chats.get(chatCode)?.listed === true;
  }

  add(chat: KnownChat, listed: boolean): void {
    const { chatCode, targetId } = chat;
    this.#chats.set(chatCode, { ...chat, listed: listed || this.wasListed(chatCode) });
    if (targetId !== "") this.#codes.set(targetId, chatCode);
    if (this.#chats.size <= MAX_CHATS) return;
    const [oldest] = this.#chats.values();
    if (!oldest) return;
    this.#chats.delete(oldest.chatCode);
    if (this.#codes.get(oldest.targetId) === oldest.chatCode) this.#codes.delete(oldest.targetId);
  }
}

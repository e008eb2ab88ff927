// Which chats KOOK has told of, and who they are with.

/** Bounds the memory. */
const MAX_CHATS = 10_000;

export interface KnownChat {
  chatCode: string;
  /** Empty for a deleted account. */
  targetId: string;
  /** As KOOK has it. */
  username: string;
  /** KOOK's list has shown the chat; a view alone does not prove that. */
  listed: boolean;
}

/** A bounded map of chats by code and by user; the oldest entries go first. Only chats that may be seen are added. */
export class KnownChats {
  readonly #chats = new Map<string, KnownChat>();
  readonly #codes = new Map<string, string>();

  get(chatCode: string): KnownChat | undefined {
    return this.#chats.get(chatCode);
  }

  withUser(targetId: string): KnownChat | undefined {
    return this.#chats.get(this.#codes.get(targetId) ?? "");
  }

  add(chat: KnownChat): void {
    const { chatCode, targetId } = chat;
    const listed = chat.listed || this.get(chatCode)?.listed === true;
    this.#chats.set(chatCode, { ...chat, listed });
    if (targetId !== "") this.#codes.set(targetId, chatCode);
    if (this.#chats.size <= MAX_CHATS) return;
    const [oldest] = this.#chats.values();
    if (!oldest) return;
    this.#chats.delete(oldest.chatCode);
    if (this.#codes.get(oldest.targetId) === oldest.chatCode) this.#codes.delete(oldest.targetId);
  }
}

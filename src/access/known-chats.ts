// Which chat codes KOOK has told of, and whether its list has shown them.

/** Bounds the memory. */
const MAX_CHATS = 10_000;

/** Bounded; the oldest entries go first. Only chats that may be seen are added. */
export class KnownChats {
  readonly #listed = new Map<string, boolean>();

  has(chatCode: string): boolean {
    return this.#listed.has(chatCode);
  }

  /** Whether KOOK's list has shown the chat. */
  wasListed(chatCode: string): boolean {
    return this.#listed.get(chatCode) === true;
  }

  add(chatCode: string, listed: boolean): void {
    this.#listed.set(chatCode, listed || this.wasListed(chatCode));
    const [oldest] = this.#listed.keys();
    if (this.#listed.size > MAX_CHATS && oldest !== undefined) this.#listed.delete(oldest);
  }
}

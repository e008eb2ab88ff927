// Which chat codes KOOK has told of, and who they are with.

/** More chats than a person works on in a session. */
const MAX_CHATS = 10_000;

/** A bounded map from chat code to user id; the oldest entries go first. Only chats that may be seen are added. */
export class KnownChats {
  readonly #targets = new Map<string, string>();

  has(chatCode: string): boolean {
    return this.#targets.has(chatCode);
  }

  add(chatCode: string, targetId: string): void {
    this.#targets.set(chatCode, targetId);
    const [oldest] = this.#targets.keys();
    if (this.#targets.size > MAX_CHATS && oldest !== undefined) this.#targets.delete(oldest);
  }
}

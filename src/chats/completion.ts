// The chats that fit what a person has typed so far.
import { foldName } from "../text/fold.ts";
import type { ListedChat } from "./page.ts";

/** A person types a letter a moment; the chats are read anew after this. */
const CACHE_MS = 30_000;

/** Completes chat codes by their start or by a part of a username. */
export class Completion {
  readonly #read: () => Promise<ListedChat[]>;
  #known: { chats: Promise<ListedChat[]>; expiresAt: number } | undefined;

  /** @param read reads the chats that can be completed */
  constructor(read: () => Promise<ListedChat[]>) {
    this.#read = read;
  }

  /** @throws what reading the chats throws */
  async complete(typed: string): Promise<string[]> {
    const wanted = typed.trim();
    const name = foldName(wanted);
    const chats = await this.#chats();
    return chats
      .filter(
        ({ row, name: username }) =>
          row.chat_code.startsWith(wanted) || (name !== "" && foldName(username).includes(name)),
      )
      .map((chat) => chat.row.chat_code);
  }

  /** The chats have changed: they are read anew. */
  forget(): void {
    this.#known = undefined;
  }

  #chats(): Promise<ListedChat[]> {
    if (!this.#known || this.#known.expiresAt <= Date.now()) {
      const known = { chats: this.#read(), expiresAt: Date.now() + CACHE_MS };
      this.#known = known;
      // A failure is not kept: the next letter typed asks again.
      known.chats.catch(() => {
        if (this.#known === known) this.#known = undefined;
      });
    }
    return this.#known.chats;
  }
}

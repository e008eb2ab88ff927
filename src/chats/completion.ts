// Completion of chat codes while a person types.
import { unlessAborted } from "../kook/abort.ts";
import type { CallOptions } from "../kook/call-options.ts";
import { foldName } from "../text/fold.ts";
import type { ListedChat } from "./page.ts";

/** Cache TTL: hosts ask for a completion at every keystroke. */
const CACHE_MS = 30_000;

type ReadChats = (options: CallOptions) => Promise<ListedChat[]>;

/** Completes chat codes by their start or by a part of a username. */
export class Completion {
  readonly #read: ReadChats;
  #cached: { chats: Promise<ListedChat[]>; expiresAt: number } | undefined;

  /** @param read reads the chats that can be completed */
  constructor(read: ReadChats) {
    this.#read = read;
  }

  /** @throws what reading the chats throws; the signal's reason */
  async complete(typed: string, options: CallOptions = {}): Promise<string[]> {
    const wanted = typed.trim();
    const name = foldName(wanted);
    const chats = await this.#chats(options);
    return chats
      .filter(
        ({ row, name: username }) =>
          row.chat_code.startsWith(wanted) || (name !== "" && foldName(username).includes(name)),
      )
      .map((chat) => chat.row.chat_code);
  }

  /** Drops the cache, because the chats have changed. */
  forget(): void {
    this.#cached = undefined;
  }

  async #chats(options: CallOptions): Promise<ListedChat[]> {
    const { signal } = options;
    signal?.throwIfAborted();
    const cached = this.#cached;
    if (cached && cached.expiresAt > performance.now()) {
      try {
        return await unlessAborted(cached.chats, signal);
      } catch {
        signal?.throwIfAborted();
        // The caller that started this read was cancelled, or its read failed: read again.
      }
    }
    const read = { chats: this.#read(options), expiresAt: performance.now() + CACHE_MS };
    this.#cached = read;
    // A failure is not cached.
    read.chats.catch(() => {
      if (this.#cached === read) this.#cached = undefined;
    });
    return read.chats;
  }
}

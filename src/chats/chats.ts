// The bot's private chats as this server means them: KOOK's pages and chats in the contract's words.
import type { KookClient } from "../kook/client.ts";
import { ApiError, isDoubtful } from "../kook/errors.ts";
import type { WaitOptions } from "../kook/rate-limiter.ts";
import type { WireChatRow, WirePage } from "../kook/wire.ts";
import { avatarOf, type Chat, type ChatRow, toChat, toChatRow } from "./chat.ts";
import { UnsettledWriteError } from "./unsettled-write-error.ts";

/** KOOK gives no more chats a page than this. */
export const MAX_PAGE_SIZE = 50;

/** A page of chats, in KOOK's order. */
export interface ChatPage<Row extends ChatRow = ChatRow> {
  chats: Row[];
  page: number;
  page_total: number;
  total: number;
  /** Absent on the last page. */
  next_page?: number;
  /** Chats that KOOK listed in a form that cannot be read; absent for none. */
  skipped?: number;
}

/** What a chat's resource has beyond the tool's result. */
export interface Avatar {
  avatar?: string;
}

/** Pages that a completion, or the search for a chat whose making is in doubt, may look through: 500 chats. */
const SEARCH_PAGES = 10;
/** Deleted codes that are remembered; more than a person deletes in a session. */
const MAX_REMEMBERED = 10_000;
/** A person types a letter a moment; KOOK is asked anew after this. */
const COMPLETION_CACHE_MS = 30_000;

/** The bot's chats. Methods reject with the errors of `kook/errors.ts`, or with the signal's reason after an abort. */
export class Chats {
  readonly #client: KookClient;
  readonly #deleted = new Set<string>();
  #directory: { chats: Promise<ChatRow[]>; expiresAt: number } | undefined;

  constructor(client: KookClient) {
    this.#client = client;
  }

  /** One page, counted from 1. Asking past the end gives an empty page, not KOOK's last one again. */
  async list(
    { page, pageSize }: { page: number; pageSize: number },
    options?: WaitOptions,
  ): Promise<ChatPage<ChatRow & Avatar>> {
    const wire = await this.#client.listChats({ page, page_size: pageSize }, options);
    return toPage(wire, page);
  }

  async view(chatCode: string, options?: WaitOptions): Promise<Chat & Avatar> {
    const wire = await this.#client.viewChat(chatCode, options);
    return withAvatar(toChat(wire), wire);
  }

  /**
   * Opens the chat with a user, or finds the one that exists.
   * @throws UnsettledWriteError when KOOK's answer was lost and the chat is not there, or cannot be looked for
   */
  async create(targetId: string, options?: WaitOptions): Promise<Chat> {
    const chat = await this.#client.createChat(targetId, options).then(toChat, async (error) => {
      if (!isDoubtful(error)) throw error;
      return settle(error, () => this.#findByTarget(targetId, options));
    });
    this.#deleted.delete(chat.chat_code);
    this.#directory = undefined;
    return chat;
  }

  /**
   * Takes a chat off the bot's list. Repeating a delete that this server made is success.
   * @throws UnsettledWriteError when KOOK's answer was lost and the chat is still there, or cannot be looked for
   */
  async delete(chatCode: string, options?: WaitOptions): Promise<{ already_gone?: true }> {
    try {
      await this.#client.deleteChat(chatCode, options);
    } catch (error) {
      if (isDoubtful(error)) {
        await settle(error, async () => (await this.#isGone(chatCode, options)) || undefined);
      } else if (this.#deleted.has(chatCode) && error instanceof ApiError) {
        // Whether it is gone is found out by looking, not by the wording of the refusal.
        if (await this.#isGone(chatCode, options)) return { already_gone: true };
        throw error;
      } else throw error;
    }
    this.#remember(chatCode);
    this.#directory = undefined;
    return {};
  }

  async #isGone(chatCode: string, options?: WaitOptions): Promise<boolean> {
    try {
      await this.#client.viewChat(chatCode, options);
      return false;
    } catch (error) {
      if (isMissing(error)) return true;
      throw error;
    }
  }

  async #findByTarget(targetId: string, options?: WaitOptions): Promise<Chat | undefined> {
    const { chats, complete } = await this.#walk(options);
    const found = chats.find((chat) => chat.target_id === targetId);
    if (found) return toChat(await this.#client.viewChat(found.chat_code, options));
    if (!complete) throw new RangeError("not all chats could be looked at");
    return undefined;
  }

  #remember(chatCode: string): void {
    this.#deleted.add(chatCode);
    if (this.#deleted.size <= MAX_REMEMBERED) return;
    const [oldest] = this.#deleted;
    if (oldest !== undefined) this.#deleted.delete(oldest);
  }

  /** Codes of the chats whose code starts with `typed` or whose username has it, among the first 500 chats. */
  async complete(typed: string): Promise<string[]> {
    const wanted = typed.trim();
    const name = foldCase(wanted);
    const chats = await this.#knownChats();
    return chats
      .filter((chat) => chat.chat_code.startsWith(wanted) || foldCase(chat.username).includes(name))
      .map((chat) => chat.chat_code);
  }

  #knownChats(): Promise<ChatRow[]> {
    if (!this.#directory || this.#directory.expiresAt <= Date.now()) {
      const directory = {
        chats: this.#walk().then(({ chats }) => chats),
        expiresAt: Date.now() + COMPLETION_CACHE_MS,
      };
      this.#directory = directory;
      // A failure is not kept: the next letter typed asks again.
      directory.chats.catch(() => {
        if (this.#directory === directory) this.#directory = undefined;
      });
    }
    return this.#directory.chats;
  }

  /** All chats up to a bound of pages; `complete` says whether none is missing. */
  async #walk(options?: WaitOptions): Promise<{ chats: ChatRow[]; complete: boolean }> {
    const chats: ChatRow[] = [];
    for (let page = 1; page <= SEARCH_PAGES; page++) {
      const listed = await this.list({ page, pageSize: MAX_PAGE_SIZE }, options);
      chats.push(...listed.chats);
      if (!listed.next_page) return { chats, complete: chats.length >= listed.total };
    }
    return { chats, complete: false };
  }
}

/**
 * Settles a write whose answer was lost by looking at what there is.
 * @param look gives what proves that the write was done, or undefined when it was not
 */
async function settle<T>(cause: unknown, look: () => Promise<T | undefined>): Promise<T> {
  const found = await look().catch(() => {
    throw new UnsettledWriteError("unknown", cause);
  });
  if (found === undefined) throw new UnsettledWriteError("not_done", cause);
  return found;
}

/**
 * True where KOOK's answer about one chat means that it is not there. KOOK's catch-all 40000 is not taken for that: it may
 * as well be maintenance, in words of a language that is not known here.
 */
export function isMissing(error: unknown): boolean {
  return error instanceof ApiError && error.reason === "not_found";
}

function toPage(wire: WirePage, asked: number): ChatPage<ChatRow & Avatar> {
  // Without its meta a page says nothing of others; what it holds is then all that is known.
  const page_total = wire.meta?.page_total ?? asked;
  const total = wire.meta?.total ?? wire.items.length;
  // KOOK's paginator answers with its last page again when asked past the end (inferred: Yii2's default).
  const past = asked > Math.max(page_total, 1);
  return {
    chats: past ? [] : wire.items.map((item) => withAvatar(toChatRow(item), item)),
    page: asked,
    page_total,
    total,
    ...(asked < page_total && { next_page: asked + 1 }),
    ...(wire.skipped > 0 && !past && { skipped: wire.skipped }),
  };
}

function withAvatar<T extends ChatRow>(chat: T, wire: WireChatRow): T & Avatar {
  const avatar = avatarOf(wire);
  return avatar === undefined ? chat : { ...chat, avatar };
}

/** Width and case do not count when a person searches for a name. */
function foldCase(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}

// The bot's private chats as this server means them: KOOK's pages and chats in the contract's words.
import type { KookClient } from "../kook/client.ts";
import { ApiError } from "../kook/errors.ts";
import type { WireChatRow, WirePage } from "../kook/wire.ts";
import { avatarOf, type Chat, type ChatRow, toChat, toChatRow } from "./chat.ts";

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

/** Pages that a completion may look through: 500 chats. */
const COMPLETION_PAGES = 10;
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
    signal?: AbortSignal,
  ): Promise<ChatPage<ChatRow & Avatar>> {
    const wire = await this.#client.listChats({ page, page_size: pageSize }, signal);
    return toPage(wire, page);
  }

  async view(chatCode: string, signal?: AbortSignal): Promise<Chat & Avatar> {
    const wire = await this.#client.viewChat(chatCode, signal);
    return withAvatar(toChat(wire), wire);
  }

  /** Opens the chat with a user, or finds the one that exists. */
  async create(targetId: string, signal?: AbortSignal): Promise<Chat> {
    const chat = toChat(await this.#client.createChat(targetId, signal));
    this.#deleted.delete(chat.chat_code);
    this.#directory = undefined;
    return chat;
  }

  /** Takes a chat off the bot's list. Repeating a delete that this server made is success. */
  async delete(chatCode: string, signal?: AbortSignal): Promise<{ already_gone?: true }> {
    try {
      await this.#client.deleteChat(chatCode, signal);
    } catch (error) {
      if (this.#deleted.has(chatCode) && isMissing(error)) return { already_gone: true };
      throw error;
    }
    this.#deleted.add(chatCode);
    this.#directory = undefined;
    return {};
  }

  /** Codes of the chats whose code starts with `typed` or whose username has it, among the first 500 chats. */
  async complete(typed: string): Promise<string[]> {
    const wanted = foldCase(typed.trim());
    const chats = await this.#knownChats();
    return chats
      .filter(
        (chat) => chat.chat_code.startsWith(wanted) || foldCase(chat.username).includes(wanted),
      )
      .map((chat) => chat.chat_code);
  }

  #knownChats(): Promise<ChatRow[]> {
    if (!this.#directory || this.#directory.expiresAt <= Date.now()) {
      const directory = { chats: this.#walk(), expiresAt: Date.now() + COMPLETION_CACHE_MS };
      this.#directory = directory;
      // A failure is not kept: the next letter typed asks again.
      directory.chats.catch(() => {
        if (this.#directory === directory) this.#directory = undefined;
      });
    }
    return this.#directory.chats;
  }

  async #walk(): Promise<ChatRow[]> {
    const chats: ChatRow[] = [];
    for (let page: number | undefined = 1; page !== undefined && page <= COMPLETION_PAGES; ) {
      const listed: ChatPage = await this.list({ page, pageSize: MAX_PAGE_SIZE });
      chats.push(...listed.chats);
      page = listed.next_page;
    }
    return chats;
  }
}

/** True where KOOK says that a chat is not there. */
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

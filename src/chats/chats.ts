// The bot's private chats as this server means them: KOOK's pages and chats in the contract's words, of all of which only
// those on the allow-list exist.

import type { CallOptions } from "../kook/call-options.ts";
import type { KookClient } from "../kook/client.ts";
import { ApiError, isDoubtful } from "../kook/errors.ts";
import { type AllowedChats, AllowList } from "./allowed-chats.ts";
import { avatarOf, type Chat, toChat } from "./chat.ts";
import { Completion } from "./completion.ts";
import {
  HiddenChatError,
  isMissing,
  TargetNotAllowedError,
  UnfinishedSearchError,
} from "./errors.ts";
import { type ChatPage, type ListedChat, MAX_PAGE_SIZE, pageOf, toPage } from "./page.ts";
import { type ReadPage, readAhead } from "./read-ahead.ts";
import { RecentCodes } from "./recent-codes.ts";
import { type ChatFilter, type Scan, scan } from "./scan.ts";
import { settle } from "./settle.ts";

export interface ChatsOptions {
  /** Ids of the users whose chats exist for this server; all where it is absent. */
  allowTargets?: readonly string[] | undefined;
  /** After so many milliseconds a scan waits for no further page. */
  scanBudgetMs: number;
}

/** Pages that a completion, or the search for one user's chat, may look through: 500 chats. */
const SEARCH_PAGES = 10;
/** Pages under way at once where all are wanted. */
const AHEAD = 8;

/** The bot's chats. Methods reject with the errors of `kook/errors.ts`, or with the signal's reason after an abort. */
export class Chats {
  readonly #client: KookClient;
  readonly #allowList: AllowList | undefined;
  readonly #scanBudgetMs: number;
  /** Codes of chats that were there, and are allowed, when KOOK last told of them. */
  readonly #seen = new RecentCodes();
  readonly #deleted = new RecentCodes();
  readonly #completion = new Completion(
    (): Promise<ListedChat[]> =>
      this.#allowList
        ? this.#allowedChats(this.#allowList).then(({ chats }) => chats)
        : this.#firstChats(),
  );

  constructor(client: KookClient, { allowTargets, scanBudgetMs }: ChatsOptions) {
    this.#client = client;
    this.#allowList = allowTargets && new AllowList(new Set(allowTargets));
    this.#scanBudgetMs = scanBudgetMs;
  }

  /** One page, counted from 1. Asking past the end gives an empty page, not KOOK's last one again. */
  async list(
    { page, pageSize }: { page: number; pageSize: number },
    options?: FindOptions,
  ): Promise<ChatPage> {
    if (this.#allowList) {
      const { chats, ...rest } = await this.#allowedChats(this.#allowList, options);
      return { ...pageOf(chats, page, pageSize), ...(!rest.complete && rest) };
    }
    return this.#kookPage({ page, pageSize }, options);
  }

  /**
   * The chats that a filter lets through, newest first.
   * @param from `page`: KOOK's page of 50 at which to start; `enough`: how many matches are wanted
   */
  async find(
    filter: ChatFilter,
    { page, enough }: { page: number; enough: number },
    options: FindOptions = {},
  ): Promise<Scan> {
    const { signal, onWait, onPage } = options;
    const budgetMs = this.#scanBudgetMs;
    const from = { filter, firstPage: page, enough, budgetMs, signal };
    if (!this.#allowList) return scan(this.#pageReader(onWait), { ...from, onPage });
    // The allowed chats are few, and all in hand.
    const { chats, ...rest } = await this.#allowedChats(this.#allowList, options);
    const inHand: ReadPage = async (number) => pageOf(chats, number, MAX_PAGE_SIZE);
    const { only_match, ...found } = await scan(inHand, from);
    if (!rest.complete) return { ...found, ...rest };
    return { ...found, ...(only_match !== undefined && { only_match }) };
  }

  /** @throws HiddenChatError with an allow-list, for a chat that is not on it or not there */
  async view(chatCode: string, options?: CallOptions): Promise<ViewedChat> {
    try {
      const wire = await this.#client.viewChat(chatCode, options);
      const chat = toChat(wire);
      if (this.#allows(chat.target_id)) {
        this.#seen.add(chat.chat_code);
        return { chat, avatar: avatarOf(wire) };
      }
    } catch (error) {
      if (!this.#allowList || !saysNothingElse(error)) throw error;
    }
    throw new HiddenChatError();
  }

  /**
   * Opens the chat with a user, or finds the one that exists.
   * @throws TargetNotAllowedError before anything is sent
   * @throws UnsettledWriteError when KOOK's answer was lost and the chat is not there, or cannot be looked for
   */
  async create(targetId: string, options?: CallOptions): Promise<Chat> {
    if (!this.#allows(targetId)) throw new TargetNotAllowedError();
    const chat = await this.#client.createChat(targetId, options).then(toChat, async (error) => {
      if (!isDoubtful(error)) throw error;
      return settle(error, () => this.#findByTarget(targetId, options));
    });
    // KOOK has no reason to answer with another user's chat; if it does, that one stays hidden.
    if (!this.#allows(chat.target_id)) throw new HiddenChatError();
    this.#seen.add(chat.chat_code);
    this.#deleted.delete(chat.chat_code);
    this.#forgetLists();
    return chat;
  }

  /**
   * Takes a chat off the bot's list. A chat that was there and no longer is, is deleted already; a code that nobody has
   * seen is looked at first, so that a mistyped one is never reported as deleted, whatever KOOK says to it.
   * @throws HiddenChatError with an allow-list, for a chat that is not on it or not there
   * @throws UnsettledWriteError when KOOK's answer was lost and the chat is still there, or cannot be looked for
   */
  async delete(chatCode: string, options?: CallOptions): Promise<{ already_gone?: true }> {
    if (!this.#seen.has(chatCode) && !this.hasDeleted(chatCode)) {
      await this.view(chatCode, options);
    }
    let outcome: { already_gone?: true } = {};
    try {
      await this.#client.deleteChat(chatCode, options);
    } catch (error) {
      if (isDoubtful(error)) {
        await settle(error, async () => (await this.#isGone(chatCode, options)) || undefined);
      } else {
        // Whether it is gone is found out by looking, not by the wording of the refusal.
        const gone = error instanceof ApiError && (await this.#isGone(chatCode, options));
        if (!gone) throw error;
        outcome = { already_gone: true };
      }
    }
    this.#deleted.add(chatCode);
    this.#forgetLists();
    return outcome;
  }

  /** Whether this server has deleted the chat, and not opened it again. */
  hasDeleted(chatCode: string): boolean {
    return this.#deleted.has(chatCode);
  }

  /** Codes of the chats whose code starts with `typed` or whose username has it, among the first 500 chats. */
  complete(typed: string): Promise<string[]> {
    return this.#completion.complete(typed);
  }

  #allows(targetId: string): boolean {
    return !this.#allowList || this.#allowList.has(targetId);
  }

  async #kookPage(
    { page, pageSize }: { page: number; pageSize: number },
    options?: CallOptions,
  ): Promise<ChatPage> {
    const wire = await this.#client.listChats({ page, page_size: pageSize }, options);
    const listed = toPage(wire, page);
    for (const { row } of listed.chats) {
      if (this.#allows(row.target_id)) this.#seen.add(row.chat_code);
    }
    return listed;
  }

  #pageReader(onWait?: CallOptions["onWait"]): ReadPage {
    return (page, signal) => this.#kookPage({ page, pageSize: MAX_PAGE_SIZE }, { signal, onWait });
  }

  #pages({ signal, onWait }: CallOptions = {}) {
    return readAhead(this.#pageReader(onWait), { first: 1, ahead: () => AHEAD, signal });
  }

  async #allowedChats(
    list: AllowList,
    { signal, onWait, onPage }: FindOptions = {},
  ): Promise<AllowedChats> {
    const options = { budgetMs: this.#scanBudgetMs, signal, onPage };
    const found = await list.find(this.#pageReader(onWait), options);
    if (found.complete) return found;
    return { ...found, stoppedBy: found.stoppedBy ?? new UnfinishedSearchError() };
  }

  #forgetLists(): void {
    this.#completion.forget();
    this.#allowList?.forget();
  }

  async #isGone(chatCode: string, options?: CallOptions): Promise<boolean> {
    try {
      await this.#client.viewChat(chatCode, options);
      return false;
    } catch (error) {
      if (isMissing(error)) return true;
      throw error;
    }
  }

  async #findByTarget(targetId: string, options?: CallOptions): Promise<Chat | undefined> {
    const seen = new Set<string>();
    for await (const { page, chats, total, next_page } of this.#pages(options)) {
      const found = chats.find(({ row }) => row.target_id === targetId);
      if (found) return toChat(await this.#client.viewChat(found.row.chat_code, options));
      for (const { row } of chats) seen.add(row.chat_code);
      if (!next_page && seen.size >= total) return undefined;
      if (page === SEARCH_PAGES) break;
    }
    // Neither found nor known to be missing: settle() makes of it that nobody knows.
    throw new RangeError("not all chats could be looked at");
  }

  async #firstChats(): Promise<ListedChat[]> {
    const found: ListedChat[] = [];
    for await (const { page, chats } of this.#pages()) {
      found.push(...chats);
      if (page === SEARCH_PAGES) break;
    }
    return found;
  }
}

/** One chat, with the avatar that only its resource shows. */
export interface ViewedChat {
  chat: Chat;
  avatar: string | undefined;
}

export interface FindOptions extends CallOptions {
  /** Told after each page that was looked through. */
  onPage?: ((page: ChatPage) => void) | undefined;
}

/**
 * True for a refusal that may mean no more than that there is no such chat. Which one KOOK gives for that is not known, so
 * any that could tell a hidden chat from a missing one counts.
 */
function saysNothingElse(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return !["bad_token", "maintenance", "server_error"].includes(error.reason);
}

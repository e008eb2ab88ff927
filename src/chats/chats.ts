// Reads the bot's private chats: pages, searches, one chat. The allow-list hides all others.
import type { Access } from "../access/access.ts";
import type { CallOptions } from "../kook/call-options.ts";
import type { KookClient } from "../kook/client.ts";
import { listChats } from "../kook/endpoints/user-chat.ts";
import { AllowedChatSearch, type AllowedChats } from "./allowed-chats.ts";
import { avatarOf, type Chat, toChat } from "./chat.ts";
import { Completion } from "./completion.ts";
import type { ChatFilter } from "./match.ts";
import {
  type ChatPage,
  type ListedChat,
  MAX_PAGE_SIZE,
  pageOf,
  toListedChat,
  toPage,
} from "./page.ts";
import type { ReadPage } from "./prefetch.ts";
import { MAX_PAGES, type Scan, scan } from "./scan.ts";

export interface FindOptions extends CallOptions {
  /** Called after each page; without the page if there is an allow-list, which hides how many chats there are. */
  onPage?: ((page?: ChatPage) => void) | undefined;
}

/** List pages that one tool call may still read, over all its look-ups. */
export interface PageBudget {
  left: number;
}

/** One chat, with the avatar that only its resource shows. */
export interface ViewedChat {
  chat: Chat;
  avatar: string | undefined;
}

/** Pages that a completion reads: 500 chats. */
const COMPLETION_PAGES = 10;

/** Methods reject with the errors of kook/errors.ts, or with the signal's reason after an abort. */
export class Chats {
  readonly #client: KookClient;
  readonly #access: Access;
  readonly #scanBudgetMs: number;
  readonly #allowed: AllowedChatSearch | undefined;
  readonly #completion = new Completion((options) => this.#completable(options));

  /** @param scanBudgetMs a search stops waiting for further pages after this time */
  constructor(client: KookClient, access: Access, { scanBudgetMs }: { scanBudgetMs: number }) {
    this.#client = client;
    this.#access = access;
    this.#scanBudgetMs = scanBudgetMs;
    this.#allowed = access.allowedTargets && new AllowedChatSearch(access.allowedTargets);
  }

  /** One page, counted from 1. A page past the end is empty. */
  async list(
    asked: { page: number; pageSize: number },
    options: FindOptions = {},
  ): Promise<ChatPage> {
    if (!this.#allowed) return this.#readPage(asked, options);
    const { chats, ...rest } = await this.#findAllowed(this.#allowed, options);
    return { ...pageOf(chats, asked.page, asked.pageSize), ...describe(rest) };
  }

  /**
   * The chats that a filter matches, newest first.
   * @param from `page`: KOOK's page of 50 at which to start; `enough`: how many matches are wanted
   */
  async find(
    filter: ChatFilter,
    { page, enough }: { page: number; enough: number },
    options: FindOptions = {},
  ): Promise<Scan> {
    const { signal, onPage } = options;
    const from = { filter, firstPage: page, enough, budgetMs: this.#scanBudgetMs, signal };
    if (!this.#allowed) return scan(this.#pageReader(options), { ...from, onPage });
    const { chats, ...rest } = await this.#findAllowed(this.#allowed, options);
    const inMemory: ReadPage = async (number) => pageOf(chats, number, MAX_PAGE_SIZE);
    const { only_match, ...found } = await scan(inMemory, from);
    const sure = rest.complete && only_match !== undefined;
    return { ...found, ...describe(rest), ...(sure && { only_match }) };
  }

  /** @throws HiddenChatError with an allow-list, for a chat that is off it or missing */
  async view(chatCode: string, options?: CallOptions): Promise<ViewedChat> {
    const wire = await this.#access.viewChat(chatCode, options);
    return { chat: toChat(wire), avatar: avatarOf(wire) };
  }

  /**
   * Looks for a chat in KOOK's list, which alone shows what exists: a deleted chat may still be viewable (inferred).
   * @param budget the pages that the whole tool call may still read; looking reduces it
   * @returns the chat; `absent` if the whole list was read without finding it; `unknown` otherwise
   */
  async lookFor(
    filter: ChatFilter,
    options: CallOptions = {},
    budget: PageBudget = { left: MAX_PAGES },
  ): Promise<ListedChat | "absent" | "unknown"> {
    if (budget.left <= 0) return "unknown";
    const read = this.#pageReader(options);
    const counting: ReadPage = (page, signal) => {
      budget.left--;
      return read(page, signal);
    };
    const { chats, complete } = await scan(counting, {
      filter,
      firstPage: 1,
      maxPages: budget.left,
      enough: 1,
      budgetMs: this.#scanBudgetMs,
      signal: options.signal,
    });
    return chats[0] ?? (complete ? "absent" : "unknown");
  }

  /**
   * The chats on the first pages of KOOK's list, newest first: with an allow-list those among them that may be seen, so
   * that a start of a host costs no search.
   * @throws what reading any of the pages throws
   */
  async first(pages: number, options: CallOptions): Promise<ListedChat[]> {
    const targets = this.#access.allowedTargets;
    const { chats, stoppedBy } = await scan(this.#pageReader(options), {
      filter: { targets },
      firstPage: 1,
      maxPages: pages,
      enough: targets ? Math.max(1, targets.size) : Number.POSITIVE_INFINITY,
      budgetMs: this.#scanBudgetMs,
      signal: options.signal,
    });
    if (stoppedBy !== undefined) throw stoppedBy;
    return chats;
  }

  /** Codes of the chats whose code starts with `typed` or whose username contains it, among the first 500 chats. */
  complete(typed: string, options?: CallOptions): Promise<string[]> {
    return this.#completion.complete(typed, options);
  }

  /** The user of a chat that KOOK has told of. */
  userOf(chatCode: string): string | undefined {
    return this.#access.knownChat(chatCode)?.targetId || undefined;
  }

  /** Drops the caches, because the chats have changed. */
  forgetLists(): void {
    this.#completion.forget();
    this.#allowed?.forget();
  }

  async #readPage(
    asked: { page: number; pageSize: number },
    options: CallOptions,
  ): Promise<ChatPage> {
    const parameters = { page: asked.page, page_size: asked.pageSize };
    const wire = await this.#client.call(listChats, parameters, options);
    this.#access.learn(wire.items);
    return toPage(wire, asked);
  }

  #pageReader(options: CallOptions): ReadPage {
    return (page, signal) =>
      this.#readPage({ page, pageSize: MAX_PAGE_SIZE }, { ...options, signal });
  }

  #findAllowed(search: AllowedChatSearch, options: FindOptions): Promise<AllowedChats> {
    const { signal, onPage } = options;
    // A person's call may wait for a search that a host started.
    const shared = { ...options, priority: "person" } as const;
    const source = {
      readPage: this.#pageReader(shared),
      readChat: async (chatCode: string, signal: AbortSignal | undefined) =>
        toListedChat(await this.#access.viewChat(chatCode, { ...shared, signal })),
    };
    const budgetMs = this.#scanBudgetMs;
    return search.find(source, { budgetMs, signal, onPage: onPage && (() => onPage()) });
  }

  async #completable(options: CallOptions): Promise<ListedChat[]> {
    if (this.#allowed) return (await this.#findAllowed(this.#allowed, options)).chats;
    return this.first(COMPLETION_PAGES, options);
  }
}

/** The fields of a result that is incomplete or stale. */
function describe({ complete, stoppedBy, age_s }: Omit<AllowedChats, "chats">) {
  return {
    ...(!complete && { complete, stoppedBy }),
    ...(age_s !== undefined && { age_s }),
  };
}

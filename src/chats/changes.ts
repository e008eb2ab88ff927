// Creates and deletes private chats. Reports a change as done only if KOOK confirmed it or its list shows it.
import type { Access } from "../access/access.ts";
import { isMissing } from "../access/errors.ts";
import type { CallOptions } from "../kook/call-options.ts";
import type { KookClient } from "../kook/client.ts";
import { createChat, deleteChat } from "../kook/endpoints/user-chat.ts";
import { isDoubtful, MalformedAnswerError, RateLimitError } from "../kook/errors.ts";
import { LostAnswerError, reconcile, type Sighting } from "../kook/reconcile.ts";
import type { WireChat } from "../kook/wire/chat.ts";
import { type Chat, toChat } from "./chat.ts";
import type { Chats, PageBudget } from "./chats.ts";
import type { ListedChat } from "./page.ts";
import { MAX_PAGES } from "./scan.ts";

/** Methods reject with the errors of kook/errors.ts, or with the signal's reason after an abort before the change was sent. */
export class ChatChanges {
  readonly #client: KookClient;
  readonly #access: Access;
  readonly #chats: Chats;
  readonly #deleted = new Set<string>();

  constructor(client: KookClient, access: Access, chats: Chats) {
    this.#client = client;
    this.#access = access;
    this.#chats = chats;
  }

  /**
   * Opens the chat with a user, or finds the existing one. `created` is absent if it is unknown: the list is longer than
   * 20 pages.
   * @throws TargetNotAllowedError before anything is sent
   * @throws LostAnswerError if KOOK's answer was lost and the chat is not there, or nobody knows
   */
  async create(
    targetId: string,
    options: CallOptions = {},
  ): Promise<{ chat: Chat; created?: boolean }> {
    this.#access.requireUser(targetId);
    const budget = { left: MAX_PAGES };
    const before = await this.#lookForUser(targetId, options, budget);
    const existing = typeof before === "string" ? undefined : await this.#read(before, options);
    if (existing) return { chat: toChat(existing), created: false };
    const wire = await this.#post(targetId, options, budget).finally(() =>
      this.#chats.forgetLists(),
    );
    this.#access.learn([wire]);
    this.#deleted.delete(wire.code);
    return { chat: toChat(wire), ...(before === "absent" && { created: true }) };
  }

  /**
   * Reads a chat from KOOK unless its list has shown it, so that a mistyped code is never reported as deleted.
   * @returns the code as KOOK spells it, and the chat if it was read
   * @throws HiddenChatError with an allow-list, for a chat that is off it or missing
   */
  async resolve(
    chatCode: string,
    options: CallOptions = {},
  ): Promise<{ chat_code: string; chat?: Chat }> {
    const isKnown = this.#access.knows(chatCode) || this.hasDeleted(chatCode);
    if (isKnown) return { chat_code: chatCode };
    const chat = toChat(await this.#access.viewChat(chatCode, options));
    return { chat_code: chat.chat_code, chat };
  }

  /**
   * Takes a chat off the bot's list. A chat is `already_gone` if KOOK says that it does not exist, and its list, which has
   * shown the chat before, no longer does.
   * @throws HiddenChatError with an allow-list, for a chat that is off it or missing
   * @throws LostAnswerError if KOOK's answer was lost and the chat is still there, or nobody knows
   */
  async delete(sent: string, options: CallOptions = {}): Promise<{ already_gone?: true }> {
    const { chat_code: chatCode } = await this.resolve(sent, options);
    let outcome: { already_gone?: true } = {};
    try {
      await this.#client.call(deleteChat, { chat_code: chatCode }, options);
    } catch (error) {
      const after = uncancelled(options);
      if (isDoubtful(error)) {
        await this.#reconciled(error, () => this.#sightingOfDelete(chatCode, after), after);
      } else {
        // Report KOOK's refusal even if the check of the list fails.
        const seen = isMissing(error) && (await this.#sightingSafely(chatCode, after));
        if (typeof seen !== "object") throw error;
        outcome = { already_gone: true };
      }
    }
    this.#deleted.add(chatCode);
    this.#chats.forgetLists();
    return outcome;
  }

  /** Whether this process has deleted the chat, and not opened it again. */
  hasDeleted(chatCode: string): boolean {
    return this.#deleted.has(chatCode);
  }

  /** A rate limit of the list does not stop a create; any other failure does, before anything is changed. */
  async #lookForUser(
    targetId: string,
    options: CallOptions,
    budget: PageBudget,
  ): Promise<ListedChat | "absent" | "unknown"> {
    try {
      return await this.#chats.lookFor({ targets: new Set([targetId]) }, options, budget);
    } catch (error) {
      if (error instanceof RateLimitError) return "unknown";
      throw error;
    }
  }

  /** A chat that was listed a moment ago, or undefined if it is gone. */
  async #read({ row }: ListedChat, options: CallOptions): Promise<WireChat | undefined> {
    try {
      return await this.#access.viewChat(row.chat_code, options);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async #post(targetId: string, options: CallOptions, budget: PageBudget): Promise<WireChat> {
    const cause = await this.#client.call(createChat, { target_id: targetId }, options).then(
      (wire) => {
        if (wire.target_info?.id === targetId) return { wire };
        return { error: new MalformedAnswerError(200, "the chat of another user") };
      },
      (error: unknown) => ({ error }),
    );
    if ("wire" in cause) return cause.wire;
    if (!isDoubtful(cause.error)) throw cause.error;
    const after = uncancelled(options);
    return this.#reconciled(
      cause.error,
      async () => {
        const targets = new Set([targetId]);
        const seen = await this.#chats.lookFor({ targets }, after, budget);
        if (typeof seen === "string") return seen === "absent" ? "not_done" : "unknown";
        return { done: await this.#access.viewChat(seen.row.chat_code, after) };
      },
      after,
    );
  }

  /** Drops the caches if the outcome stays unknown: the change may have been made. */
  async #reconciled<T>(
    cause: unknown,
    look: () => Promise<Sighting<T>>,
    { deadline }: CallOptions,
  ): Promise<T> {
    try {
      return await reconcile(cause, look, deadline);
    } catch (error) {
      if (error instanceof LostAnswerError && error.outcome === "unknown") {
        this.#chats.forgetLists();
      }
      throw error;
    }
  }

  async #sightingOfDelete(chatCode: string, options: CallOptions): Promise<Sighting<true>> {
    const wasListed = this.#access.wasListed(chatCode) || this.hasDeleted(chatCode);
    const seen = await this.#chats.lookFor({ chatCode }, options);
    if (typeof seen !== "string") return "not_done";
    return seen === "absent" && wasListed ? { done: true } : "unknown";
  }

  #sightingSafely(chatCode: string, options: CallOptions): Promise<Sighting<true>> {
    return this.#sightingOfDelete(chatCode, options).catch(() => "unknown");
  }
}

/** After a change was sent, its outcome decides the caches, the audit log's line and list_changed: find it out in any case. */
const uncancelled = (options: CallOptions): CallOptions => ({ ...options, signal: undefined });

// Access control (allow-list): decides which chats this server may see. Every family asks here, by chat code and
// by user id.
import type { CallOptions } from "../kook/call-options.ts";
import type { KookClient } from "../kook/client.ts";
import { viewChat } from "../kook/endpoints/user-chat.ts";
import { ApiError, MalformedAnswerError, UnreadableDataError } from "../kook/errors.ts";
import type { WireChat, WireChatRow } from "../kook/wire/chat.ts";
import { HiddenChatError, RecipientNotAllowedError, TargetNotAllowedError } from "./errors.ts";
import { type KnownChat, KnownChats } from "./known-chats.ts";

/**
 * Who may be written to. `replies`: users who wrote to the bot in the last 7 days. `*`: everybody with a chat. Otherwise
 * these user ids. Always within the allow-list.
 */
export type SendTo = "replies" | "*" | readonly string[];

export class Access {
  readonly #client: KookClient;
  /** The users on the allow-list; undefined if there is none. */
  readonly allowedTargets: ReadonlySet<string> | undefined;
  readonly #known = new KnownChats();
  readonly #sendTo: SendTo;

  constructor(client: KookClient, allowTargets?: readonly string[], sendTo: SendTo = "replies") {
    this.#client = client;
    this.allowedTargets = allowTargets && new Set(allowTargets);
    this.#sendTo = sendTo;
  }

  allowsUser(targetId: string): boolean {
    return !this.allowedTargets || this.allowedTargets.has(targetId);
  }

  /** @throws TargetNotAllowedError, without asking KOOK whether the user exists */
  requireUser(targetId: string): void {
    if (!this.allowsUser(targetId)) throw new TargetNotAllowedError();
  }

  /** Only users who wrote to the bot in the last 7 days may be written to; the caller must check that. */
  get repliesOnly(): boolean {
    return this.#sendTo === "replies";
  }

  /**
   * Whether this user may be written to, except for what `repliesOnly` says.
   * @throws TargetNotAllowedError, RecipientNotAllowedError, without asking KOOK
   */
  requireRecipient(targetId: string): void {
    this.requireUser(targetId);
    if (typeof this.#sendTo === "string" || this.#sendTo.includes(targetId)) return;
    throw new RecipientNotAllowedError();
  }

  /** True if KOOK has listed or returned this chat, and it is allowed. */
  knows(chatCode: string): boolean {
    return this.#known.get(chatCode) !== undefined;
  }

  /** This chat as KOOK last showed it, if it may be seen. */
  knownChat(chatCode: string): KnownChat | undefined {
    return this.#known.get(chatCode);
  }

  /** The chat with this user, if KOOK has told of it and it may be seen. */
  knownChatWith(targetId: string): KnownChat | undefined {
    return this.#known.withUser(targetId);
  }

  /** Whether KOOK's list has shown this chat: only then does its absence from the list mean that it is gone. */
  wasListed(chatCode: string): boolean {
    return this.#known.wasListed(chatCode);
  }

  /** Remembers the chats of a list page that may be seen. */
  learn(chats: readonly WireChatRow[]): void {
    for (const chat of chats) this.#remember(chat, true);
  }

  /**
   * Reads one chat from KOOK, if it may be seen. Missing and hidden chats take the same requests and end in the same error.
   * KOOK may find a chat by another spelling of its code: the answer's `code` is the right one.
   * @throws HiddenChatError with an allow-list, unless the chat is known; what the call throws
   */
  async viewChat(chatCode: string, options?: CallOptions): Promise<WireChat> {
    const chat = await this.#client
      .call(viewChat, { chat_code: chatCode }, options)
      .catch((error: unknown) => {
        // A chat that was shown is not hidden: say what KOOK says.
        const mayBeHidden = this.allowedTargets && !this.knows(chatCode);
        throw mayBeHidden && mayMeanMissing(error) ? new HiddenChatError() : error;
      });
    if (!this.#remember(chat, false)) throw new HiddenChatError();
    return chat;
  }

  /** Remembers a chat that may be seen. @returns whether it may */
  #remember({ code, target_info }: WireChatRow, listed: boolean): boolean {
    const { id: targetId = "", username = "" } = target_info ?? {};
    if (!this.allowsUser(targetId)) return false;
    this.#known.add({ chatCode: code, targetId, username }, listed);
    return true;
  }
}

/**
 * KOOK does not document its refusal of a missing chat. Any refusal may be one, also a 404 without an envelope; passing it on
 * would tell a missing chat from a hidden one.
 */
function mayMeanMissing(error: unknown): boolean {
  if (error instanceof UnreadableDataError) return true;
  if (error instanceof MalformedAnswerError) return error.status === 404;
  return (
    error instanceof ApiError &&
    !["bad_token", "maintenance", "server_error"].includes(error.reason)
  );
}

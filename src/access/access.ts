// Which chats this server may see: all, or those with the users on the allow-list. Every family asks here, by chat code and
// by user id.
import type { CallOptions } from "../kook/call-options.ts";
import type { KookClient } from "../kook/client.ts";
import { viewChat } from "../kook/endpoints/user-chat.ts";
import { ApiError } from "../kook/errors.ts";
import type { WireChat, WireChatRow } from "../kook/wire/chat.ts";
import { HiddenChatError, TargetNotAllowedError } from "./errors.ts";
import { type KnownChat, KnownChats } from "./known-chats.ts";

export class Access {
  readonly #client: KookClient;
  /** The users on the allow-list; undefined if there is none. */
  readonly allowedTargets: ReadonlySet<string> | undefined;
  readonly #known = new KnownChats();

  constructor(client: KookClient, allowTargets?: readonly string[]) {
    this.#client = client;
    this.allowedTargets = allowTargets && new Set(allowTargets);
  }

  allowsUser(targetId: string): boolean {
    return !this.allowedTargets || this.allowedTargets.has(targetId);
  }

  /** @throws TargetNotAllowedError, without asking KOOK whether the user exists */
  requireUser(targetId: string): void {
    if (!this.allowsUser(targetId)) throw new TargetNotAllowedError();
  }

  /** Whether KOOK has told of this chat, and it may be seen. */
  knows(chatCode: string): boolean {
    return this.#known.get(chatCode) !== undefined;
  }

  /** What KOOK has told of this chat, if it may be seen. */
  knownChat(chatCode: string): KnownChat | undefined {
    return this.#known.get(chatCode);
  }

  /** The chat with this user, if KOOK has told of it and it may be seen. */
  knownChatWith(targetId: string): KnownChat | undefined {
    return this.#known.withUser(targetId);
  }

  /** Remembers the chats that may be seen. */
  learn(chats: readonly WireChatRow[]): void {
    for (const { code, target_info } of chats) {
      const { id: targetId = "", username = "" } = target_info ?? {};
      if (this.allowsUser(targetId)) this.#known.add({ chatCode: code, targetId, username });
    }
  }

  /**
   * Reads one chat from KOOK, if it may be seen. Missing and hidden chats take the same requests and end in the same error.
   * @throws HiddenChatError with an allow-list; what the call throws
   */
  async viewChat(chatCode: string, options?: CallOptions): Promise<WireChat> {
    const chat = await this.#client
      .call(viewChat, { chat_code: chatCode }, options)
      .catch((error: unknown) => {
        throw this.allowedTargets && mayMeanMissing(error) ? new HiddenChatError() : error;
      });
    this.admit(chat);
    return chat;
  }

  /** Lets a chat that KOOK has answered with pass, and remembers it. @throws HiddenChatError if it is off the allow-list */
  admit(chat: WireChat): void {
    if (!this.allowsUser(chat.target_info?.id ?? "")) throw new HiddenChatError();
    this.learn([chat]);
  }
}

/** KOOK's refusal of a missing chat is not documented, so every refusal counts that could tell it from a hidden one. */
function mayMeanMissing(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    !["bad_token", "maintenance", "server_error"].includes(error.reason)
  );
}

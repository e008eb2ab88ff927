// Which chat is meant. Never asks KOOK by user id: KOOK may create a chat for it.
import type { Access } from "../access/access.ts";
import type { KnownChat } from "../access/known-chats.ts";
import type { Chats } from "../chats/chats.ts";
import { UnfinishedSearchError } from "../chats/errors.ts";
import { unlessAborted } from "../kook/abort.ts";
import type { CallOptions } from "../kook/call-options.ts";
import type { KookClient } from "../kook/client.ts";
import { viewMe } from "../kook/endpoints/user.ts";
import type { WireMessage } from "../kook/wire/message.ts";
import { harmlessName } from "../text/untrusted.ts";
import type { ChatOfMessages } from "./chat.ts";
import { UnknownUserError } from "./errors.ts";
import { isSystem } from "./message.ts";

export type Address = { target_id: string } | { chat_code: string };

/**
 * The chat of an address.
 * @throws TargetNotAllowedError without asking KOOK; HiddenChatError for a chat that is off the allow-list or missing;
 * UnknownUserError; what the calls throw
 */
export async function chatOf(
  address: Address,
  { access, chats }: { access: Access; chats: Chats },
  options: CallOptions,
): Promise<ChatOfMessages> {
  if ("chat_code" in address) {
    const { chat_code } = address;
    const known = access.knownChat(chat_code);
    if (known) return toChat(known);
    // KOOK may find a chat by another spelling of its code.
    const { code: chatCode, target_info } = await access.viewChat(chat_code, options);
    const { id: targetId = "", username = "" } = target_info ?? {};
    return toChat({ chatCode, targetId, username });
  }
  const { target_id } = address;
  access.requireUser(target_id);
  const known = access.knownChatWith(target_id);
  if (known) return toChat(known);
  const missing = await findUsers([address], { access, chats }, options);
  const found = access.knownChatWith(target_id);
  if (found) return toChat(found);
  throw missing.get(target_id);
}

/**
 * Looks for the chats of these users in one search; those found are known to `access` from then on.
 * @returns the error of each user who was not found
 */
export async function findUsers(
  addresses: readonly Address[],
  { access, chats }: { access: Access; chats: Chats },
  options: CallOptions,
): Promise<Map<string, unknown>> {
  const ids = addresses.flatMap((address) => ("target_id" in address ? address.target_id : []));
  const unknown = ids.filter((id) => access.allowsUser(id) && !access.knownChatWith(id));
  const targets = new Set(unknown);
  if (targets.size === 0) return new Map();
  const found = await chats.find({ targets }, { page: 1, enough: targets.size }, options);
  const { stoppedBy, scanned, complete } = found;
  const early = stoppedBy instanceof UnfinishedSearchError ? undefined : stoppedBy;
  const missing = [...targets].filter((id) => !access.knownChatWith(id));
  return new Map(missing.map((id) => [id, early ?? new UnknownUserError(scanned, complete)]));
}

function toChat({ chatCode, targetId, username }: KnownChat): ChatOfMessages {
  return { chat_code: chatCode, target_id: targetId, username: harmlessName(username) };
}

/** The bot's own account. */
export class Self {
  readonly #client: KookClient;
  #id: Promise<string> | undefined;

  constructor(client: KookClient) {
    this.#client = client;
  }

  /** Asks KOOK once; a failure is not kept. */
  async id(options: CallOptions): Promise<string> {
    for (;;) {
      const shared = this.#id;
      const reading = shared ?? this.#client.call(viewMe, {}, options).then(({ id }) => id);
      this.#id = reading;
      try {
        return await unlessAborted(reading, options.signal);
      } catch (error) {
        if (this.#id === reading) this.#id = undefined;
        options.signal?.throwIfAborted();
        // The call that started a shared request may have been cancelled: ask again.
        if (!shared) throw error;
      }
    }
  }

  /** Whether the message is of one of the chat's two sides. */
  async isOfChat(
    { target_id }: ChatOfMessages,
    { author_id }: WireMessage,
    options: CallOptions,
  ): Promise<boolean> {
    return author_id === target_id || author_id === (await this.id(options));
  }

  /** A private chat has two sides, so the bot's id is only needed where the user's account is deleted. */
  async userTest(
    { target_id }: ChatOfMessages,
    options: CallOptions,
  ): Promise<(message: WireMessage) => boolean> {
    if (target_id !== "") return ({ author_id }) => author_id === target_id;
    const botId = await this.id(options);
    return (message) => message.author_id !== botId && !isSystem(message);
  }
}

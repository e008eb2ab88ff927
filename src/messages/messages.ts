// The messages of one chat: pages, searches, images.
import type { Access } from "../access/access.ts";
import { isMissing } from "../access/errors.ts";
import type { Chats } from "../chats/chats.ts";
import type { CallOptions } from "../kook/call-options.ts";
import type { KookClient } from "../kook/client.ts";
import { listMessages, viewMessage } from "../kook/endpoints/direct-message.ts";
import type { WireMessage } from "../kook/wire/message.ts";
import { harmlessText } from "../text/untrusted.ts";
import { type Address, chatOf, findUsers, Self } from "./address.ts";
import type { ChatOfMessages } from "./chat.ts";
import { quoteText } from "./content.ts";
import { UnknownMessageError } from "./errors.ts";
import {
  type KnownMessage,
  MessageIds,
  type Reference,
  readReference,
  type ShownMessage,
} from "./ids.ts";
import { downloadImage, type ImageFile, pickImage } from "./images.ts";
import { type Latest, LatestMessages, readLatest } from "./latest.ts";
import { LeakGuard } from "./leak-guard.ts";
import { type Conversation, knownOf, toMessages } from "./message.ts";
import type { MessagePage, MessagesQuery } from "./page.ts";
import { PageEnds } from "./page-ends.ts";
import { MAX_LOOKED_AT, type ReadMessages, Walk } from "./paging.ts";
import { type Bound, type Bounds, pageAfter, pageBefore, type Shown } from "./range.ts";
import { searchMessages } from "./search.ts";

export type { Address } from "./address.ts";
export type { MessagePage, MessagesQuery } from "./page.ts";

/** Of a message that is answered. */
const MAX_WORDS = 120;

/** Methods reject with the errors of errors.ts, access/ and kook/, or with the signal's reason after an abort. */
export class Messages {
  readonly #client: KookClient;
  readonly #rooms: { access: Access; chats: Chats };
  readonly #ids = new MessageIds();
  readonly #self: Self;
  readonly #ends = new PageEnds();
  /** Cache of each chat's newest messages. Update it after every change. */
  readonly lastRead = new LatestMessages();
  /** Knows what was shown, where messages can be sent. */
  readonly leakGuard = new LeakGuard();
  readonly #canSend: boolean;

  /** @param canSend absent or false: texts are not kept for guards and questions of sending */
  constructor(
    client: KookClient,
    access: Access,
    chats: Chats,
    { canSend = false }: { canSend?: boolean } = {},
  ) {
    this.#canSend = canSend;
    this.#client = client;
    this.#rooms = { access, chats };
    this.#self = new Self(client);
  }

  /** The newest messages, those before or after one, or those that a query fits, with their neighbours. */
  async list(
    address: Address,
    { limit, before, after, query = "" }: MessagesQuery,
    options: CallOptions = {},
  ): Promise<MessagePage> {
    const references = {
      before: before === undefined ? undefined : readReference(before, "before"),
      after: after === undefined ? undefined : readReference(after, "after"),
    };
    const chat = await chatOf(address, this.#rooms, options);
    const bounds: Bounds = {
      isGone: (id) => this.#isGone(chat, id, options),
      before: references.before && (await this.#boundOf(chat, references.before, options)),
      after: references.after && (await this.#boundOf(chat, references.after, options)),
    };
    const read = this.reader(chat, options);
    const shown = await this.#read(read, bounds, { limit, query, signal: options.signal });
    this.#ends.remember(shown, bounds);
    return this.#page(await this.conversation(chat, options), shown);
  }

  /** @param index of the message's attachments, counted from 0; absent: its first image */
  async image(
    address: Address,
    msgId: string,
    index: number | undefined,
    options: CallOptions = {},
  ): Promise<ImageFile> {
    readReference(msgId, "msg_id");
    const chat = await chatOf(address, this.#rooms, options);
    const message = await this.view(chat, await this.idOf(chat, msgId, options), options);
    return downloadImage(this.#client, pickImage(message, index), options);
  }

  /**
   * The whole id of a message, by itself or by the digits that are shown. The message may be missing.
   * @throws MessageReferenceError, UnknownMessageError, AmbiguousMessageError
   */
  async idOf(chat: ChatOfMessages, msgId: string, options: CallOptions): Promise<string> {
    const reference = readReference(msgId, "msg_id");
    if ("time" in reference) throw new UnknownMessageError();
    const { digits } = reference;
    const id = this.#ids.find(chat.chat_code, digits)?.id ?? reference.id;
    return id ?? (await this.#lookFor(chat, digits, options)).id;
  }

  /** Whether this process has shown or sent a message. */
  knowsId({ chat_code }: ChatOfMessages, msgId: string): boolean {
    const reference = readReference(msgId, "msg_id");
    return "digits" in reference && this.#ids.find(chat_code, reference.digits) !== undefined;
  }

  /** @throws as `chatOf` does */
  chat(address: Address, options: CallOptions): Promise<ChatOfMessages> {
    return chatOf(address, this.#rooms, options);
  }

  /** @returns the error of each user who has no chat; one search for all of them */
  findUsers(addresses: readonly Address[], options: CallOptions): Promise<Map<string, unknown>> {
    return findUsers(addresses, this.#rooms, options);
  }

  /**
   * The newest messages, back to the user's last one, or to `since` (epoch milliseconds).
   * @param maxAgeMs they may have been read this long ago
   */
  async latest(
    chat: ChatOfMessages,
    { since, maxAgeMs }: { since: number; maxAgeMs: number },
    options: CallOptions,
  ): Promise<Latest> {
    const known = this.lastRead.get(chat.chat_code, maxAgeMs);
    return known ?? readLatest(this.reader(chat, options), chat.target_id, since);
  }

  /** The short form of an id, which is accepted from then on. */
  showId({ chat_code }: ChatOfMessages, message: ShownMessage): string {
    this.#ids.add(chat_code, [message]);
    return this.#ids.shorten(chat_code, message.id);
  }

  /** The words of a message, which a model is going to see. */
  async wordsOf(chat: ChatOfMessages, wire: WireMessage, options: CallOptions): Promise<string> {
    const [message] = toMessages([wire], await this.conversation(chat, options));
    return harmlessText(message?.content.text || quoteText(wire), MAX_WORDS);
  }

  /** Converts KOOK's messages of this chat to ours. */
  async conversation(chat: ChatOfMessages, options: CallOptions): Promise<Conversation> {
    const isUser = await this.#self.userTest(chat, options);
    return { chat, ids: this.#ids, isUser, ...(this.#canSend && { leakGuard: this.leakGuard }) };
  }

  /** Reads pages of a chat that may be seen. */
  reader({ chat_code, target_id }: ChatOfMessages, options: CallOptions): ReadMessages {
    return async (parameters) => {
      const page = await this.#client.call(listMessages, { chat_code, ...parameters }, options);
      const isNewest = parameters.msg_id === undefined;
      if (this.#canSend && isNewest && target_id !== "") {
        this.lastRead.note(chat_code, target_id, page.items);
      }
      return page;
    };
  }

  #read(
    read: ReadMessages,
    bounds: Bounds,
    { limit, query, signal }: { limit: number; query: string; signal: AbortSignal | undefined },
  ): Promise<Shown> {
    if (query.trim() !== "") return searchMessages(read, bounds, { limit, query, signal });
    const isForward = bounds.after !== undefined && bounds.before === undefined;
    return (isForward ? pageAfter : pageBefore)(read, bounds, limit);
  }

  #page(conversation: Conversation, { wires, older, newer, ...rest }: Shown): MessagePage {
    const { chat, ids } = conversation;
    const messages = toMessages(wires, conversation);
    const ends = [older, newer].filter((wire) => wire !== undefined);
    ids.add(chat.chat_code, ends.map(knownOf));
    return {
      chat,
      messages,
      ...(older && { older: ids.shorten(chat.chat_code, older.id) }),
      ...(newer && { newer: ids.shorten(chat.chat_code, newer.id) }),
      ...rest,
    };
  }

  /** @throws UnknownMessageError, AmbiguousMessageError */
  async #boundOf(chat: ChatOfMessages, reference: Reference, options: CallOptions): Promise<Bound> {
    if ("time" in reference) return reference;
    const known = this.#ids.find(chat.chat_code, reference.digits);
    if (known?.time !== undefined) return this.#ends.boundOf({ id: known.id, time: known.time });
    const id = known?.id ?? reference.id;
    const found =
      id === undefined
        ? await this.#lookFor(chat, reference.digits, options)
        : knownOf(await this.view(chat, id, options));
    this.#ids.add(chat.chat_code, [found]);
    return found;
  }

  /** Looks for digits among the newest messages; all of them, because others could have the same digits. */
  async #lookFor(
    chat: ChatOfMessages,
    digits: string,
    options: CallOptions,
  ): Promise<KnownMessage> {
    const walk = new Walk(this.reader(chat, options));
    while (!walk.ended && walk.messages.length < MAX_LOOKED_AT) await walk.next();
    const found = this.#ids.pick(chat.chat_code, digits, walk.messages.map(knownOf));
    if (!found) throw new UnknownMessageError(walk.messages.length);
    return found;
  }

  async #isGone(chat: ChatOfMessages, id: string, options: CallOptions): Promise<boolean> {
    try {
      await this.view(chat, id, options);
      return false;
    } catch (error) {
      if (error instanceof UnknownMessageError) return true;
      throw error;
    }
  }

  /** @throws UnknownMessageError */
  async view(chat: ChatOfMessages, msg_id: string, options: CallOptions): Promise<WireMessage> {
    const { chat_code } = chat;
    const message = await this.#client
      .call(viewMessage, { chat_code, msg_id }, options)
      .catch((error: unknown) => {
        throw isMissing(error) ? new UnknownMessageError() : error;
      });
    // KOOK does not document that it checks `chat_code`: a message of a hidden chat must not be shown.
    const mayBeHidden = this.#rooms.access.allowedTargets !== undefined;
    if (!message || (mayBeHidden && !(await this.#self.isOfChat(chat, message, options)))) {
      throw new UnknownMessageError(undefined, false);
    }
    return message;
  }
}

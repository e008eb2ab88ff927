// The messages of one chat: pages, searches, images.
import type { Access } from "../access/access.ts";
import type { Chats } from "../chats/chats.ts";
import type { CallOptions } from "../kook/call-options.ts";
import type { KookClient } from "../kook/client.ts";
import { listMessages, viewMessage } from "../kook/endpoints/direct-message.ts";
import type { WireMessage } from "../kook/wire/message.ts";
import { type Address, chatOf, Self } from "./address.ts";
import { meansNoMessage, UnknownMessageError } from "./errors.ts";
import { type KnownMessage, MessageIds, type Reference, readReference } from "./ids.ts";
import { downloadImage, type ImageFile, pickImage } from "./images.ts";
import {
  type ChatOfMessages,
  type Conversation,
  knownOf,
  type Message,
  toMessages,
} from "./message.ts";
import { PageEnds } from "./page-ends.ts";
import { MAX_LOOKED_AT, type ReadMessages, Walk } from "./paging.ts";
import { type Bound, type Bounds, pageAfter, pageBefore, type Shown } from "./range.ts";
import { searchMessages } from "./search.ts";

export type { Address } from "./address.ts";

export interface MessagesQuery {
  /** The most messages of the answer, 1 to 50. Messages of the same millisecond stay together, so it may have one more. */
  limit: number;
  /** A message id or an ISO time; only messages before it. */
  before?: string | undefined;
  /** A message id or an ISO time; only messages after it. */
  after?: string | undefined;
  /** Part of a message's text, ignoring case, width and accents. */
  query?: string | undefined;
}

export interface MessagePage {
  chat: ChatOfMessages;
  /** Oldest first. */
  messages: Message[];
  /** Short id to pass as `before`; absent if there is nothing older. */
  older?: string;
  /** Short id to pass as `after`; absent if there is nothing newer. */
  newer?: string;
  /** Messages looked at by a search, or for a time. */
  searched?: number;
  /** False if older messages were not looked at. */
  complete?: boolean;
  /** Messages that KOOK sent in a form that cannot be read; absent if none. */
  dropped?: number;
}

/** Methods reject with the errors of errors.ts, access/ and kook/, or with the signal's reason after an abort. */
export class Messages {
  readonly #client: KookClient;
  readonly #rooms: { access: Access; chats: Chats };
  readonly #ids = new MessageIds();
  readonly #self: Self;
  readonly #ends = new PageEnds();

  constructor(client: KookClient, access: Access, chats: Chats) {
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
    const reference = readReference(msgId, "msg_id");
    const chat = await chatOf(address, this.#rooms, options);
    const { id } = await this.#boundOf(chat, reference, options);
    if (id === undefined) throw new UnknownMessageError();
    const message = await this.#view(chat, id, options);
    return downloadImage(this.#client, pickImage(message, index), options);
  }

  /** Converts KOOK's messages of this chat to ours. */
  async conversation(chat: ChatOfMessages, options: CallOptions): Promise<Conversation> {
    return { chat, ids: this.#ids, isUser: await this.#self.userTest(chat, options) };
  }

  /** Reads pages of a chat that may be seen. */
  reader({ chat_code }: ChatOfMessages, options: CallOptions): ReadMessages {
    return (parameters) => this.#client.call(listMessages, { chat_code, ...parameters }, options);
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
        : knownOf(await this.#view(chat, id, options));
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
      await this.#view(chat, id, options);
      return false;
    } catch (error) {
      if (error instanceof UnknownMessageError) return true;
      throw error;
    }
  }

  async #view(
    { chat_code }: ChatOfMessages,
    msg_id: string,
    options: CallOptions,
  ): Promise<WireMessage> {
    try {
      return await this.#client.call(viewMessage, { chat_code, msg_id }, options);
    } catch (error) {
      throw meansNoMessage(error) ? new UnknownMessageError() : error;
    }
  }
}

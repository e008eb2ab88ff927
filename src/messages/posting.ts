// One message to KOOK: posted once; a lost answer is settled by looking for the message.
import type { CallOptions } from "../kook/call-options.ts";
import type { KookClient } from "../kook/client.ts";
import { createMessage, KMARKDOWN } from "../kook/endpoints/direct-message.ts";
import { addReaction } from "../kook/endpoints/reactions.ts";
import { isDoubtful } from "../kook/errors.ts";
import { LostAnswerError, lookUntilSeen } from "../kook/reconcile.ts";
import type { WireMessage } from "../kook/wire/message.ts";
import type { ChatOfMessages } from "./chat.ts";
import { contentOf } from "./content.ts";
import { meansGone } from "./errors.ts";
import { sentMessage } from "./message.ts";
import type { Messages } from "./messages.ts";
import { keyOf, type Outgoing } from "./outgoing.ts";
import { Walk } from "./paging.ts";
import { UnsettledError } from "./send-errors.ts";
import type { Before, SentMessage, SentMessages } from "./sent.ts";

export interface SendResult {
  chat: ChatOfMessages;
  status: "sent" | "already_sent" | "not_sent" | "unknown";
  /** Of the message: whole, and as messages show it. */
  id?: string;
  msgId?: string;
  /** Epoch milliseconds. */
  time?: number;
  /** An error that says why it was not sent, or is not known to be. */
  why?: unknown;
}

/** Newest messages among which a lost one is looked for. */
const LOOKED_AT = 20;
/** KOOK's discount: the first answer within five minutes of the user's message. */
const DISCOUNT_MS = 300_000;

export class Posting {
  readonly #client: KookClient;
  readonly #messages: Messages;
  readonly #sent: SentMessages;

  constructor(client: KookClient, messages: Messages, sent: SentMessages) {
    this.#client = client;
    this.#messages = messages;
    this.#sent = sent;
  }

  /** @throws the signal's reason if the call was cancelled before anything was sent */
  async post(outgoing: Outgoing, options: CallOptions): Promise<SendResult> {
    const { chat, latest } = outgoing;
    try {
      return this.#noteSent(outgoing, await this.#request(outgoing, options), "sent");
    } catch (error) {
      if (!isDoubtful(error)) {
        options.signal?.throwIfAborted();
        return { chat, status: "not_sent", why: error };
      }
      const before = { ids: latest.ids, newestAt: latest.newest?.create_at ?? 0 };
      this.#sent.set(keyOf(outgoing), { unknown: before });
      this.#messages.lastRead.forget(chat.chat_code);
      // Ignore cancellation: without the outcome a repeated call could not deduplicate.
      const look = (deadline: number) => this.#look(outgoing, before, { deadline });
      const seen = await lookUntilSeen(look, options.deadline);
      if (seen) return this.#noteSent(outgoing, seen, "sent");
      return { chat, status: "unknown", why: new LostAnswerError("unknown", error) };
    }
  }

  /** Result of an earlier call with the same key; after a lost answer, looks again. */
  async known(outgoing: Outgoing, options: CallOptions): Promise<SendResult | undefined> {
    const { chat, kind, on, content } = outgoing;
    if (kind === "reaction" && on?.reactions.some(isMine(content))) {
      return this.#resultOf(chat, { id: on.id, time: 0 }, "already_sent");
    }
    const known = this.#sent.get(keyOf(outgoing));
    if (!known) return undefined;
    const { outcome, at } = known;
    if ("sent" in outcome) {
      // A reaction may have been taken back before this call read the message.
      if (kind === "reaction" && at < outgoing.readAt) return undefined;
      if (this.#sent.isDoubted(outcome.sent.id)) {
        return this.#afterDoubt(outgoing, outcome.sent, options);
      }
      return this.#resultOf(chat, outcome.sent, "already_sent");
    }
    const seen = await this.#look(outgoing, outcome.unknown, options).catch(() => undefined);
    options.signal?.throwIfAborted();
    if (seen) return this.#noteSent(outgoing, seen, "already_sent");
    return { chat, status: "unknown", why: new UnsettledError() };
  }

  /** After an edit or a deletion whose answer was lost, the chat decides. */
  async #afterDoubt(
    { chat, content }: Outgoing,
    sent: SentMessage,
    options: CallOptions,
  ): Promise<SendResult | undefined> {
    try {
      const now = await this.#messages.view(chat, sent.id, options);
      if (saysSame(now, content)) return this.#resultOf(chat, sent, "already_sent");
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!meansGone(error)) {
        return { chat, status: "unknown", why: new UnsettledError() };
      }
    }
    this.#sent.forget(sent.id, { chatCode: chat.chat_code, content });
    return undefined;
  }

  async #request(
    { kind, chat, content, on, latest }: Outgoing,
    options: CallOptions,
  ): Promise<SentMessage> {
    if (kind === "reaction" && on) {
      const reaction = { msg_id: on.id, emoji: content };
      await this.#client.call(addReaction, reaction, options);
      return { id: on.id, time: 0 };
    }
    const answered = on ?? latest.fromUser;
    const isYoung = answered && Date.now() - answered.create_at < DISCOUNT_MS;
    const isUsers = answered?.author_id === chat.target_id;
    const message = {
      chat_code: chat.chat_code,
      type: KMARKDOWN,
      content,
      ...(on && { quote: on.id }),
      ...(isYoung && isUsers && { reply_msg_id: answered.id }),
    } as const;
    const answer = await this.#client.call(createMessage, message, options);
    return { id: answer.msg_id, time: answer.msg_timestamp };
  }

  #noteSent(outgoing: Outgoing, sent: SentMessage, status: "sent" | "already_sent"): SendResult {
    const { kind, chat, content } = outgoing;
    this.#sent.set(keyOf(outgoing), { sent });
    const { lastRead } = this.#messages;
    if (kind === "text") {
      this.#sent.noteOwn(sent.id);
      lastRead.add(chat.chat_code, sentMessage({ ...sent, content }));
    } else {
      lastRead.forget(chat.chat_code);
    }
    return this.#resultOf(chat, sent, status);
  }

  #resultOf(
    chat: ChatOfMessages,
    { id, time }: SentMessage,
    status: "sent" | "already_sent",
  ): SendResult {
    const known = time > 0 && { time };
    const msgId = this.#messages.showId(chat, { id, ...known });
    return { chat, status, id, msgId, ...known };
  }

  /** The own message: by the bot, not there before, with the same words once read. */
  async #look(
    { kind, chat, content, on }: Outgoing,
    before: Before,
    options: CallOptions,
  ): Promise<SentMessage | undefined> {
    if (kind === "reaction" && on) {
      const { reactions } = await this.#messages.view(chat, on.id, options);
      return reactions.some(isMine(content)) ? { id: on.id, time: 0 } : undefined;
    }
    const walk = new Walk(this.#messages.reader(chat, options));
    await walk.next(LOOKED_AT);
    const own = walk.messages.find(
      (message) =>
        message.author_id !== chat.target_id &&
        !before.ids.has(message.id) &&
        !this.#sent.has(message.id) &&
        // An older one can move into view when others are deleted.
        message.create_at >= before.newestAt &&
        isSameQuote(message.quote, on) &&
        saysSame(message, content),
    );
    return own && { id: own.id, time: own.create_at };
  }
}

/** KOOK may store another spelling of the same KMarkdown. */
export function saysSame(message: WireMessage, content: string): boolean {
  return contentOf(message).text === contentOf({ ...message, type: KMARKDOWN, content }).text;
}

/** KOOK's documents do not say whether a quote's id is that of a message; where it is none, any quote counts. */
function isSameQuote(quote: WireMessage["quote"], on: WireMessage | undefined): boolean {
  if (!quote || !on) return !quote && !on;
  return quote.id === on.id || !/^[0-9a-f-]{36}$/i.test(quote.id);
}

/** Some hosts leave out the character that asks for a coloured emoji. */
function isMine(emoji: string) {
  const bare = (text: string) => text.replaceAll("\ufe0f", "");
  return (reaction: WireMessage["reactions"][number]) =>
    reaction.me && (reaction.id === emoji || bare(reaction.emoji) === bare(emoji));
}

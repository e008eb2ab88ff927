// The bot's own messages: edited and deleted.
import { isMissing } from "../access/errors.ts";
import type { CallOptions } from "../kook/call-options.ts";
import type { KookClient } from "../kook/client.ts";
import { deleteMessage, KMARKDOWN, updateMessage } from "../kook/endpoints/direct-message.ts";
import { isDoubtful } from "../kook/errors.ts";
import { LostAnswerError, lookUntilSeen } from "../kook/reconcile.ts";
import type { WireMessage } from "../kook/wire/message.ts";
import type { Address } from "./address.ts";
import type { ChatOfMessages } from "./chat.ts";
import { contentOf } from "./content.ts";
import { meansGone, UnknownMessageError } from "./errors.ts";
import type { Messages } from "./messages.ts";
import type { Body, Outgoing, Preparation, PreparationOptions } from "./outgoing.ts";
import { type SendResult, saysSame } from "./posting.ts";
import { NotShownError, OwnMessageError } from "./send-errors.ts";
import type { SendLimits } from "./send-limits.ts";
import type { SentMessages } from "./sent.ts";

export interface OwnMessage {
  chat: ChatOfMessages;
  message: WireMessage;
  /** As messages show it. */
  msgId: string;
  /** Changes with each edit. */
  state: string;
}

/** An edit that may be made. */
export interface Edit extends OwnMessage, Body, Pick<Outgoing, "leaks"> {
  /** The message says this already. */
  isSame: boolean;
}

interface Parts {
  client: KookClient;
  messages: Messages;
  preparation: Preparation;
  limits: SendLimits;
  sent: SentMessages;
  onChange: (chat: ChatOfMessages) => void;
}

export class OwnMessages {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Messages that may still be sent or edited in this hour. */
  get left(): number {
    return this.#parts.limits.left;
  }

  /**
   * Resolves and checks an edit; nothing is changed.
   * @throws the errors of send-errors.ts, errors.ts and access/; what reading throws
   */
  async prepareEdit(
    { address, msgId, text }: { address: Address; msgId: string; text: string },
    { maxAgeMs, canWarn }: PreparationOptions,
    options: CallOptions,
  ): Promise<Edit> {
    const { messages, preparation, limits } = this.#parts;
    const body = await preparation.check({ address, text });
    const chat = await preparation.recipient(address, options);
    const since = preparation.repliesSince();
    const latest = await messages.latest(chat, { since, maxAgeMs }, options);
    preparation.requireReply(latest, since);
    const id = await messages.idOf(chat, msgId, options);
    const message =
      latest.messages.find((one) => one.id === id) ?? (await this.#view(chat, id, options));
    const own = await this.#own(chat, message, options);
    if (message.type !== KMARKDOWN) throw new OwnMessageError("no_text");
    // Not by their reading: bold and literal asterisks read the same.
    const isSame = message.content === body.content;
    if (!isSame) limits.check([{ text: body.shown, targetId: chat.target_id }]);
    return {
      ...own,
      ...body,
      leaks: isSame ? [] : preparation.leaksOf(body, chat, canWarn),
      isSame,
    };
  }

  /** @throws SendLimitError, BroadcastError; the signal's reason if the call was cancelled before anything was sent */
  async edit(edit: Edit, options: CallOptions): Promise<SendResult> {
    const { client, messages, limits, sent, onChange } = this.#parts;
    const { chat, message, content, shown, msgId } = edit;
    const giveBack = limits.count(shown, chat.target_id);
    const said = { chatCode: chat.chat_code, content: message.content };
    try {
      await client.call(updateMessage, { msg_id: message.id, content }, options);
      sent.forget(message.id, said);
      return { chat, status: "sent", id: message.id, msgId };
    } catch (error) {
      if (!isDoubtful(error)) {
        giveBack();
        options.signal?.throwIfAborted();
        return { chat, status: "not_sent", msgId, why: error };
      }
      const seen = await lookUntilSeen(async (deadline) => {
        const now = await messages.view(chat, message.id, { deadline });
        const isEdited = now.updated_at > message.updated_at && saysSame(now, content);
        return isEdited ? now : undefined;
      }, options.deadline);
      if (seen) sent.forget(message.id, said);
      else sent.doubt(message.id);
      return seen
        ? { chat, status: "sent", id: message.id, msgId }
        : { chat, status: "unknown", msgId, why: new LostAnswerError("unknown", error) };
    } finally {
      messages.lastRead.forget(chat.chat_code);
      onChange(chat);
    }
  }

  /**
   * A message of the bot's; undefined if this process has shown it and it no longer exists.
   * @throws OwnMessageError, NotShownError; UnknownMessageError and others as `Messages.idOf`
   */
  async find(
    address: Address,
    msgId: string,
    options: CallOptions,
  ): Promise<OwnMessage | undefined> {
    const { messages, sent } = this.#parts;
    const chat = await messages.chat(address, options);
    try {
      const id = await messages.idOf(chat, msgId, options);
      return await this.#own(chat, await this.#view(chat, id, options), options);
    } catch (error) {
      if (!(meansGone(error) && messages.knowsId(chat, msgId))) throw error;
      const id = await messages.idOf(chat, msgId, options);
      sent.drop(id, { chatCode: chat.chat_code, content: "" });
      return undefined;
    }
  }

  /**
   * Deletes a message for both sides.
   * @throws LostAnswerError if KOOK's answer was lost and the message is still there, or nobody knows
   */
  async delete(
    { chat, message }: OwnMessage,
    options: CallOptions,
  ): Promise<{ already_gone?: true }> {
    const { client, messages, sent, onChange } = this.#parts;
    const said = { chatCode: chat.chat_code, content: message.content };
    const isGone = (deadline: number | undefined) =>
      messages.view(chat, message.id, { deadline }).then(
        () => undefined,
        (error: unknown) => (meansGone(error) ? true : undefined),
      );
    try {
      await client.call(deleteMessage, { msg_id: message.id }, options);
      sent.drop(message.id, said);
      return {};
    } catch (error) {
      if (!isDoubtful(error)) {
        if (!(isMissing(error) && (await isGone(options.deadline)))) throw error;
        sent.drop(message.id, said);
        return { already_gone: true };
      }
      if (!(await lookUntilSeen(isGone, options.deadline))) {
        sent.doubt(message.id);
        throw new LostAnswerError("unknown", error);
      }
      sent.drop(message.id, said);
      return {};
    } finally {
      messages.lastRead.forget(chat.chat_code);
      onChange(chat);
    }
  }

  /** KOOK may show a message seconds after it was sent: until then its absence does not mean that it is gone. */
  async #view(chat: ChatOfMessages, id: string, options: CallOptions): Promise<WireMessage> {
    const { messages, sent } = this.#parts;
    try {
      return await messages.view(chat, id, options);
    } catch (error) {
      if (!(error instanceof UnknownMessageError && sent.isFresh(id))) throw error;
      const look = (deadline: number) => messages.view(chat, id, { ...options, deadline });
      const shown = await lookUntilSeen(look, options.deadline);
      options.signal?.throwIfAborted();
      if (!shown) throw sent.isFresh(id) ? new NotShownError() : error;
      return shown;
    }
  }

  async #own(
    chat: ChatOfMessages,
    message: WireMessage,
    options: CallOptions,
  ): Promise<OwnMessage> {
    const { isUser } = await this.#parts.messages.conversation(chat, options);
    if (isUser(message)) throw new OwnMessageError("not_own");
    const msgId = this.#parts.messages.showId(chat, { id: message.id, time: message.create_at });
    return { chat, message, msgId, state: `${message.updated_at} ${contentOf(message).text}` };
  }
}

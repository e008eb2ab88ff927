// A message as the tools show it, made from KOOK's.
import { KMARKDOWN } from "../kook/endpoints/direct-message.ts";
import type { WireMessage, WireReaction } from "../kook/wire/message.ts";
import { harmlessText } from "../text/untrusted.ts";
import type { ChatOfMessages } from "./chat.ts";
import { type Content, contentOf, quoteText, reactionsOf } from "./content.ts";
import type { MessageIds } from "./ids.ts";
import type { LeakGuard } from "./leak-guard.ts";

export interface Message {
  id: string;
  /** The first 8 hex digits of the id, more where two messages of the chat share them. */
  shortId: string;
  /** Epoch milliseconds. */
  time: number;
  from: "user" | "bot";
  content: Content;
  replyTo?: {
    id: string;
    shortId: string;
    /** The start of the quoted message, if it is not in the same list. */
    text?: string;
  };
  edited: boolean;
  reactions: WireReaction[];
}

export interface Conversation {
  chat: ChatOfMessages;
  ids: MessageIds;
  /** Tells the user's messages from the bot's. */
  isUser(message: WireMessage): boolean;
  /** Remembers what a model is shown; absent where messages cannot be sent. */
  leakGuard?: LeakGuard;
}

const MAX_QUOTE_LENGTH = 40;

/** Remembers the ids, so that the short ones can be told apart and are accepted later. */
export function toMessages(
  wires: readonly WireMessage[],
  { chat, ids, isUser, leakGuard }: Conversation,
): Message[] {
  const { chat_code } = chat;
  ids.add(chat_code, [
    ...wires.map(knownOf),
    ...wires.flatMap(({ quote }) => (quote ? [{ id: quote.id }] : [])),
  ]);
  const listed = new Set(wires.map(({ id }) => id));
  return wires.map((wire) => {
    const { quote } = wire;
    const text =
      quote && !listed.has(quote.id) ? harmlessText(quoteText(quote), MAX_QUOTE_LENGTH) : "";
    const content = contentOf(wire);
    const fromUser = isUser(wire);
    const names = content.attachments.map(({ name = "" }) => name);
    if (quote && text !== "") {
      const { author_id } = quote;
      const isUsers = author_id === undefined || isUser({ ...wire, author_id });
      // The quoted message is older. An unknown time of a user's counts as the earliest.
      const time = isUsers ? 0 : wire.create_at;
      leakGuard?.note(chat, { id: quote.id, fromUser: isUsers, text, time, isQuote: true });
    }
    leakGuard?.note(chat, {
      id: wire.id,
      fromUser,
      text: [content.text, ...names].join("\n"),
      // The bot may have put other words into an older message.
      time: fromUser ? wire.create_at : wire.updated_at || wire.create_at,
    });
    return {
      id: wire.id,
      shortId: ids.shorten(chat_code, wire.id),
      time: wire.create_at,
      from: fromUser ? "user" : "bot",
      content,
      ...(quote && {
        replyTo: {
          id: quote.id,
          shortId: ids.shorten(chat_code, quote.id),
          ...(text !== "" && { text }),
        },
      }),
      edited: wire.updated_at > 0,
      reactions: reactionsOf(wire),
    };
  });
}

/** KOOK's account for system messages in private chats (seen in Kook.Net). */
export const SYSTEM_ACCOUNT = "3900775823";
/** The same in events, which have their own type for it. */
const SYSTEM_AUTHOR = "1";
const SYSTEM_TYPE = 255;

/** KOOK wrote the message, neither side of the chat. */
export function isSystem({ type, author_id }: WireMessage): boolean {
  return type === SYSTEM_TYPE || author_id === SYSTEM_AUTHOR || author_id === SYSTEM_ACCOUNT;
}

export const knownOf = ({ id, create_at }: WireMessage) => ({ id, time: create_at });

/** A text of the bot's as KOOK is going to show it. */
export function sentMessage(sent: { id: string; time: number; content: string }): WireMessage {
  const { id, time, content } = sent;
  return {
    id,
    type: KMARKDOWN,
    content,
    author_id: "",
    create_at: time,
    updated_at: 0,
    attachments: [],
    reactions: [],
    mentions: { users: {}, channels: {}, roles: {} },
    author_is_bot: true,
  };
}

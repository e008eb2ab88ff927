// A page of a chat's messages, as it is asked for and given.
import type { ChatOfMessages } from "./chat.ts";
import type { Message } from "./message.ts";

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

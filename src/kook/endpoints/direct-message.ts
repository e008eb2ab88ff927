// Messages of private chats. Source: KOOK's "私信消息". Chats are addressed by code only: KOOK creates a chat for a
// `target_id` that has none, even when its messages are listed.
import { nothingSchema } from "../wire/fields.ts";
import {
  type WireMessage,
  type WireMessages,
  type WireSent,
  wireMessagesSchema,
  wireSentSchema,
  wireViewSchema,
} from "../wire/message.ts";
import type { Endpoint } from "./endpoint.ts";

/**
 * Up to 50 messages of a chat: the newest, or those next to `msg_id`, which is not among them. The order inside an answer
 * is not documented.
 */
export const listMessages: Endpoint<
  {
    chat_code: string;
    page_size: number;
    msg_id?: string;
    flag?: "before" | "after";
  },
  WireMessages
> = {
  method: "GET",
  route: "direct-message/list",
  answer: wireMessagesSchema,
  repeat: "safe",
};

/** A missing or deleted message is code 40012; one that was just sent may be missing for 2.5 s (seen in kook4j). */
export const viewMessage: Endpoint<{ chat_code: string; msg_id: string }, WireMessage | undefined> =
  {
    method: "GET",
    route: "direct-message/view",
    answer: wireViewSchema,
    repeat: "safe",
  };

/** KMarkdown. KOOK stores plain text as KMarkdown too, and only KMarkdown and cards can be edited. */
export const KMARKDOWN = 9;

/**
 * Sends a message. `quote` is the message it replies to. `reply_msg_id` lowers what it counts in the quota: the first answer
 * within five minutes of the user's message, if it names that message. KOOK's nonce does not deduplicate.
 */
export const createMessage: Endpoint<
  {
    chat_code: string;
    type: typeof KMARKDOWN;
    content: string;
    quote?: string;
    reply_msg_id?: string;
  },
  WireSent
> = {
  method: "POST",
  route: "direct-message/create",
  answer: wireSentSchema,
  repeat: "settle",
};

/** Changes a message of the bot's. Counts in the quota like a new one. */
export const updateMessage: Endpoint<{ msg_id: string; content: string }, void> = {
  method: "POST",
  route: "direct-message/update",
  answer: nothingSchema,
  repeat: "settle",
};

/** Deletes a message of the bot's, for both sides. */
export const deleteMessage: Endpoint<{ msg_id: string }, void> = {
  method: "POST",
  route: "direct-message/delete",
  answer: nothingSchema,
  repeat: "settle",
};

// Messages of private chats. Source: KOOK's "私信消息". Chats are addressed by code only: KOOK creates a chat for a
// `target_id` that has none, even when its messages are listed.
import {
  type WireMessage,
  type WireMessages,
  wireMessageSchema,
  wireMessagesSchema,
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
export const viewMessage: Endpoint<{ chat_code: string; msg_id: string }, WireMessage> = {
  method: "GET",
  route: "direct-message/view",
  answer: wireMessageSchema,
  repeat: "safe",
};

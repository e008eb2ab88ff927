// The contract's two shapes of a chat, made from KOOK's.
import * as z from "zod";
import type { WireChat, WireChatRow } from "../kook/wire/chat.ts";
import { isoSeconds } from "../text/time.ts";
import { harmlessName } from "../text/untrusted.ts";

/** A chat in a list. Ids are strings; times are ISO 8601 UTC, omitted if it never happened. */
export const chatRowSchema = z.object({
  chat_code: z.string(),
  target_id: z.string(),
  username: z.string(),
  online: z.boolean(),
  unread_count: z.int(),
  latest_msg_time: z.string().optional(),
});
export type ChatRow = z.infer<typeof chatRowSchema>;

/** One chat with everything that KOOK sends, except the avatar. */
export const chatSchema = chatRowSchema.extend({
  last_read_time: z.string().optional(),
  is_friend: z.boolean(),
  /** The bot has blocked this user. */
  is_blocked: z.boolean(),
  /** This user has blocked the bot. */
  is_target_blocked: z.boolean(),
});
export type Chat = z.infer<typeof chatSchema>;

/** `target_id` and `username` are empty if KOOK no longer sends the user. */
export function toChatRow(wire: WireChatRow): ChatRow {
  return {
    chat_code: wire.code,
    target_id: wire.target_info?.id ?? "",
    username: harmlessName(wire.target_info?.username ?? ""),
    online: wire.target_info?.online ?? false,
    unread_count: wire.unread_count,
    ...time("latest_msg_time", wire.latest_msg_time),
  };
}

export function toChat(wire: WireChat): Chat {
  return {
    ...toChatRow(wire),
    ...time("last_read_time", wire.last_read_time),
    is_friend: wire.is_friend,
    is_blocked: wire.is_blocked,
    is_target_blocked: wire.is_target_blocked,
  };
}

/** The link to a user's picture, or undefined if it is not a web address: hosts load it. */
export function avatarOf(wire: WireChatRow): string | undefined {
  const avatar = wire.target_info?.avatar ?? "";
  return /^https?:\/\/[^\s"<>]+$/.test(avatar) ? avatar : undefined;
}

function time<Key extends string>(key: Key, epochMs: number): { [K in Key]?: string } {
  return epochMs === 0 ? {} : ({ [key]: isoSeconds(epochMs) } as { [K in Key]?: string });
}

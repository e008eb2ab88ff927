// Results as lines for a model: complete without the structured form, one line a chat, what is usual left unsaid.
import type { Chat, ChatRow } from "../chats/chat.ts";
import type { ChatPage } from "../chats/chats.ts";
import { harmlessName } from "../chats/name.ts";

/** Text of unknown origin, quoted, on one line, without invisible characters, cut after so many code points. */
export function quoted(text: string, maxLength?: number): string {
  return JSON.stringify(harmlessName(text, maxLength));
}

/** A page of chats, and how to go on. */
export function pageText({ chats, page, page_total, total, next_page, skipped }: ChatPage): string {
  const head =
    chats.length === 0
      ? `No chats on page ${page}; there are ${total} in ${page_total} pages.`
      : `${total} chats, page ${page} of ${page_total}. Each line: chat_code target_id "username".`;
  return [
    head,
    ...chats.map(rowLine),
    ...(skipped ? [`${skipped} more could not be read and were left out.`] : []),
    ...(next_page ? [`More: list_chats with page ${next_page} and the same page_size.`] : []),
  ].join("\n");
}

function rowLine(row: ChatRow): string {
  const facts = [
    `${row.chat_code} ${row.target_id || "(no user)"} ${quoted(row.username)}`,
    row.online && "online",
    row.unread_count > 0 && `${row.unread_count} unread`,
    row.latest_msg_time ?? "no messages",
  ];
  return facts.filter(Boolean).join(", ");
}

/** One chat, and whether a message would get through. */
export function chatLine(chat: Chat): string {
  const facts = [
    rowLine(chat),
    chat.last_read_time && `read ${chat.last_read_time}`,
    chat.is_friend && "friend",
    delivery(chat),
  ];
  return facts.filter(Boolean).join(", ");
}

function delivery({ is_blocked, is_target_blocked }: Chat): string {
  if (is_blocked && is_target_blocked) return "no message gets through: each has blocked the other";
  if (is_blocked) return "no message gets through: the bot has blocked this user";
  if (is_target_blocked) return "no message gets through: this user has blocked the bot";
  return "not blocked";
}

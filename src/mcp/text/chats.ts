// Results as lines for a model: complete without the structured form, one line a chat, what is usual left unsaid.
import type { Chat, ChatRow } from "../../chats/chat.ts";
import type { ChatPage } from "../../chats/page.ts";
import type { Scan } from "../../chats/scan.ts";
import type { Explain } from "../failure.ts";

const COLUMNS = 'Each line: chat_code target_id "username", latest message in UTC.';

/** A page of chats, and how to go on. */
export function pageText(listed: ChatPage, explain: Explain): string {
  const { chats, page, page_total, total, next_page, skipped } = listed;
  const head =
    chats.length === 0
      ? `No chats on page ${page}; there are ${total} in all, pages up to ${page_total}.`
      : `${total} chats, page ${page} of ${page_total}. ${COLUMNS}`;
  return lines(
    head,
    ...chats.map(({ row }) => rowLine(row)),
    skipped && unreadable(skipped),
    stopped(listed, explain),
    next_page && `More: list_chats with page ${next_page} and the same page_size.`,
  );
}

/** What a filter let through, how far it was looked, and how to go on. */
export function scanText(found: Scan, explain: Explain): string {
  const { chats, page, total, scanned, complete, next_page, skipped, only_match } = found;
  const matches = chats.length === 1 ? "1 chat matches" : `${chats.length} chats match`;
  const looked = `${scanned} of ${total} looked at${page > 1 ? `, from page ${page} on` : ""}`;
  const changed = !complete && !next_page && !skipped && found.stoppedBy === undefined;
  return lines(
    `${matches}; ${looked}${complete ? ", to the end" : ""}.${chats.length > 0 ? ` Newest first. ${COLUMNS}` : ""}`,
    ...chats.map(({ row }) => rowLine(row)),
    chats.length > 1 && only_match && `The whole name or id fits only ${only_match}.`,
    skipped && unreadable(skipped),
    stopped(found, explain),
    next_page && `More: list_chats with page ${next_page} and the same filter.`,
    changed && "The list changed meanwhile: a chat may be missing.",
  );
}

const unreadable = (skipped: number) =>
  `${skipped} could not be read and ${skipped === 1 ? "was" : "were"} left out.`;

function stopped({ stoppedBy }: ChatPage, explain: Explain): string | undefined {
  return stoppedBy === undefined ? undefined : `Not all was looked at: ${explain(stoppedBy)}`;
}

function lines(...parts: (string | number | false | undefined)[]): string {
  return parts.filter(Boolean).join("\n");
}

/** @param timeOf how a time is written: in a list, the head says that it is UTC */
function rowLine(row: ChatRow, timeOf = minute): string {
  const facts = [
    // Made harmless already, when the row was made.
    `${row.chat_code} ${row.target_id || "(no user)"} ${JSON.stringify(row.username)}`,
    row.online && "online",
    row.unread_count > 0 && `${row.unread_count} unread`,
    row.latest_msg_time ? timeOf(row.latest_msg_time) : "no messages",
  ];
  return facts.filter(Boolean).join(", ");
}

/** To the minute: a model needs no more, and seconds cost tokens in every line. */
const minute = (time: string) => time.slice(0, 16).replace("T", " ");

/** One chat, and whether a message would get through. */
export function chatLine(chat: Chat): string {
  const facts = [
    rowLine(chat, (time) => `latest message ${time}`),
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
  return "not blocked by either side";
}

// Results about chats as lines for a model: complete without the structured form, one line a chat, defaults left out.
import type { Chat, ChatRow } from "../../chats/chat.ts";
import type { ChatPage } from "../../chats/page.ts";
import type { Scan } from "../../chats/scan.ts";
import type { Language } from "../../text/language.ts";
import type { TimeZone } from "../../text/time.ts";
import { quoted } from "../../text/untrusted.ts";
import type { Form } from "../confirmation.ts";
import type { Explain } from "../failure.ts";

const columns = (zone: TimeZone) =>
  `Each line: chat_code target_id "username", latest message in ${zone.name}.`;

/** Hints beside the rows: lines of the text, fields of structuredContent. */
export interface Hints {
  /** The next call, in the imperative. */
  next?: string;
  /** Why the search ended early, or what may be missing. */
  stopped?: string;
}

export function hintsOf(listed: ChatPage | Scan, explain: Explain): Hints {
  const { next_page, stoppedBy } = listed;
  const filtered = "scanned" in listed;
  const nameless = filtered ? listed.nameless : undefined;
  const stopped = [
    stoppedBy !== undefined && `The search ended early: ${explain(stoppedBy)}`,
    nameless &&
      `KOOK does not name the user of ${nameless === 1 ? "1 chat" : `${nameless} chats`}: a search by user cannot find it.`,
    ...doubtsOf(listed),
  ];
  const same = filtered ? "filter" : "page_size";
  return {
    ...(next_page && {
      next: `For more, call list_chats with page ${next_page} and the same ${same}.`,
    }),
    ...(stopped.some(Boolean) && { stopped: lines(...stopped).replaceAll("\n", " ") }),
  };
}

/** What may be missing or old in a list that was read. */
export function doubtsOf(listed: Omit<ChatPage | Scan, "chats">) {
  const { next_page, stoppedBy, age_s, skipped, uncounted } = listed;
  const incomplete = "scanned" in listed && !listed.complete;
  const changed = incomplete && !next_page && !skipped && stoppedBy === undefined;
  return [
    skipped && unreadable(skipped),
    changed && "The list changed during the search: a chat may be missing.",
    age_s !== undefined && `The rows are up to ${age_s} s old.`,
    uncounted && "KOOK did not say how many chats there are: there may be more.",
  ];
}

/** Says that chats or messages are missing. */
export const unreadable = (count: number) =>
  `${count} could not be read and ${count === 1 ? "is" : "are"} left out.`;

/** A page of chats. */
export function pageText(listed: ChatPage, { next, stopped }: Hints, zone: TimeZone): string {
  const { chats, page, page_total, total, uncounted } = listed;
  const least = uncounted ? "at least " : "";
  const head =
    chats.length === 0
      ? `No chats on page ${page}; there are ${least}${total} in all, on ${page_total} pages.`
      : `${least}${total} chats, page ${page} of ${least}${page_total}. ${columns(zone)}`;
  return lines(head, ...chats.map(({ row }) => rowLine(row, zone)), stopped, next);
}

/** The matches of a filter, and how far the search got. */
export function scanText(found: Scan, { next, stopped }: Hints, zone: TimeZone): string {
  const { chats, only_match } = found;
  const legend = chats.length > 0 ? ` Newest first. ${columns(zone)}` : "";
  return lines(
    `${matchesText(found)}${legend}`,
    ...chats.map(({ row }) => rowLine(row, zone)),
    chats.length > 1 && only_match && `The whole name or id fits only ${only_match}.`,
    stopped,
    next,
  );
}

/** The structured form of a page or of matches; complete without the text. */
export function structuredPage(listed: ChatPage | Scan, hints: Hints) {
  const { chats, page, page_total, total, next_page, complete } = listed;
  return {
    chats: chats.map(({ row }) => row),
    page,
    page_total,
    total,
    ...(next_page !== undefined && { next_page }),
    ...(complete !== undefined && { complete }),
    ...("scanned" in listed && { scanned: listed.scanned }),
    ...("only_match" in listed && { only_match: listed.only_match }),
    ...hints,
  };
}

function matchesText({ chats, page, total, scanned, complete, uncounted }: Scan): string {
  const least = uncounted ? "at least " : "";
  const from = page > 1 ? `, from page ${page} on` : "";
  if (complete) {
    const match = chats.length === 1 ? "1 chat matches" : `${chats.length} chats match`;
    return `${match}; all ${scanned} were searched${from}.`;
  }
  const matches = chats.length === 1 ? "1 match" : `${chats.length} matches`;
  return `${matches} so far; ${scanned} of ${least}${total} chats were searched${from}.`;
}

function lines(...parts: (string | number | false | undefined)[]): string {
  return parts.filter(Boolean).join("\n");
}

function rowLine(row: ChatRow, zone: TimeZone, before = ""): string {
  const facts = [
    // The username was sanitized when the row was made.
    `${row.chat_code} ${row.target_id || "(no user)"} ${JSON.stringify(row.username)}`,
    row.online && "online",
    row.unread_count > 0 && `${row.unread_count} unread`,
    row.latest_msg_time ? `${before}${minute(row.latest_msg_time, zone)}` : "no messages",
  ];
  return facts.filter(Boolean).join(", ");
}

const minute = (time: string, zone: TimeZone) => zone.minute(Date.parse(time));

/** One chat, and whether the user can get a message. */
export function chatLine(chat: Chat, zone: TimeZone): string {
  const { latest_msg_time, last_read_time } = chat;
  const facts = [
    rowLine(chat, zone, "latest message "),
    last_read_time && `read ${minute(last_read_time, zone)}`,
    (latest_msg_time || last_read_time) && `times in ${zone.name}`,
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

interface DeleteWords {
  message: string;
  chat: string;
  never: string;
  facts(chat: Chat, latest: string): string;
}

const deleteWords: Record<Language, DeleteWords> = {
  en: {
    message:
      "A model asks to delete the private chat below from the bot's own list. The other side keeps it. Delete it?",
    chat: "Chat to delete",
    never: "never",
    facts: ({ chat_code, unread_count }, latest) =>
      `code ${chat_code}; ${unread_count} unread; latest message: ${latest}`,
  },
  zh: {
    message: "模型请求从机器人的会话列表中删除下面这个私信会话，对方的会话不受影响。确认删除吗？",
    chat: "要删除的会话",
    never: "无",
    facts: ({ chat_code, unread_count }, latest) =>
      `会话代码 ${chat_code}；未读 ${unread_count} 条；最新消息：${latest}`,
  },
};

/** The question to a person before a delete. */
export function deleteForm(chat: Chat, language: Language, zone: TimeZone): Form {
  const words = deleteWords[language];
  const { latest_msg_time: time } = chat;
  const latest = time ? `${minute(time, zone)} (${zone.name})` : words.never;
  const value = `${quoted(chat.username)} (${chat.target_id || "?"})`;
  const field = { name: "chat", title: words.chat, description: words.facts(chat, latest), value };
  return { message: words.message, fields: [field] };
}

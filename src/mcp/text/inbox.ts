// The inbox for a model: a line for each chat, and its newest messages below.
import type { InboxPage } from "../../messages/inbox.ts";
import { isoSeconds, type TimeZone } from "../../text/time.ts";
import type { Explain } from "../failure.ts";
import { doubtsOf } from "./chats.ts";
import { dropOldest, MAX_TEXT, type MessageRow, toRow } from "./message-rows.ts";
import { messageLine, who } from "./messages.ts";

interface InboxRow {
  target_id: string;
  chat_code: string;
  username: string;
  waiting_since?: string;
  messages: MessageRow[];
  failed?: string;
}

/** The structured form of the inbox; complete without the text. */
export interface StructuredInbox {
  chats: InboxRow[];
  since: string;
  found?: number;
  looked_at: number;
  complete: boolean;
  next_cursor?: string;
  stopped?: string;
}

export function structuredInbox(page: InboxPage, explain: Explain): StructuredInbox {
  const { since, found, lookedAt, complete, nextCursor, stoppedBy, list } = page;
  const chats = page.chats.map(
    ({ chat, waitingSince, messages, failed }): InboxRow => ({
      target_id: chat.target_id,
      chat_code: chat.chat_code,
      username: chat.username,
      ...(waitingSince !== undefined && { waiting_since: isoSeconds(waitingSince) }),
      messages: messages.map((message) => toRow(message, MAX_TEXT.inbox)),
      ...(failed !== undefined && { failed: explain(failed) }),
    }),
  );
  const dropped = dropOldest(chats);
  const stopped = [
    stoppedBy !== undefined && `Not all chats were looked at: ${explain(stoppedBy)}`,
    stoppedBy === undefined && list.next_page && "The list has more chats than one call reads.",
    dropped > 0 && `${dropped} older messages left out: the result was too large.`,
    ...doubtsOf(list),
  ].filter(Boolean);
  return {
    chats,
    since: isoSeconds(since),
    ...(found !== undefined && { found }),
    looked_at: lookedAt,
    complete,
    ...(nextCursor !== undefined && { next_cursor: nextCursor }),
    ...(stopped.length > 0 && { stopped: stopped.join(" ") }),
  };
}

/** @param all the chats that were answered are among them */
export function inboxText(inbox: StructuredInbox, all: boolean, zone: TimeZone): string {
  const { chats, since, found, looked_at, complete, next_cursor, stopped } = inbox;
  const from = zone.minute(Date.parse(since));
  const read = chats.filter(({ failed }) => failed === undefined).length;
  const count = found === undefined || found === read ? read : `${read} of ${found}`;
  const kind = all ? "with news" : "waiting";
  const failed = read < chats.length ? `${chats.length - read} could not be read, ` : "";
  const reach = complete ? "" : `${looked_at} looked at, `;
  return [
    `${count} chats ${kind}, ${failed}${reach}since ${from} ${zone.name}: target_id "name" since; msg_id time [bot] "text".`,
    ...chats.flatMap((chat) => chatLines(chat, all, { zone, year: from.slice(0, 5) })),
    stopped,
    next_cursor && `More: cursor ${next_cursor}.`,
  ]
    .filter(Boolean)
    .join("\n");
}

/** @param year of the header, as in "2026-": left out of the lines */
function chatLines(
  chat: InboxRow,
  all: boolean,
  { zone, year }: { zone: TimeZone; year: string },
): string[] {
  const minute = (time: string) => zone.minute(Date.parse(time)).replace(year, "");
  const { waiting_since, messages, failed } = chat;
  // Where every chat waits, the time of the first message shown is not repeated.
  const isShown = !all && waiting_since === messages[0]?.time;
  const waiting = waiting_since && !isShown && minute(waiting_since);
  let day = waiting ? dayOf(waiting) : "";
  const lines = messages.map((row) => {
    const time = minute(row.time);
    const isSameDay = dayOf(time) === day;
    day = dayOf(time);
    return messageLine(row, isSameDay ? time.slice(-5) : time, row.from === "user" ? "" : row.from);
  });
  return [[who(chat), waiting].filter(Boolean).join(" "), ...lines, failed ?? ""].filter(Boolean);
}

const dayOf = (minute: string) => minute.slice(0, -6);

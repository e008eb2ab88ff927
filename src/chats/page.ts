// A page of chats, made from KOOK's.
import type { WireChatPage, WireChatRow } from "../kook/wire/chat.ts";
import { avatarOf, type ChatRow, toChatRow } from "./chat.ts";

/** KOOK gives no more chats a page. */
export const MAX_PAGE_SIZE = 50;

/** A chat of a list, with what only some readers need. */
export interface ListedChat {
  row: ChatRow;
  /** The username as KOOK has it: for comparing, never for showing. */
  name: string;
  avatar: string | undefined;
  /** Time of the newest message in epoch milliseconds; 0 for never. The row has whole seconds only. */
  latestAt: number;
  /** The other side is a bot. */
  withBot: boolean;
}

/** A page of chats, in KOOK's order. */
export interface ChatPage {
  chats: ListedChat[];
  page: number;
  page_total: number;
  total: number;
  /** KOOK did not say how many chats there are: `page_total` and `total` are the least that is possible. */
  uncounted?: true;
  /** Absent on the last page. */
  next_page?: number;
  /** Chats that KOOK listed in a form that cannot be read; absent if none. */
  skipped?: number;
  /** False if chats are known to be missing. */
  complete?: boolean;
  /** The failure that ended a search early; what was found before it stands. */
  stoppedBy?: unknown;
  /** Age of the oldest row in seconds, if it is not fresh. */
  age_s?: number;
}

/** @param asked the page and page size of the request; KOOK may answer with another page */
export function toPage(wire: WireChatPage, asked: { page: number; pageSize: number }): ChatPage {
  const { page } = asked;
  const held = wire.items.length + wire.skipped;
  const { page_total, total, uncounted, past } = countsOf(wire, held, asked);
  return {
    chats: past ? [] : wire.items.map(toListedChat),
    page,
    page_total,
    total,
    ...(uncounted && { uncounted }),
    ...(page < page_total && !past && held > 0 && { next_page: page + 1 }),
    ...(wire.skipped > 0 && !past && { skipped: wire.skipped }),
  };
}

/**
 * Missing counts are derived, and of contradicting ones the larger is used: a page that does not exist is empty. Without the
 * number of pages a full page is never the last.
 */
function countsOf(
  { meta }: WireChatPage,
  held: number,
  { page, pageSize }: { page: number; pageSize: number },
): { page_total: number; total: number; uncounted?: true; past: boolean } {
  // A count of 0 beside chats is wrong.
  const usable = (count: number | undefined) => (count === 0 && held > 0 ? undefined : count);
  const total = usable(meta.total);
  const stated = usable(meta.page_total);
  const size = Math.min(meta.page_size || pageSize, pageSize);
  const counts = [stated, total && Math.ceil(total / size)].filter((count) => count !== undefined);
  const counted = Math.max(0, ...counts);
  const hasCounts = counts.length > 0;
  // KOOK's number of this page does not matter where all counts have the page; 0 is no number.
  const isSure = hasCounts && page <= Math.min(...counts);
  const number = isSure ? page : meta.page || page;
  // Past the end KOOK answers with its last page again (inferred: Yii2's default).
  const answered = Math.min(page, number, hasCounts ? counted : page);
  const isOpen = stated === undefined && held >= size;
  const page_total = Math.max(counted, isOpen ? answered + 1 : hasCounts ? 0 : answered);
  const past = page > 1 && (page > page_total || number < page);
  if (total !== undefined) return { page_total, total, past };
  // The last page tells the total, if the size of the pages before it is known: KOOK may give fewer a page than asked.
  const isSized = meta.page_size || stated === undefined || answered === 1;
  const least = held === 0 ? 0 : (answered - 1) * (isSized ? size : held) + held;
  const isLast = isSized && answered === page_total && (held > 0 || page === 1);
  return { page_total, total: least, past, ...(!isLast && { uncounted: true }) };
}

/** One page of chats that are all in memory. */
export function pageOf(chats: ListedChat[], page: number, pageSize: number): ChatPage {
  const page_total = Math.ceil(chats.length / pageSize);
  return {
    chats: chats.slice((page - 1) * pageSize, page * pageSize),
    page,
    page_total,
    total: chats.length,
    ...(page < page_total && { next_page: page + 1 }),
  };
}

export function toListedChat(wire: WireChatRow): ListedChat {
  return {
    row: toChatRow(wire),
    name: wire.target_info?.username ?? "",
    avatar: avatarOf(wire),
    latestAt: wire.latest_msg_time,
    withBot: wire.target_info?.bot ?? false,
  };
}

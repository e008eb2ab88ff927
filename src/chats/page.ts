// A page of chats, made from KOOK's.
import type { WirePage } from "../kook/wire/chat.ts";
import { avatarOf, type ChatRow, toChatRow } from "./chat.ts";

/** KOOK gives no more chats a page than this. */
export const MAX_PAGE_SIZE = 50;

/** A chat of a list, with what only some readers need. */
export interface ListedChat {
  row: ChatRow;
  /** The username as KOOK has it: for comparing, never for showing. */
  name: string;
  avatar: string | undefined;
}

/** A page of chats, in KOOK's order. */
export interface ChatPage {
  chats: ListedChat[];
  page: number;
  page_total: number;
  total: number;
  /** Absent on the last page. */
  next_page?: number;
  /** Chats that KOOK listed in a form that cannot be read; absent for none. */
  skipped?: number;
  /** False where it is known that chats are missing. */
  complete?: boolean;
  /** The failure that ended a search early; what was found before it stands. */
  stoppedBy?: unknown;
}

/** @param asked the page that was asked for, which need not be the one that KOOK answers with */
export function toPage(wire: WirePage, asked: number): ChatPage {
  // Without its meta a page says nothing of others; what it holds is then all that is known.
  const page_total = wire.meta?.page_total ?? asked;
  const total = wire.meta?.total ?? wire.items.length;
  // KOOK's paginator answers with its last page again when asked past the end (inferred: Yii2's default).
  const past = asked > 1 && (asked > page_total || (wire.meta?.page ?? asked) < asked);
  const empty = past || wire.items.length + wire.skipped === 0;
  return {
    chats: past ? [] : wire.items.map(toListedChat),
    page: asked,
    page_total,
    total,
    ...(asked < page_total && !empty && { next_page: asked + 1 }),
    ...(wire.skipped > 0 && !past && { skipped: wire.skipped }),
  };
}

/** One page of chats that are all there. */
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

function toListedChat(wire: WirePage["items"][number]): ListedChat {
  return {
    row: toChatRow(wire),
    name: wire.target_info?.username ?? "",
    avatar: avatarOf(wire),
  };
}

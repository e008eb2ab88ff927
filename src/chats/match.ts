// The filter of a search.
import { foldName } from "../text/fold.ts";
import type { ChatRow } from "./chat.ts";
import type { ListedChat } from "./page.ts";

/** All conditions must hold; without any, every chat matches. */
export interface ChatFilter {
  unreadOnly?: boolean | undefined;
  chatCode?: string | undefined;
  /** User ids. */
  targets?: ReadonlySet<string> | undefined;
  /** Part of a username, ignoring case, width and accents; or a whole user id. */
  query?: string | undefined;
}

export function matcherOf({
  unreadOnly,
  chatCode,
  targets,
  query,
}: ChatFilter): (chat: ListedChat) => boolean {
  const name = foldName(query ?? "");
  return ({ row, name: username }) =>
    (!unreadOnly || row.unread_count > 0) &&
    (chatCode === undefined || row.chat_code === chatCode) &&
    (!targets || targets.has(row.target_id)) &&
    (!query || isId(row, query) || (name !== "" && foldName(username).includes(name)));
}

/** Code of the one chat that the query can mean: the only match, or the only match of a whole name or id. */
export function onlyMatch(
  found: ListedChat[],
  { query, unreadOnly }: ChatFilter,
): string | undefined {
  // With unread_only, the chat that the query means may be filtered out.
  if (!query || unreadOnly) return undefined;
  const folded = foldName(query);
  const whole = found.filter(({ row, name }) => isId(row, query) || foldName(name) === folded);
  const [only, ...others] = whole.length > 0 ? whole : found;
  return others.length === 0 ? only?.row.chat_code : undefined;
}

function isId({ target_id }: ChatRow, query: string): boolean {
  return target_id !== "" && target_id === query.normalize("NFKC").trim();
}

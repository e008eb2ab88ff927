// Walking through a chat's messages. KOOK gives them without a count, in an order that is not documented.
import type { WireMessage, WireMessages } from "../kook/wire/message.ts";

/** KOOK's largest page is not documented; 50 is its default. */
export const MAX_PAGE_SIZE = 50;
/** The most messages that one call looks at. */
export const MAX_LOOKED_AT = 500;

export type ReadMessages = (parameters: {
  page_size: number;
  msg_id?: string;
  flag?: "before" | "after";
}) => Promise<WireMessages>;

/** Reads on from a message, or back from the newest, one page at a time. */
export class Walk {
  readonly #read: ReadMessages;
  readonly #flag: "before" | "after";
  readonly #seen = new Set<string>();
  #from: string | undefined;
  /** Each message once, oldest first. */
  messages: WireMessage[] = [];
  /** There is nothing more in this direction. */
  ended = false;
  /** Messages that KOOK sent in a form that cannot be read. */
  dropped = 0;

  /** @param from the message next to which to start; absent: the newest */
  constructor(read: ReadMessages, flag: "before" | "after" = "before", from?: string) {
    this.#read = read;
    this.#flag = flag;
    this.#from = from;
    if (from !== undefined) this.#seen.add(from);
  }

  /** @throws what reading throws */
  async next(pageSize = MAX_PAGE_SIZE): Promise<void> {
    const next = this.#from === undefined ? {} : { msg_id: this.#from, flag: this.#flag };
    const page = await this.#read({ page_size: pageSize, ...next });
    const fresh = page.items.filter(({ id }) => !this.#seen.has(id) && this.#seen.add(id));
    this.dropped += page.dropped;
    // KOOK sends no sign of the end: a page that is empty, short, or has nothing new is the last.
    this.ended = page.received < pageSize || fresh.length === 0;
    fresh.sort(oldestFirst);
    const back = this.#flag === "before";
    this.#from = (back ? fresh[0] : fresh.at(-1))?.id ?? this.#from;
    const messages = back ? [...fresh, ...this.messages] : [...this.messages, ...fresh];
    this.messages = messages.sort(oldestFirst);
  }
}

/**
 * How many messages to show, at most `limit` if possible. Messages of the same millisecond stay together: KOOK's order of
 * them is not known, so a page that ends between two of them would lose or repeat one.
 * @param near ordered away from the place where the page begins
 * @param ended nothing comes after the last of `near`
 */
export function countToShow(
  near: readonly Pick<WireMessage, "create_at">[],
  limit: number,
  ended: boolean,
): number {
  const timeAt = (index: number) => near[index]?.create_at;
  const most = Math.min(limit, near.length);
  const last = timeAt(most - 1);
  const splits =
    most < near.length ? timeAt(most) === last : !ended && most > 1 && timeAt(most - 2) === last;
  if (!splits) return most;
  const groupStart = near.findIndex(({ create_at }) => create_at === last);
  if (groupStart > 0) return groupStart;
  const groupEnd = near.findIndex(({ create_at }) => create_at !== last);
  return groupEnd === -1 ? near.length : groupEnd;
}

/** Stable, so that messages of the same millisecond keep KOOK's order. */
function oldestFirst(one: WireMessage, other: WireMessage): number {
  return one.create_at - other.create_at;
}

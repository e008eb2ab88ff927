// One page of a chat's messages, before or after a message or a time.
import { ApiError } from "../kook/errors.ts";
import type { WireMessage } from "../kook/wire/message.ts";
import { countToShow, MAX_LOOKED_AT, MAX_PAGE_SIZE, type ReadMessages, Walk } from "./paging.ts";

/** A message, which is outside the range itself, or a time. */
export interface Bound {
  id?: string;
  /** Epoch milliseconds. */
  time: number;
  /** Messages of the same millisecond that were shown with this one. */
  together?: ReadonlySet<string>;
}

export interface Bounds {
  before: Bound | undefined;
  after: Bound | undefined;
  /** Whether a message was deleted. */
  isGone(id: string): Promise<boolean>;
}

/** The messages of an answer, oldest first, and where to go on. */
export interface Shown {
  wires: WireMessage[];
  /** Pass its id as `before`. */
  older?: WireMessage;
  /** Pass its id as `after`. */
  newer?: WireMessage;
  searched?: number;
  complete?: boolean;
  dropped?: number;
}

export function isInside({ id, create_at }: WireMessage, { before, after }: Bounds): boolean {
  // KOOK's page may have ended between messages of the same millisecond: those not shown come next.
  const isNext = (bound: Bound) =>
    create_at === bound.time &&
    bound.id !== undefined &&
    bound.id !== id &&
    !bound.together?.has(id);
  if (before && create_at >= before.time && !isNext(before)) return false;
  if (!after || create_at > after.time) return true;
  return after.id === undefined ? create_at === after.time : isNext(after);
}

/** Whether a walk back has passed the lower bound. */
export function isPassed({ messages }: Walk, after: Bound | undefined): boolean {
  if (!after) return false;
  return messages.some(({ id, create_at }) => id === after.id || create_at < after.time);
}

/**
 * Starts a walk back at the upper bound. KOOK's answer to the id of a deleted message is not known: after a refusal, and
 * after an empty answer if it is gone, its time decides. Else the chat would seem to begin there.
 */
export async function walkBack(
  read: ReadMessages,
  { before, isGone }: Bounds,
  pageSize: number,
): Promise<Walk> {
  const walk = new Walk(read, "before", before?.id);
  try {
    await walk.next(pageSize);
    const isEmpty = walk.messages.length === 0 && walk.dropped === 0;
    if (before?.id === undefined || !isEmpty || !(await isGone(before.id))) return walk;
  } catch (error) {
    if (before?.id === undefined || !mayMeanGone(error)) throw error;
  }
  const fromNewest = new Walk(read);
  await fromNewest.next();
  return fromNewest;
}

/** The messages just before the upper bound, or the newest ones. */
export async function pageBefore(
  read: ReadMessages,
  bounds: Bounds,
  limit: number,
): Promise<Shown> {
  const { before, after } = bounds;
  // One more than is shown tells whether there are older ones; the largest page has no room for it.
  const enough = Math.min(limit + 1, MAX_PAGE_SIZE);
  const walk = await walkBack(read, bounds, before && !before.id ? MAX_PAGE_SIZE : enough);
  let inside = walk.messages.filter((wire) => isInside(wire, bounds));
  const isDone = () => walk.ended || isPassed(walk, after);
  while (!isDone() && inside.length < enough && walk.messages.length < MAX_LOOKED_AT) {
    await walk.next();
    inside = walk.messages.filter((wire) => isInside(wire, bounds));
  }
  const near = inside.reverse();
  const count = countToShow(near, limit, isDone());
  const wires = near.slice(0, count).reverse();
  const isMore = count < near.length || !isDone();
  // Without any message, the walk goes on where it stopped.
  const older = isMore ? (wires[0] ?? walk.messages[0]) : undefined;
  const hasNewer =
    before &&
    (before.id !== undefined || walk.messages.some((wire) => wire.create_at >= before.time));
  const newer = hasNewer ? wires.at(-1) : undefined;
  return {
    wires,
    ...(older && { older }),
    ...(newer && { newer }),
    ...(wires.length === 0 && isMore && { searched: walk.messages.length, complete: false }),
    ...droppedBy(walk),
  };
}

/**
 * The messages just after the lower bound. Looks at the newest page first: most often it reaches back to the bound, and the
 * answer does not depend on what KOOK does with the id of a deleted message.
 */
export async function pageAfter(read: ReadMessages, bounds: Bounds, limit: number): Promise<Shown> {
  const { after } = bounds;
  const back = new Walk(read);
  await back.next();
  const isDone = () => back.ended || isPassed(back, after);
  if (!isDone() && after?.id !== undefined) {
    const shown = await pageOnFrom(read, bounds, { from: after.id, limit, newest: back.messages });
    if (shown) return shown;
  }
  while (!isDone() && back.messages.length < MAX_LOOKED_AT) await back.next();
  const near = back.messages.filter((wire) => isInside(wire, bounds));
  const wires = near.slice(0, countToShow(near, limit, true));
  const hasOlder = !back.ended || back.messages[0] !== wires[0];
  const gap = !isDone() && { searched: back.messages.length, complete: false };
  return {
    ...endsOf(wires, { hasOlder, hasNewer: wires.length < near.length }),
    ...gap,
    ...droppedBy(back),
  };
}

/** KOOK's refusal of a deleted message's id is not documented. A page that is read without the id is right in any case. */
function mayMeanGone(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    (error.reason === "not_found" || (error.code === 40_000 && error.reason === "other"))
  );
}

/**
 * Reads forward from a message. Undefined if KOOK refuses its id, has nothing after it, or has only what the newest page has:
 * it may ignore the id of a deleted message.
 */
async function pageOnFrom(
  read: ReadMessages,
  bounds: Bounds,
  { from, limit, newest }: { from: string; limit: number; newest: readonly WireMessage[] },
): Promise<Shown | undefined> {
  const walk = new Walk(read, "after", from);
  const enough = Math.min(limit + 1, MAX_PAGE_SIZE);
  let near: WireMessage[] = [];
  try {
    do {
      await walk.next(walk.messages.length === 0 ? enough : MAX_PAGE_SIZE);
      near = walk.messages.filter((wire) => isInside(wire, bounds));
    } while (!walk.ended && near.length < enough && walk.messages.length < MAX_LOOKED_AT);
  } catch (error) {
    if (walk.messages.length > 0 || !mayMeanGone(error)) throw error;
    return undefined;
  }
  const [first] = walk.messages;
  if (!first || newest.some(({ id }) => id === first.id)) return undefined;
  const count = countToShow(near, limit, walk.ended);
  const hasNewer = count < near.length || !walk.ended;
  return { ...endsOf(near.slice(0, count), { hasOlder: true, hasNewer }), ...droppedBy(walk) };
}

function endsOf(
  wires: WireMessage[],
  { hasOlder, hasNewer }: { hasOlder: boolean; hasNewer: boolean },
): Shown {
  const [older] = hasOlder ? wires : [];
  const newer = hasNewer ? wires.at(-1) : undefined;
  return { wires, ...(older && { older }), ...(newer && { newer }) };
}

export const droppedBy = ({ dropped }: Walk) => (dropped > 0 ? { dropped } : {});

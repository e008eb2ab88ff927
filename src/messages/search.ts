// Looking for words in a chat: KOOK has no search, so the messages are read.

import { DeadlineError, RateLimitError, TimeoutError } from "../kook/errors.ts";
import type { WireMessage } from "../kook/wire/message.ts";
import { foldMessage } from "../text/fold.ts";
import { contentOf } from "./content.ts";
import { MAX_LOOKED_AT, MAX_PAGE_SIZE, type ReadMessages, type Walk } from "./paging.ts";
import { type Bounds, droppedBy, isInside, isPassed, type Shown, walkBack } from "./range.ts";

/** Whether a message's text or the name of a file in it contains the query. */
export function messageMatcher(query: string): (wire: WireMessage) => boolean {
  const wanted = foldMessage(query);
  return (wire) => {
    if (wanted === "") return false;
    const { text, attachments } = contentOf(wire);
    const texts = [text, ...attachments.map(({ name = "" }) => name)];
    return texts.some((part) => foldMessage(part).includes(wanted));
  };
}

/** The newest messages that the query fits, each with the one before and the one after it. */
export async function searchMessages(
  read: ReadMessages,
  bounds: Bounds,
  { limit, query, signal }: { limit: number; query: string; signal: AbortSignal | undefined },
): Promise<Shown> {
  const walk = await walkBack(read, bounds, MAX_PAGE_SIZE);
  const isDone = () => walk.ended || isPassed(walk, bounds.after);
  while (!isDone() && walk.messages.length < MAX_LOOKED_AT && (await readOn(walk, signal)));
  const inside = walk.messages.filter((wire) => isInside(wire, bounds));
  const { chosen, oldestHit, isCut } = choose(inside, messageMatcher(query), limit);
  const wires = inside.filter((_, index) => chosen.has(index));
  const older = isCut ? inside[oldestHit] : isDone() ? undefined : walk.messages[0];
  return {
    wires,
    ...(older && { older }),
    searched: inside.length,
    complete: isDone() && !isCut,
    ...droppedBy(walk),
  };
}

/** False if the time or the requests are used up; earlier hits are kept. */
async function readOn(walk: Walk, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await walk.next();
    return true;
  } catch (error) {
    signal?.throwIfAborted();
    const isSpent = [RateLimitError, DeadlineError, TimeoutError].some(
      (kind) => error instanceof kind,
    );
    if (isSpent) return false;
    throw error;
  }
}

/** The hits from the newest on, with their neighbours, as many as fit. */
function choose(
  wires: readonly WireMessage[],
  matches: (wire: WireMessage) => boolean,
  limit: number,
): { chosen: Set<number>; oldestHit: number; isCut: boolean } {
  let chosen = new Set<number>();
  let oldestHit = -1;
  for (let index = wires.length - 1; index >= 0; index--) {
    const wire = wires[index];
    if (!wire || !matches(wire)) continue;
    const around = [index, index - 1, index + 1].filter((at) => at >= 0 && at < wires.length);
    // The first hit is shown in any case, with the neighbours that fit.
    const group = oldestHit === -1 ? around.slice(0, limit) : around;
    const together = new Set([...chosen, ...group]);
    if (together.size > limit) return { chosen, oldestHit, isCut: true };
    chosen = together;
    oldestHit = index;
  }
  return { chosen, oldestHit, isCut: false };
}

// The messages at the ends of pages. KOOK's order within a millisecond is not known, so the next page must be told which
// messages of that millisecond were shown.
import type { KnownMessage } from "./ids.ts";
import type { Bound, Bounds, Shown } from "./range.ts";

/** Messages of the same millisecond are rare. */
const MAX_ENDS = 1_000;

export class PageEnds {
  readonly #together = new Map<string, ReadonlySet<string>>();

  /** The bound of a page that goes on from a message. */
  boundOf(message: KnownMessage): Bound {
    const together = this.#together.get(message.id);
    return { ...message, ...(together && { together }) };
  }

  remember({ wires, older, newer }: Shown, { before, after }: Bounds): void {
    for (const end of [older, newer]) {
      if (!end) continue;
      const together = new Set<string>();
      for (const { id, create_at } of wires) if (create_at === end.create_at) together.add(id);
      // The page itself may have gone on within this millisecond.
      for (const bound of [before, after]) {
        if (bound?.id === undefined || bound.time !== end.create_at) continue;
        for (const id of [bound.id, ...(bound.together ?? [])]) together.add(id);
      }
      this.#set(end.id, together);
    }
  }

  #set(id: string, together: ReadonlySet<string>): void {
    this.#together.delete(id);
    if (together.size <= 1) return;
    this.#together.set(id, together);
    const [oldest] = this.#together.keys();
    if (this.#together.size > MAX_ENDS && oldest !== undefined) this.#together.delete(oldest);
  }
}

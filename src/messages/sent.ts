// The messages that this process has sent lately, so that a repeated call sends nothing twice.

const KEPT_MS = 600_000;
/** KOOK shows a message up to 2.5 s after it was sent (seen in kook4j's live tests); four times that, to be sure. */
const FRESH_MS = 10_000;
/** Bounds the memory; the oldest go first. */
const MAX_KEPT = 1_000;

export interface SentMessage {
  id: string;
  /** Epoch milliseconds. */
  time: number;
}

/** Tells the own message from those that the chat had before. */
export interface Before {
  ids: ReadonlySet<string>;
  /** Time of the newest one, epoch milliseconds. */
  newestAt: number;
}

/** `unknown`: it may have been sent. */
type Outcome = { sent: SentMessage } | { unknown: Before };

/** By key: the chat, the text and the message that it answers. */
export class SentMessages {
  readonly #outcomes = new Map<string, { outcome: Outcome; at: number }>();
  /** Ids of texts, and when they were sent, on the monotonic clock. */
  readonly #own = new Map<string, number>();
  readonly #doubted = new Set<string>();

  /** `at`: when it was noted, on the monotonic clock. */
  get(key: string): { outcome: Outcome; at: number } | undefined {
    const kept = this.#outcomes.get(key);
    return kept && performance.now() - kept.at < KEPT_MS ? kept : undefined;
  }

  set(key: string, outcome: Outcome): void {
    this.#outcomes.delete(key);
    this.#outcomes.set(key, { outcome, at: performance.now() });
    const [oldest] = this.#outcomes.keys();
    if (this.#outcomes.size > MAX_KEPT && oldest) this.#outcomes.delete(oldest);
  }

  /** A text was sent under this id. Reactions are not noted: their id is that of the user's message. */
  noteOwn(id: string): void {
    this.#own.delete(id);
    this.#own.set(id, performance.now());
    const [oldest] = this.#own.keys();
    if (this.#own.size > MAX_KEPT && oldest !== undefined) this.#own.delete(oldest);
  }

  /** Whether this process sent the text of this id, also if it edited it since. */
  has(id: string): boolean {
    return this.#ageOf(id) < KEPT_MS;
  }

  /** Whether the text was sent so lately that KOOK may not show it yet. */
  isFresh(id: string): boolean {
    return this.#ageOf(id) < FRESH_MS;
  }

  /** An edit or a deletion may have been made: the message must be looked at before it counts as sent. */
  doubt(id: string): void {
    this.#doubted.add(id);
  }

  isDoubted(id: string): boolean {
    return this.#doubted.has(id);
  }

  /** The message was edited or deleted: the chat no longer says what was sent. It may be one whose answer was lost. */
  forget(id: string, { chatCode, content }: { chatCode: string; content: string }): void {
    this.#doubted.delete(id);
    for (const [key, { outcome }] of this.#outcomes) {
      const isIt =
        "sent" in outcome
          ? outcome.sent.id === id
          : key.startsWith(`${chatCode}\n`) && key.endsWith(`\n${content}`);
      if (isIt) this.#outcomes.delete(key);
    }
  }

  /** As `forget`, for a message that is gone: its absence from the chat is no delay of KOOK's. */
  drop(id: string, said: { chatCode: string; content: string }): void {
    this.forget(id, said);
    this.#own.delete(id);
  }

  #ageOf(id: string): number {
    return performance.now() - (this.#own.get(id) ?? Number.NEGATIVE_INFINITY);
  }
}

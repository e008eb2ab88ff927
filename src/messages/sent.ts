// What this process has sent lately, so that a repeated call sends nothing twice.

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

/** What tells the own message from those that the chat had before. */
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

  /** Whether this process knows that it sent the message of this id. */
  has(id: string): boolean {
    return [...this.#outcomes.values()].some(
      ({ outcome }) => "sent" in outcome && outcome.sent.id === id,
    );
  }

  /** Whether the message was sent so lately that KOOK may not show it yet. */
  isFresh(id: string): boolean {
    return [...this.#outcomes.values()].some(
      ({ outcome, at }) =>
        "sent" in outcome && outcome.sent.id === id && performance.now() - at < FRESH_MS,
    );
  }

  /** The message was edited or deleted: the chat no longer says what was sent. */
  forget(id: string): void {
    for (const [key, { outcome }] of this.#outcomes) {
      if ("sent" in outcome && outcome.sent.id === id) this.#outcomes.delete(key);
    }
  }
}

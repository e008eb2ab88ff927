// Limits of what this process sends: messages an hour, and users who get the same text.
import { BroadcastError, SendLimitError } from "./send-errors.ts";

const HOUR_MS = 3_600_000;
/** KOOK counts repeated private messages as malicious marketing. */
const MAX_USERS = 5;

/** On the monotonic clock. */
interface Sent {
  at: number;
  /** As it is compared. */
  text: string;
  targetId: string;
}

export class SendLimits {
  readonly #limit: number;
  #sent: Sent[] = [];

  /** @param limit messages an hour */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Messages that may still be sent in this hour. */
  get left(): number {
    return Math.max(0, this.#limit - this.#lastHour().length);
  }

  /** Checks a whole batch. @throws SendLimitError, BroadcastError */
  check(batch: readonly { text: string; targetId: string }[]): void {
    if (batch.length > this.left) throw this.#exhausted();
    for (const { text } of batch) {
      const same = [...this.#lastHour(), ...batch].filter(
        (other) => collapsed(other.text) === collapsed(text),
      );
      if (new Set(same.map(({ targetId }) => targetId)).size > MAX_USERS) {
        throw new BroadcastError(MAX_USERS);
      }
    }
  }

  /**
   * Counts a message that is about to be sent.
   * @returns takes it back: nothing was sent
   * @throws SendLimitError, BroadcastError
   */
  count(text: string, targetId: string): () => void {
    this.check([{ text, targetId }]);
    const sent = { at: performance.now(), text: collapsed(text), targetId };
    this.#sent.push(sent);
    return () => {
      this.#sent = this.#sent.filter((other) => other !== sent);
    };
  }

  #lastHour(): readonly Sent[] {
    const since = performance.now() - HOUR_MS;
    this.#sent = this.#sent.filter(({ at }) => at > since);
    return this.#sent;
  }

  #exhausted(): SendLimitError {
    const [oldest] = this.#lastHour();
    const freeInMs = oldest ? oldest.at + HOUR_MS - performance.now() : HOUR_MS;
    return new SendLimitError(this.#limit, this.left, Math.ceil(freeInMs / 60_000));
  }
}

/** Without width, case, white space and Markdown's marks. Numbers stay: two answers may differ in them alone. */
function collapsed(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s*_~`>#|\\]+/g, "");
}

// Chat codes that are remembered for a while.

/** More than a person works on in a session. */
const MAX_CODES = 10_000;

/** A set of chat codes that forgets the oldest, so that it cannot grow without end. */
export class RecentCodes {
  readonly #codes = new Set<string>();

  has(code: string): boolean {
    return this.#codes.has(code);
  }

  add(code: string): void {
    this.#codes.add(code);
    if (this.#codes.size <= MAX_CODES) return;
    const [oldest] = this.#codes;
    if (oldest !== undefined) this.#codes.delete(oldest);
  }

  delete(code: string): void {
    this.#codes.delete(code);
  }
}

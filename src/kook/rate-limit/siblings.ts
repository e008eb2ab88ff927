// Whether other processes are at work with the same token, as far as the answers show it. They cannot talk to each other,
// but KOOK counts the requests of all, and what it counts beyond one's own is theirs.

/** So many processes may be at work on one token: a host starts two or three copies of a server. */
export const PROCESSES = 4;
/** Windows for which those who were seen at work are reckoned with. */
const MEMORY = 3;

/** What one process knows of the others in one bucket. */
export class Siblings {
  /** Own requests that the present window may count: those sent in it, and those under way when it opened. */
  #own = 0;
  #alone = false;
  #window = 0;
  /** The most requests of others that a window of late has counted, and which window that was. */
  #seen = { count: 0, window: 0 };

  /** The most requests of others that one of the last few windows has counted; 0 for nobody. */
  get lately(): number {
    return this.#window - this.#seen.window < MEMORY ? this.#seen.count : 0;
  }

  /** All requests of the present window were this process's own when last everything was answered. */
  get alone(): boolean {
    return this.#alone;
  }

  /** A new window has begun, in which KOOK may count what is under way. */
  openWindow(inFlight: number): void {
    this.#window++;
    this.#own = inFlight;
    this.#alone = false;
  }

  addOwn(count: number): void {
    this.#own += count;
  }

  /** Takes in what an answer counted in the present window; certain only while nothing is under way. */
  compare(used: number, inFlight: number): void {
    const others = used - this.#own;
    if (others > 0) this.note(others);
    this.#alone = others <= 0 && (this.#alone || (inFlight === 0 && this.#own > 1));
  }

  /** So many requests of others were noticed in the present window. */
  note(count: number): void {
    this.#seen = { count: Math.max(count, this.lately), window: this.#window };
  }
}

// What a caller may say about one call to KOOK.

export interface WaitOptions {
  /** Takes the request out of the queue. */
  signal?: AbortSignal | undefined;
  /**
   * Told at once, and every few seconds, that the request still waits, and for how many milliseconds more; 0 where that
   * depends on the answer to a request before it.
   */
  onWait?: ((waitMs: number) => void) | undefined;
}

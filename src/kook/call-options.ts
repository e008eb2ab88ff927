// Options of one call to KOOK.

export interface CallOptions {
  /** Cancels the call: takes it out of the queue, or aborts the request. A write that is sent goes on. */
  signal?: AbortSignal | undefined;
  /** When the whole call must have ended, retries and waits included; milliseconds of `performance.now()`. */
  deadline?: number | undefined;
  /** `background` yields to `person` in the rate limiter's queue. Default: `person`. */
  priority?: "person" | "background" | undefined;
  /**
   * Called when the request starts to wait for the rate limit, and every few seconds while it waits.
   * `waitMs` is the expected wait; 0 if that depends on the answer to an earlier request.
   */
  onWait?: ((waitMs: number) => void) | undefined;
  /** Called when a request leaves this machine: after the wait for the rate limit, before each attempt. */
  onSend?: (() => void) | undefined;
  /** Called before the second and each further attempt, with its number and the failure of the one before. */
  onRetry?: ((attempt: number, error: unknown) => void) | undefined;
}

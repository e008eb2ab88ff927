// Calls that several callers wait for together.

interface SharedCall {
  result: Promise<unknown>;
  callers: number;
  controller: AbortController;
}

/** Joins callers who ask for the same thing at the same moment. */
export class SharedCalls {
  readonly #calls = new Map<string, SharedCall>();

  /**
   * Joins the call that is under way for this key, or starts it. A caller who aborts leaves alone; the call is aborted
   * when its last caller has left.
   * @throws what the call throws; the caller's reason when it aborts
   */
  async join<T>(
    key: string,
    signal: AbortSignal | undefined,
    start: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    const call = this.#calls.get(key) ?? this.#start(key, start);
    call.callers++;
    let leave = () => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal?.reason);
    });
    signal?.addEventListener("abort", leave);
    try {
      return await Promise.race([call.result as Promise<T>, left]);
    } finally {
      signal?.removeEventListener("abort", leave);
      if (--call.callers === 0) {
        if (this.#calls.get(key) === call) this.#calls.delete(key);
        call.controller.abort(signal?.reason);
      }
    }
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<unknown>): SharedCall {
    const controller = new AbortController();
    const result = start(controller.signal);
    const call: SharedCall = { result, callers: 0, controller };
    this.#calls.set(key, call);
    const forget = () => {
      if (this.#calls.get(key) === call) this.#calls.delete(key);
    };
    result.then(forget, forget);
    return call;
  }
}

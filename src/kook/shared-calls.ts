// Calls that several callers wait for together.
import type { CallOptions } from "./call-options.ts";

interface SharedCall {
  result: Promise<unknown>;
  callers: number;
  settled: boolean;
  controller: AbortController;
  listeners: Set<(waitMs: number) => void>;
  /** What was last told of the wait: until when it lasts, on a monotonic clock. */
  waitsUntil: number | undefined;
}

type Start<T> = (options: CallOptions) => Promise<T>;

/** Joins callers who ask for the same thing at the same moment. */
export class SharedCalls {
  readonly #calls = new Map<string, SharedCall>();

  /**
   * Joins the call that is under way for this key, or starts it. Each caller is told of the waits. A caller who aborts
   * leaves alone; the call is aborted when its last caller has left.
   * @throws what the call throws; the caller's reason when it aborts
   */
  async join<T>(key: string, { signal, onWait }: CallOptions, start: Start<T>): Promise<T> {
    signal?.throwIfAborted();
    const call = this.#calls.get(key) ?? this.#open(key);
    call.callers++;
    let leave = () => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => reject(signal?.reason);
    });
    signal?.addEventListener("abort", leave);
    if (onWait) listen(call, onWait);
    if (call.callers === 1) this.#start(key, call, start);
    try {
      return await Promise.race([call.result as Promise<T>, left]);
    } finally {
      signal?.removeEventListener("abort", leave);
      if (onWait) call.listeners.delete(onWait);
      if (--call.callers === 0) {
        this.#forget(key, call);
        // An abort that nobody hears would still make an error with its stack.
        if (!call.settled) call.controller.abort(signal?.reason);
      }
    }
  }

  /** From now on nobody joins the calls that are under way: what they find out may be out of date. */
  part(): void {
    this.#calls.clear();
  }

  #open(key: string): SharedCall {
    const call: SharedCall = {
      result: Promise.resolve(),
      callers: 0,
      settled: false,
      controller: new AbortController(),
      listeners: new Set(),
      waitsUntil: undefined,
    };
    this.#calls.set(key, call);
    return call;
  }

  #start(key: string, call: SharedCall, start: Start<unknown>): void {
    const onWait = (waitMs: number) => {
      call.waitsUntil = performance.now() + waitMs;
      for (const listener of call.listeners) listener(waitMs);
    };
    call.result = start({ signal: call.controller.signal, onWait });
    const forget = () => {
      call.settled = true;
      this.#forget(key, call);
    };
    call.result.then(forget, forget);
  }

  #forget(key: string, call: SharedCall): void {
    if (this.#calls.get(key) === call) this.#calls.delete(key);
  }
}

/** One who joins in the middle of a wait is told of it at once, as the first caller was. */
function listen(call: SharedCall, onWait: (waitMs: number) => void): void {
  call.listeners.add(onWait);
  if (call.waitsUntil !== undefined) onWait(Math.max(0, call.waitsUntil - performance.now()));
}

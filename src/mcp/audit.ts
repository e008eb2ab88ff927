// The audit log (KOOK_AUDIT_LOG): a line for each change of any tool, without contents. A change is made only if the log
// could be opened before it. Knows which changes are in flight.
import { isDoubtful } from "../kook/errors.ts";
import { LostAnswerError } from "../kook/reconcile.ts";
import type { ConfirmedHow } from "./confirmation.ts";

/** Where the lines go. */
export interface AuditFile {
  /** @throws if it cannot be opened; the error's `code` says why */
  open(): Promise<OpenAuditFile>;
}

interface OpenAuditFile {
  /** Appends a line and closes the file. @throws if it is not written whole */
  append(line: string): Promise<void>;
  /** Closes the file without a line. */
  close(): Promise<void>;
}

/** Facts of a change, as far as known. */
export interface AuditFacts {
  chat_code?: string | undefined;
  target_id?: string | undefined;
  msg_id?: string | undefined;
  /** Of the text, in characters. */
  length?: number | undefined;
}

/** Outcome of a change: a result's status, or `done`, `not_done`, `unknown`, `cancelled`. */
type Outcome = string;

/** The change was not made, because it could not be recorded. */
export class AuditError extends Error {
  override readonly name = "AuditError";
  /** `stopped`: an earlier line could not be written. `closing`: the server is stopping. */
  readonly reason: "open" | "stopped" | "closing";
  /** The system's, e.g. EACCES. */
  readonly code: string | undefined;

  constructor(reason: AuditError["reason"], code?: string) {
    super("The audit log cannot be written.");
    this.reason = reason;
    this.code = code;
  }
}

export interface AuditedCall {
  tool: string;
  confirmed: ConfirmedHow;
  /** Called if the line could not be written after the change. */
  onFailure: () => void;
}

export class Audit {
  readonly #file: AuditFile | undefined;
  /** The changes in flight, and how to write that the outcome of one is unknown. */
  readonly #running = new Map<Promise<unknown>, { abandon: () => Promise<void> }>();
  readonly #closing = new AbortController();
  /** Why no change may be made any more. */
  #stopped: "stopped" | "closing" | undefined;

  constructor(file?: AuditFile) {
    this.#file = file;
  }

  /** Aborts when the server stops: a change that is not on the wire yet is not made. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Stops all later changes. Resolves when all changes in flight are logged, those that take longer as unknown. */
  async end(graceMs: number): Promise<void> {
    this.#stopped ??= "closing";
    this.#closing.abort(new AuditError("closing"));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, graceMs);
    });
    await Promise.race([Promise.allSettled(this.#running.keys()), late]);
    clearTimeout(timer);
    await Promise.allSettled([...this.#running.values()].map(({ abandon }) => abandon()));
  }

  /**
   * Makes a change between opening the log and writing its line.
   * @throws AuditError before the change; what the change throws
   */
  async around<Result>(
    call: AuditedCall,
    facts: AuditFacts,
    change: () => Promise<Result>,
    told: (result: Result) => AuditFacts & { outcome: Outcome },
  ): Promise<Result> {
    if (this.#stopped) throw new AuditError(this.#stopped);
    const entry = { abandon: async () => {} };
    const running = this.#change(call, facts, { change, told, entry });
    this.#running.set(running, entry);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #change<Result>(
    { tool, confirmed, onFailure }: AuditedCall,
    facts: AuditFacts,
    {
      change,
      told,
      entry,
    }: {
      change: () => Promise<Result>;
      told: (result: Result) => AuditFacts & { outcome: Outcome };
      entry: { abandon: () => Promise<void> };
    },
  ): Promise<Result> {
    const file = await this.#open();
    const write = async (more: AuditFacts & { outcome: Outcome }) => {
      const time = new Date().toISOString();
      const line = `${JSON.stringify({ time, tool, ...facts, ...more, confirmed })}\n`;
      await file?.append(line).catch(() => {
        this.#stopped = "stopped";
        onFailure();
      });
    };
    entry.abandon = () => write({ outcome: "unknown" });
    try {
      const result = await change();
      await write(told(result));
      return result;
    } catch (error) {
      await write({ outcome: outcomeOf(error) });
      throw error;
    }
  }

  async #open(): Promise<OpenAuditFile | undefined> {
    const file = await this.#file?.open().catch((error: NodeJS.ErrnoException) => {
      throw new AuditError("open", error.code);
    });
    // Another line may have failed meanwhile.
    if (!this.#stopped) return file;
    await file?.close();
    throw new AuditError(this.#stopped);
  }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof LostAnswerError) return error.outcome;
  if (error instanceof DOMException && error.name === "AbortError") return "cancelled";
  return isDoubtful(error) ? "unknown" : "not_done";
}

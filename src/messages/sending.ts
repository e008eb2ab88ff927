// Sends batches of messages: each at most once, with a result for each.
import { inTime } from "../kook/abort.ts";
import type { CallOptions } from "../kook/call-options.ts";
import { ApiError, DeadlineError, RateLimitError, TokenError } from "../kook/errors.ts";
import type { ChatOfMessages } from "./chat.ts";
import type { Messages } from "./messages.ts";
import {
  type Draft,
  keyOf,
  type Outgoing,
  type Preparation,
  type PreparationOptions,
} from "./outgoing.ts";
import type { Posting, SendResult } from "./posting.ts";
import { DraftError, NotTriedError, TextError } from "./send-errors.ts";
import type { SendLimits } from "./send-limits.ts";

export type { SendResult };

/** A message of a batch: to be sent, or with its result already. */
export interface Ready {
  outgoing: Outgoing;
  result?: SendResult;
}

/** Wraps each change: opens the audit log before it and writes the line after it. */
export type Audited = (
  outgoing: Outgoing,
  change: () => Promise<SendResult>,
) => Promise<SendResult>;

interface Parts {
  messages: Messages;
  preparation: Preparation;
  posting: Posting;
  limits: SendLimits;
  /** Called after each send to a chat, sent or not. */
  onChange: (chat: ChatOfMessages) => void;
}

export class Sending {
  readonly #parts: Parts;
  /** Serializes sends per chat, so that a look-up cannot claim another send's message. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Messages that may still be sent in this hour. */
  get left(): number {
    return this.#parts.limits.left;
  }

  /**
   * Resolves and checks a batch. If one message may not be sent, none is.
   * @throws DraftError for one of several messages; SendLimitError, BroadcastError; what ends the whole call
   */
  async prepare(
    drafts: readonly Draft[],
    options: PreparationOptions,
    call: CallOptions,
  ): Promise<Ready[]> {
    const { messages, preparation, posting, limits } = this.#parts;
    const bodies = await each(drafts, (draft) => preparation.check(draft));
    const addresses = drafts.map(({ address }) => address);
    const missing = await messages.findUsers(addresses, call);
    const keys = new Set<string>();
    const batch = await each(drafts, async (draft, index): Promise<Ready> => {
      const { address } = draft;
      const error = "target_id" in address && missing.get(address.target_id);
      if (error) throw error;
      // biome-ignore lint/style/noNonNullAssertion: one body for each draft
      const outgoing = await preparation.resolve(draft, bodies[index]!, options, call);
      if (keys.has(keyOf(outgoing))) throw new TextError("twice");
      keys.add(keyOf(outgoing));
      const result = await posting.known(outgoing, call);
      return { outgoing, ...(result && { result }) };
    });
    limits.check(toSend(batch).filter(isText).map(limited));
    return batch;
  }

  /** Sends in order. A message in doubt, a rate limit, the deadline or a log that cannot be written ends the batch. */
  async deliver(
    batch: readonly Ready[],
    audited: Audited,
    options: CallOptions,
  ): Promise<SendResult[]> {
    const results: SendResult[] = [];
    let isStopped = false;
    for (const { outgoing, result: known } of batch) {
      const { chat } = outgoing;
      if (isStopped && !known) {
        results.push({ chat, status: "not_sent", why: new NotTriedError() });
        continue;
      }
      const result = known ?? (await this.#inTurn(outgoing, audited, options));
      isStopped ||= !known && endsBatch(result);
      results.push(result);
    }
    return results;
  }

  /** One send at a time in each chat. A send whose turn does not come before its deadline is not sent. */
  async #inTurn(outgoing: Outgoing, audited: Audited, options: CallOptions): Promise<SendResult> {
    const { chat } = outgoing;
    const { chat_code } = chat;
    const before = this.#turns.get(chat_code) ?? Promise.resolve();
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    // Also for a send that gave up waiting: the next one must not overtake those before it.
    const tail = Promise.all([before, ended]).then(() => {
      if (this.#turns.get(chat_code) === tail) this.#turns.delete(chat_code);
    });
    this.#turns.set(chat_code, tail);
    try {
      await inTime(before, options);
      return await this.#send(outgoing, audited, options);
    } catch (error) {
      if (!(error instanceof DeadlineError)) throw error;
      return { chat, status: "not_sent", why: error };
    } finally {
      end();
    }
  }

  async #send(outgoing: Outgoing, audited: Audited, options: CallOptions): Promise<SendResult> {
    const { posting, limits, onChange } = this.#parts;
    const { chat } = outgoing;
    let giveBack = () => {};
    try {
      options.signal?.throwIfAborted();
      // Another call may have sent the same message since this one was prepared.
      const known = await posting.known(outgoing, options);
      if (known) return known;
      if (isText(outgoing)) giveBack = limits.count(outgoing.shown, chat.target_id);
      const result = await audited(outgoing, () => posting.post(outgoing, options));
      if (result.status === "not_sent") giveBack();
      return result;
    } catch (error) {
      giveBack();
      options.signal?.throwIfAborted();
      return { chat, status: "not_sent", why: error };
    } finally {
      onChange(chat);
    }
  }
}

/** @throws DraftError for one of several drafts */
async function each<Result>(
  drafts: readonly Draft[],
  run: (draft: Draft, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const [index, draft] of drafts.entries()) {
    try {
      results.push(await run(draft, index));
    } catch (error) {
      throw drafts.length === 1 || endsCall(error) ? error : new DraftError(index + 1, error);
    }
  }
  return results;
}

const isText = ({ kind }: Outgoing) => kind === "text";
const limited = ({ shown, chat }: Outgoing) => ({ text: shown, targetId: chat.target_id });

/** The messages of a batch that have no result yet. */
export function toSend(batch: readonly Ready[]): Outgoing[] {
  return batch.flatMap(({ outgoing, result }) => (result ? [] : outgoing));
}

/** Not about one message: the next would fail in the same way. */
function endsCall(error: unknown): boolean {
  return (
    error instanceof TokenError ||
    error instanceof RateLimitError ||
    error instanceof DeadlineError ||
    (error instanceof DOMException && error.name === "AbortError") ||
    (error instanceof ApiError && error.reason === "bad_token")
  );
}

/** KOOK's refusal of one message does not stop the others. */
function endsBatch({ status, why }: SendResult): boolean {
  if (status !== "not_sent") return status === "unknown";
  return !(why instanceof ApiError) || endsCall(why) || why.reason === "quota";
}

// Asks a person on facts that are still true when the change is made.
import { ChangedError, type Question, type Verdict } from "../confirmation.ts";
import type { Context } from "./tool.ts";

/** Maximum age of cached facts for a form, in milliseconds. They are read again after the answer. */
const FORM_AGE_MS = 60_000;
/** Maximum repeats of a question. */
const MAX_REPEATS = 2;

type Asked = Omit<Question, "operation" | "mode" | "session" | "signal" | "sentToken">;

export interface Asking<Facts> {
  sentToken: string | undefined;
  /** @param maxAgeMs maximum age of cached facts; 0 reads again */
  prepare(maxAgeMs: number): Promise<Facts>;
  /** @param again the facts have changed since the question before. @returns undefined if there is nothing to ask about */
  question(facts: Facts, again: boolean): Asked | undefined;
}

export interface Answered<Facts> {
  facts: Facts;
  /** Absent if there was nothing to ask about. */
  verdict?: Exclude<Verdict, { outcome: "moot" }>;
}

/**
 * By a form, the facts are read again after the answer, and the question comes again if they have changed. A token holds the
 * state of its preview.
 * @throws ChangedError; what `prepare` and the question throw
 */
export async function ask<Facts>(
  { sentToken, prepare, question }: Asking<Facts>,
  { askedBy, confirm }: Context,
): Promise<Answered<Facts>> {
  const byForm = askedBy === "form";
  let facts = await prepare(byForm ? FORM_AGE_MS : 0);
  for (let repeats = 0; ; repeats++) {
    const asked = question(facts, repeats > 0);
    if (!asked) return { facts };
    const verdict = await confirm({ ...asked, sentToken });
    if (verdict.outcome === "moot") return { facts };
    if (verdict.outcome !== "confirmed" || !byForm) return { facts, verdict };
    const now = await prepare(0);
    const next = question(now, true);
    if (!next) return { facts: now };
    if (next.fingerprint === asked.fingerprint && next.state === asked.state) {
      return { facts: now, verdict };
    }
    if (repeats === MAX_REPEATS) throw new ChangedError();
    facts = now;
  }
}

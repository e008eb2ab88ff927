// Asks a person before a change: by a form if the host can show one, otherwise by a preview and a confirm_token for a second
// call. Independent of tools. An answer or token counts only if this process asked for it.
import type { ElicitRequestFormParams } from "@modelcontextprotocol/sdk/types.js";
import type { Session } from "./session.ts";

/**
 * `ask`: by a form; without one the change goes on, because the host's own approval covers it. `always`: by a form, and
 * without one by preview and token. `never`: no question.
 */
export type ConfirmMode = "ask" | "always" | "never";

/** The host declared forms, but the question did not reach a person. Nothing was changed. */
export class ConfirmationError extends Error {
  override readonly name = "ConfirmationError";
}

/** What the question showed has changed after each answer. Nothing was changed. */
export class ChangedError extends Error {
  override readonly name = "ChangedError";
}

/** A question to a person. Each fact is a field with one choice, because text of strangers must not pass for ours. */
export interface Form {
  message: string;
  fields: { name: string; title: string; description: string; value: string }[];
}

export interface Question {
  /** The tool that asks. */
  operation: string;
  /** Stands for exactly what will be done; a token confirms nothing else. */
  fingerprint: string;
  /** The facts of the decision, such as the newest message of a chat. If they change, a token is not valid any more. */
  state?: string;
  /** The `confirm_token` of the call. */
  sentToken: string | undefined;
  mode: ConfirmMode;
  session: Session;
  signal: AbortSignal;
  /** The facts to show, read when somebody is asked; undefined if there is nothing left to ask about. */
  form(): Promise<Form | undefined>;
}

/** How a change was confirmed; `none`: nobody was asked. */
export type ConfirmedHow = "form" | "token" | "none";

/**
 * Only `confirmed` allows the change. `giveBack` makes the token valid again, for a change that was certainly not made.
 * `moot`: there is nothing left to change. `rejected`: the call brought a token that does not fit; `changed`: it did fit
 * until the state changed.
 */
export type Verdict =
  | { outcome: "confirmed"; by: ConfirmedHow; giveBack?: () => void }
  | { outcome: "declined" | "dismissed" }
  | { outcome: "moot" }
  | { outcome: "preview"; token: string; rejected?: "invalid" | "changed" };

/** The verdicts after which nothing is changed, and something could be. */
export type Unconfirmed = Exclude<Verdict, { outcome: "confirmed" } | { outcome: "moot" }>;

/** How a person is asked in this mode on this host. */
export function askedBy(mode: ConfirmMode, { ask }: Pick<Session, "ask">): ConfirmedHow {
  if (mode === "never") return "none";
  if (ask) return "form";
  return mode === "always" ? "token" : "none";
}

interface Issued {
  token: string;
  state: string | undefined;
  /** Milliseconds of `performance.now()`. */
  expiresAt: number;
}

export const TOKEN_LIFE_MINUTES = 5;
/** Interval of progress while a person decides: hosts time a call out after 60 s without progress. */
const HEARTBEAT_MS = 10_000;
/** Bounds the memory; the oldest token is dropped. */
const MAX_TOKENS = 100;

export class Confirmation {
  /** The latest token of each operation and fingerprint. */
  readonly #tokens = new Map<string, Issued>();

  /** @throws what `form` throws; ConfirmationError; the signal's reason */
  async ask(question: Question): Promise<Verdict> {
    const { mode, session, sentToken, state } = question;
    const by = askedBy(mode, session);
    if (by === "none") return { outcome: "confirmed", by };
    this.#dropExpired();
    const key = `${question.operation} ${question.fingerprint}`;
    const redeemed = session.ask ? undefined : this.#redeem(key, sentToken);
    const isChanged = redeemed !== undefined && redeemed.state !== state;
    if (redeemed && !isChanged) {
      const giveBack = () => {
        if (!this.#tokens.has(key)) this.#tokens.set(key, redeemed);
      };
      return { outcome: "confirmed", by, giveBack };
    }
    const form = await question.form();
    if (!form) return { outcome: "moot" };
    if (session.ask) return askByForm(form, session.ask, question);
    const rejected = sentToken !== undefined && (isChanged ? "changed" : "invalid");
    return { outcome: "preview", token: this.#issue(key, state), ...(rejected && { rejected }) };
  }

  #issue(key: string, state: string | undefined): string {
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    const token = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    this.#tokens.delete(key);
    const expiresAt = performance.now() + TOKEN_LIFE_MINUTES * 60_000;
    this.#tokens.set(key, { token, state, expiresAt });
    const [oldest] = this.#tokens.keys();
    if (this.#tokens.size > MAX_TOKENS && oldest !== undefined) this.#tokens.delete(oldest);
    return token;
  }

  /** Keys and states hold texts of messages: do not keep them longer than their tokens are valid. */
  #dropExpired(): void {
    for (const [key, { expiresAt }] of this.#tokens) {
      if (expiresAt <= performance.now()) this.#tokens.delete(key);
    }
  }

  /** A token is valid once, for its change. */
  #redeem(key: string, sent: string | undefined): Issued | undefined {
    const issued = this.#tokens.get(key);
    if (!issued || sent !== issued.token) return undefined;
    this.#tokens.delete(key);
    return issued;
  }
}

async function askByForm(
  form: Form,
  ask: NonNullable<Session["ask"]>,
  { session, signal }: Question,
): Promise<Verdict> {
  const heartbeat = () => session.progress?.("waiting for a person to confirm");
  heartbeat();
  const beating = setInterval(heartbeat, HEARTBEAT_MS);
  try {
    const { action, content } = await ask(paramsOf(form));
    // An answer after the call was cancelled changes nothing.
    signal.throwIfAborted();
    if (action === "decline") return { outcome: "declined" };
    // An answer about something else is not an answer to this form. Some hosts leave defaults out.
    const shown = new Map(form.fields.map(({ name, value }) => [name, value]));
    const fits = Object.entries(content ?? {}).every(([name, value]) => shown.get(name) === value);
    if (action !== "accept" || !fits) return { outcome: "dismissed" };
    return { outcome: "confirmed", by: "form" };
  } catch (error) {
    signal.throwIfAborted();
    throw new ConfirmationError("The question did not reach a person.", { cause: error });
  } finally {
    clearInterval(beating);
  }
}

function paramsOf({ message, fields }: Form): ElicitRequestFormParams {
  const properties = fields.map(({ name, title, description, value }) => [
    name,
    { type: "string" as const, title, description, enum: [value], default: value },
  ]);
  return {
    mode: "form",
    message,
    requestedSchema: { type: "object", properties: Object.fromEntries(properties) },
  };
}

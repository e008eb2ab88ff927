// Failure texts for a model: what happened, KOOK's code and message, what to do next. Independent of families: each
// family brings its advice.
import {
  ApiError,
  type ApiErrorReason,
  ConnectionError,
  DeadlineError,
  InstallationError,
  MalformedAnswerError,
  ProxyError,
  RateLimitError,
  TimeoutError,
  TokenError,
} from "../kook/errors.ts";
import { LostAnswerError } from "../kook/reconcile.ts";
import { quoted } from "../text/untrusted.ts";
import { AuditError } from "./audit.ts";
import { ChangedError, ConfirmationError } from "./confirmation.ts";
import { ArgumentError } from "./tools/arguments.ts";

/** An error of the protocol, for requests whose results have no `isError`. The host gets its message unchanged. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly code: number;
  readonly data: Record<string, unknown> | undefined;

  constructor(code: number, message: string, data?: Record<string, unknown>) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** The failure texts of one family. */
export interface Advice {
  /** Advice after a refusal that means something particular for this family. */
  refusals: Partial<Record<ApiErrorReason, string>>;
  /** Advice after a change whose answer was lost. */
  lostAnswer: Record<LostAnswerError["outcome"], string>;
  /** Words for the family's own errors; undefined for others. `explain` has the words for a cause. */
  explain(error: unknown, explain: Explain): string | undefined;
}

/** Puts an error into words. Never a stack, a header, a URL or a token; at most 600 characters. */
export type Explain = (error: unknown) => string;

export const MAX_FAILURE_LENGTH = 600;
/** Longer than any message of KOOK's that has been seen; a longer one would push what to do out of the text. */
const MAX_MESSAGE_LENGTH = 120;

/** Refusals that mean the same for every family. */
const refusals: Advice["refusals"] = {
  bad_token: "KOOK does not accept the token.",
  no_permission: "The bot may not do this. Do not try again.",
  maintenance: "KOOK is down for maintenance. Try again in some minutes.",
  server_error: "KOOK has an internal error. Try again later.",
};
const OTHER_REFUSAL =
  "KOOK's message says why; check the arguments against it before trying again.";

/** Fixes for a wrong set-up: until a person applies one, every call fails. */
const setUp = {
  token:
    "Ask the person who runs this server to copy the bot's token from https://developer.kookapp.cn (应用 → 机器人) into KOOK_TOKEN, or into the file that KOOK_TOKEN_FILE names, and to restart the server. Do not try again before that.",
  network:
    "The network, a proxy or KOOK_BASE_URL may be wrong. The person who runs this server can find out with its `doctor` command.",
  proxy:
    "The person who runs this server must correct the proxy variable or NO_PROXY; its `doctor` command shows what is in force.",
  installation: "The person who runs this server must correct this and restart the server.",
};

export function explainWith(advice: Advice): Explain {
  const explain = (error: unknown): string => {
    if (error instanceof LostAnswerError) {
      // Without the cause's own advice: "Try again later" would contradict an unknown outcome.
      return `${happened(error.cause)} ${advice.lostAnswer[error.outcome]}`;
    }
    if (error instanceof ApiError) return explainRefusal(error, advice);
    return advice.explain(error, explain) ?? explainCommon(error);
  };
  return (error) => cut(explain(error));
}

function happened(error: unknown): string {
  if (!(error instanceof ApiError)) return (error as Error).message;
  const { code, status, kookMessage } = error;
  return `KOOK refused: code ${code}, HTTP ${status}, ${quoted(kookMessage, MAX_MESSAGE_LENGTH)}.`;
}

function explainRefusal(error: ApiError, advice: Advice): string {
  const { reason } = error;
  const todo = reason === "bad_token" ? ` ${setUp.token}` : "";
  const meaning = advice.refusals[reason] ?? refusals[reason] ?? OTHER_REFUSAL;
  return `${happened(error)} ${meaning}${todo}`;
}

function explainCommon(error: unknown): string {
  if (error instanceof ArgumentError) return error.message;
  if (error instanceof TokenError) return `${error.message} ${setUp.token}`;
  if (error instanceof ConnectionError) {
    const sent = error.sent ? "" : " Nothing was sent.";
    return `${error.message}${sent} ${connectionAdvice(error)}`;
  }
  if (error instanceof AuditError) {
    if (error.reason === "closing") return "The server is stopping. Nothing was changed.";
    const code = error.code === undefined ? "" : ` (${error.code})`;
    const what =
      error.reason === "open" ? `cannot be opened${code}` : "could not be written after a change";
    const restart = error.reason === "open" ? "" : " and restart the server";
    return `The audit log (KOOK_AUDIT_LOG) ${what}, so nothing was changed. The person who runs this server must correct this${restart}.`;
  }
  if (error instanceof ConfirmationError) {
    return "The question could not be put to a person, so nothing was changed. If the host's forms do not work, the person who runs this server can set the confirmation to never and rely on the host's own approval.";
  }
  if (error instanceof ChangedError) {
    return "What the person was asked about changed after each question. Nothing was changed. Read it again, then repeat the call.";
  }
  if (error instanceof RateLimitError) {
    return `${error.message} Wait ${error.retryAfterSeconds} s before the next call.`;
  }
  if (error instanceof TimeoutError || error instanceof DeadlineError) {
    return `${error.message} Try again later.`;
  }
  if (error instanceof MalformedAnswerError) {
    return `${error.message} KOOK may be down, or KOOK_BASE_URL or a proxy leads elsewhere.`;
  }
  if (error instanceof DOMException && error.name === "AbortError")
    return "The call was cancelled.";
  return "This server has an internal error; the outcome is unknown.";
}

function connectionAdvice(error: ConnectionError): string {
  if (error instanceof ProxyError) return setUp.proxy;
  return error instanceof InstallationError ? setUp.installation : setUp.network;
}

/** Text for a model, cut to what a failure may take. */
export function cut(text: string): string {
  return text.length <= MAX_FAILURE_LENGTH ? text : `${text.slice(0, MAX_FAILURE_LENGTH - 1)}…`;
}

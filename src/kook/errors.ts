// One class per way in which a call to KOOK fails. Callers tell them apart with instanceof. None carries the
// token, a header or an answer's body.

/** Base class of all failures of a call to KOOK. `name` is a literal, because the build minifies class names. */
abstract class KookError extends Error {}

/** The server's set-up is wrong, so nothing was sent. The message names the setting. */
export class TokenError extends KookError {
  override readonly name = "TokenError";
}

/**
 * The reason for a refusal. Status and code decide where they can. KOOK's 40000 is a catch-all whose cause stands only in a
 * Chinese message, so `not_found`, `blocked`, `cannot_message`, `too_long`, `quota` and `maintenance` may be read from that text.
 */
export type ApiErrorReason =
  | "bad_token"
  | "no_permission"
  | "not_found"
  | "blocked"
  | "cannot_message"
  | "too_long"
  | "quota"
  | "maintenance"
  | "server_error"
  | "other";

/** KOOK answered and refused: an envelope whose `code` is not 0. */
export class ApiError extends KookError {
  override readonly name = "ApiError";
  /** KOOK's code, e.g. 40000. */
  readonly code: number;
  /** HTTP status; 200 is possible, because KOOK also reports failures in a successful answer. */
  readonly status: number;
  /** KOOK's words, in Chinese. */
  readonly kookMessage: string;

  constructor(answer: { code: number; status: number; message: string }) {
    super(`KOOK refused the request with code ${answer.code}: ${answer.message}`);
    this.code = answer.code;
    this.status = answer.status;
    this.kookMessage = answer.message;
  }

  get reason(): ApiErrorReason {
    const is = (...codes: number[]) => codes.includes(this.status) || codes.includes(this.code);
    if (this.status >= 500 || this.code === 500) return "server_error";
    if (is(401)) return "bad_token";
    if (is(403, 40_300)) return "no_permission";
    if (is(404, 40_012)) return "not_found";
    // Seen in Kook.Net's KookErrorCode.
    if (is(40_014)) return "too_long";
    return reasonOfWords(this.kookMessage);
  }
}

const words: [RegExp, ApiErrorReason][] = [
  [/屏蔽/, "blocked"],
  [/无法发起私信/, "cannot_message"],
  [/维护/, "maintenance"],
  [/过长|超过.{0,8}长度|长度.{0,8}超/, "too_long"],
  // Inferred: KOOK documents the quota of 10 000 messages a day, but not its refusal.
  [/(今日|当日|每日|当天|每天).{0,16}(上限|用完|耗尽|限制)|配额|额度/, "quota"],
  // 资源不存在 is about an uploaded file, not about a chat or user (seen in KookBC).
  [/(?<!资源)不存在/, "not_found"],
];

function reasonOfWords(message: string): ApiErrorReason {
  return words.find(([pattern]) => pattern.test(message))?.[1] ?? "other";
}

/**
 * The request was not sent, because it would wait longer than allowed, or KOOK refused it with a rate limit. Either the
 * token's requests are used up, or earlier requests are still `unanswered`.
 */
export class RateLimitError extends KookError {
  override readonly name = "RateLimitError";
  /** Seconds after which a new attempt can succeed. */
  readonly retryAfterSeconds: number;

  constructor(retryAfterSeconds: number, cause: "used_up" | "unanswered" = "used_up") {
    super(
      cause === "used_up"
        ? "KOOK's rate limit for this bot is used up."
        : "Not sent: KOOK has not answered the requests before this one.",
    );
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The call's deadline passed before this request was sent. */
export class DeadlineError extends KookError {
  override readonly name = "DeadlineError";

  constructor() {
    super("Not sent: the call's time was up.");
  }
}

/** No complete answer came in time. The outcome of a write is unknown. */
export class TimeoutError extends KookError {
  override readonly name = "TimeoutError";

  constructor(timeoutMs: number) {
    super(`KOOK did not answer within ${Math.round(timeoutMs)} ms.`);
  }
}

/** The network failed before a complete answer arrived. */
export class ConnectionError extends KookError {
  override readonly name: string = "ConnectionError";
  /** False: nothing of the request was written, so a write was not done and may be retried. True: the outcome is unknown. */
  readonly sent: boolean;
  /** The system's, OpenSSL's or undici's, e.g. ECONNREFUSED. */
  readonly code: string | undefined;

  constructor(reason: string, { sent, code }: { sent: boolean; code?: string | undefined }) {
    super(`KOOK cannot be reached: ${reason}.`);
    this.sent = sent;
    this.code = code;
  }
}

/** This Node or this installation cannot send requests: the network is not the cause. Nothing was sent. */
export class InstallationError extends ConnectionError {
  constructor(problem: string, code?: string) {
    super(problem, { sent: false, code });
  }
}

/** The proxy is unusable, unreachable, or refused the tunnel to KOOK. Nothing was sent to KOOK. */
export class ProxyError extends ConnectionError {
  override readonly name = "ProxyError";
  /** The environment variable that holds the proxy in force. */
  readonly variable: string;
  /** HTTP status with which the proxy refused the tunnel. */
  readonly status: number | undefined;

  constructor(
    variable: string,
    problem: string,
    { code, status }: { code?: string | undefined; status?: number | undefined } = {},
  ) {
    super(`the proxy that ${variable} names ${problem}`, { sent: false, code });
    this.variable = variable;
    this.status = status;
  }
}

/** An answer that is not KOOK's API, e.g. a gateway's HTML page. */
export class MalformedAnswerError extends KookError {
  override readonly name: string = "MalformedAnswerError";
  /** HTTP status of that answer. */
  readonly status: number;

  constructor(status: number, problem: string) {
    super(`Unexpected response (HTTP ${status}): ${problem}.`);
    this.status = status;
  }
}

/** KOOK reports success, and its `data` is not as documented. */
export class UnreadableDataError extends MalformedAnswerError {
  override readonly name = "UnreadableDataError";
}

/** KOOK refused (`cause`) to repeat a write that an earlier attempt may have made. */
export class RefusedRepeatError extends KookError {
  override readonly name = "RefusedRepeatError";
  override readonly cause: ApiError;

  constructor(cause: ApiError) {
    super("KOOK refused to repeat a change whose answer was lost.");
    this.cause = cause;
  }
}

/** True where a write may have been carried out although no success was reported. */
export function isDoubtful(error: unknown): boolean {
  if (error instanceof MalformedAnswerError) return !isRedirect(error.status);
  if (error instanceof ConnectionError) return error.sent;
  if (error instanceof ApiError) return error.reason === "server_error";
  return error instanceof TimeoutError || error instanceof RefusedRepeatError;
}

/** KOOK answered, and did not carry the request out. */
export const isRefusal = (error: unknown): error is ApiError =>
  error instanceof ApiError && !isDoubtful(error);

export const isRedirect = (status: number) => status >= 300 && status < 400;

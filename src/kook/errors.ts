// One class per way in which a call to KOOK fails. The floors above tell them apart with instanceof; none of them ever
// carries the token, a header or an answer's body.

/** True where a write may have been carried out although no success was reported. */
export function isDoubtful(error: unknown): boolean {
  return (
    error instanceof TimeoutError ||
    error instanceof ConnectionError ||
    error instanceof MalformedAnswerError ||
    (error instanceof ApiError && error.reason === "server_error")
  );
}

/** What all failures of a call to KOOK have in common. */
abstract class KookError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** There is no usable token, so nothing was sent. The message says what is wrong with the setting. */
export class TokenError extends KookError {}

/**
 * What an answer of KOOK's means, as far as it can be told.
 *
 * Status and code decide where they can. KOOK's 40000 is a catch-all whose cause stands only in a message in KOOK's
 * language, so `blocked`, `cannot_message` and `maintenance` are read from the Chinese text and are hints, no more.
 */
export type ApiErrorReason =
  | "bad_token"
  | "no_permission"
  | "not_found"
  | "blocked"
  | "cannot_message"
  | "maintenance"
  | "server_error"
  | "other";

/** KOOK answered, and said no: an envelope whose `code` is not 0. */
export class ApiError extends KookError {
  /** KOOK's own code, e.g. 40000. */
  readonly code: number;
  /** HTTP status; 200 is possible, because KOOK also reports failures in a successful answer. */
  readonly status: number;
  /** KOOK's own words, in the language of `Accept-Language`. */
  readonly kookMessage: string;

  constructor(answer: { code: number; status: number; message: string }) {
    super(`KOOK refused the request with code ${answer.code}: ${answer.message}`);
    this.code = answer.code;
    this.status = answer.status;
    this.kookMessage = answer.message;
  }

  get reason(): ApiErrorReason {
    if (this.status >= 500 || this.code === 500) return "server_error";
    if (this.status === 401 || this.code === 401) return "bad_token";
    if (this.status === 403 || this.code === 403 || this.code === 40300) return "no_permission";
    if (this.status === 404 || this.code === 404) return "not_found";
    if (this.kookMessage.includes("屏蔽")) return "blocked";
    if (this.kookMessage.includes("无法发起私信")) return "cannot_message";
    if (this.kookMessage.includes("维护")) return "maintenance";
    return "other";
  }
}

/**
 * The request waited, or would have to wait, longer than is allowed; it was not sent, or was refused with HTTP 429. Either
 * this token's share of requests is used up, or requests before this one are still `unanswered`.
 */
export class RateLimitError extends KookError {
  /** Seconds until the request could go, or after which it is worth trying again. */
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

/** No complete answer came within the time allowed. For a write this means that nobody knows whether it happened. */
export class TimeoutError extends KookError {
  constructor(timeoutMs: number) {
    super(`KOOK did not answer within ${timeoutMs} ms.`);
  }
}

/** The network failed before a complete answer had come. */
export class ConnectionError extends KookError {
  constructor(reason: string) {
    super(`KOOK cannot be reached: ${reason}.`);
  }
}

/** The proxy of the environment failed or refused; KOOK was not reached. */
export class ProxyError extends ConnectionError {
  constructor(problem: string) {
    super(`the proxy that HTTPS_PROXY names ${problem}`);
  }
}

/** An answer came that is not what KOOK's API answers with, e.g. the HTML page of a gateway. */
export class MalformedAnswerError extends KookError {
  /** HTTP status of that answer. */
  readonly status: number;

  constructor(status: number, problem: string) {
    super(`The answer (HTTP ${status}) is not one of KOOK's API: ${problem}.`);
    this.status = status;
  }
}

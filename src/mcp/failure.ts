// Failures in words that a model can act on: what happened, KOOK's own code and message, what to do next.
import { UnsettledWriteError } from "../chats/unsettled-write-error.ts";
import {
  ApiError,
  type ApiErrorReason,
  ConnectionError,
  MalformedAnswerError,
  RateLimitError,
  TimeoutError,
  TokenError,
} from "../kook/errors.ts";
import { ArgumentError } from "./arguments.ts";
import { quoted } from "./text.ts";

/** An error of the protocol, for requests whose results have no `isError`. Its message reaches the host as it stands. */
export class ProtocolError extends Error {
  readonly code: number;
  readonly data: Record<string, unknown> | undefined;

  constructor(code: number, message: string, data?: Record<string, unknown>) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** Longer than any message of KOOK's that has been seen. */
const MAX_MESSAGE_LENGTH = 200;

const advice: Record<ApiErrorReason, string> = {
  bad_token:
    "KOOK does not accept the token. Ask the person who runs this server to copy the bot's token again from https://developer.kookapp.cn (应用 → 机器人) into KOOK_TOKEN and restart; trying again will not help.",
  no_permission: "The bot may not do this. Trying again will not help.",
  not_found:
    "There is no such chat or user, or it is not the bot's. list_chats shows the chats that exist.",
  blocked: "The user has blocked the bot. Do not try again.",
  cannot_message:
    "KOOK lets the bot open no chat with this user now; the user may have to write to the bot first.",
  maintenance: "KOOK is being maintained. Try again in some minutes.",
  server_error: "KOOK has a fault of its own. Try again later.",
  other: "KOOK's message says why; check the arguments against it before trying again.",
};

const outcomes = {
  not_done: "The chats were looked at afterwards: the change was not made. It may be tried again.",
  unknown:
    "Whether the change was made is unknown, as looking failed too. Look with list_chats before repeating it.",
};

/** What a model is told of any error. Never a stack, a header, a URL or a token. */
export function explain(error: unknown): string {
  if (error instanceof ArgumentError) return error.message;
  if (error instanceof UnsettledWriteError)
    return `${explain(error.cause)} ${outcomes[error.outcome]}`;
  if (error instanceof ApiError) {
    return `KOOK refused: code ${error.code}, HTTP ${error.status}, ${quoted(error.kookMessage, MAX_MESSAGE_LENGTH)}. ${advice[error.reason]}`;
  }
  if (error instanceof TokenError) {
    return `${error.message} Ask the person who runs this server to mend it and restart; trying again will not help.`;
  }
  if (error instanceof RateLimitError) {
    return `${error.message} Wait ${error.retryAfterSeconds} s before the next call.`;
  }
  if (error instanceof TimeoutError) return `${error.message} Try again later.`;
  if (error instanceof ConnectionError) {
    return `${error.message} The network, a proxy or KOOK_BASE_URL may be at fault.`;
  }
  if (error instanceof MalformedAnswerError) {
    return `${error.message} KOOK may be down, or KOOK_BASE_URL or a proxy leads elsewhere.`;
  }
  if (error instanceof DOMException && error.name === "AbortError")
    return "The call was cancelled.";
  return "This server has a fault of its own; nothing is known of the outcome.";
}

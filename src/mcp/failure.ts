// Failures in words that a model can act on: what happened, KOOK's own code and message, what to do next.
import {
  HiddenChatError,
  TargetNotAllowedError,
  UnfinishedSearchError,
  UnsettledWriteError,
} from "../chats/errors.ts";
import {
  ApiError,
  type ApiErrorReason,
  ConnectionError,
  MalformedAnswerError,
  ProxyError,
  RateLimitError,
  TimeoutError,
  TokenError,
} from "../kook/errors.ts";
import { quoted } from "../text/untrusted.ts";
import { ConfirmationError } from "./confirmation.ts";
import { ArgumentError } from "./tools/arguments.ts";

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

/** What a model is told of any error. Never a stack, a header, a URL or a token. */
export type Explain = (error: unknown) => string;

/** Longer than any message of KOOK's that has been seen. */
const MAX_MESSAGE_LENGTH = 200;
/** A model that has been told how to mend the set-up needs no second telling; another conversation may. */
const TOLD_MS = 600_000;

const advice: Record<Exclude<ApiErrorReason, "bad_token">, string> = {
  no_permission: "The bot may not do this. Trying again will not help.",
  not_found:
    "There is no such chat or user, or it is not the bot's. list_chats shows the chats that exist; its query finds one by username or user id.",
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

/** What a person must do before any call can succeed; told whole once in a while. */
const setUp = {
  token:
    "Ask the person who runs this server to copy the bot's token from https://developer.kookapp.cn (应用 → 机器人) into KOOK_TOKEN, or into the file that KOOK_TOKEN_FILE names, and restart it; trying again will not help.",
  network:
    "The network, a proxy or KOOK_BASE_URL may be at fault: the person who runs this server can find out with `kook-chat-mcp doctor`.",
  proxy:
    "The person who runs this server must mend HTTPS_PROXY or NO_PROXY; `kook-chat-mcp doctor` shows what is in force.",
};

/** Makes the words for the failures of one session. */
export function createExplain(): Explain {
  const toldAt = new Map<string, number>();

  /** The help a person needs, or that it was given already. */
  function help(about: keyof typeof setUp): string {
    const now = Date.now();
    if (now - (toldAt.get(about) ?? Number.NEGATIVE_INFINITY) < TOLD_MS) {
      return "What to do was said before.";
    }
    toldAt.set(about, now);
    return setUp[about];
  }

  function explain(error: unknown): string {
    if (error instanceof ApiError) {
      const { code, status, reason, kookMessage } = error;
      const refusal = `KOOK refused: code ${code}, HTTP ${status}, ${quoted(kookMessage, MAX_MESSAGE_LENGTH)}.`;
      if (reason !== "bad_token") return `${refusal} ${advice[reason]}`;
      return `${refusal} KOOK does not accept the token. ${help("token")}`;
    }
    if (error instanceof TokenError) return `${error.message} ${help("token")}`;
    if (error instanceof ProxyError) return `${error.message} ${help("proxy")}`;
    if (error instanceof ConnectionError) return `${error.message} ${help("network")}`;
    if (error instanceof UnsettledWriteError) {
      return `${explain(error.cause)} ${outcomes[error.outcome]}`;
    }
    return explainPlainly(error);
  }
  return explain;
}

function explainPlainly(error: unknown): string {
  if (error instanceof ArgumentError) return error.message;
  if (error instanceof HiddenChatError) {
    return "There is no such chat among those that this server may see (KOOK_ALLOW_TARGETS). list_chats shows them.";
  }
  if (error instanceof UnfinishedSearchError) {
    return "The bot's chats have not all been looked through for the allowed ones. The same call again goes on.";
  }
  if (error instanceof TargetNotAllowedError) {
    return "KOOK_ALLOW_TARGETS does not let this server open a chat with this user. Nothing was sent; trying again will not help.";
  }
  if (error instanceof ConfirmationError) {
    return "The host could not put the question to a person, so nothing was deleted. If its prompts do not work, the person who runs this server can set KOOK_CONFIRM_DELETE to never and rely on the host's own approval.";
  }
  if (error instanceof RateLimitError) {
    return `${error.message} Wait ${error.retryAfterSeconds} s before the next call.`;
  }
  if (error instanceof TimeoutError) return `${error.message} Try again later.`;
  if (error instanceof MalformedAnswerError) {
    return `${error.message} KOOK may be down, or KOOK_BASE_URL or a proxy leads elsewhere.`;
  }
  if (error instanceof DOMException && error.name === "AbortError") {
    return "The call was cancelled.";
  }
  return "This server has a fault of its own; nothing is known of the outcome.";
}

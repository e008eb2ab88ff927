// No failure's text is longer than 600 characters, and none loses what to do next.
import fc from "fast-check";
import { expect, test } from "vitest";
import { HiddenChatError, TargetNotAllowedError } from "../../src/access/errors.ts";
import { UnfinishedSearchError } from "../../src/chats/errors.ts";
import {
  ApiError,
  ConnectionError,
  DeadlineError,
  isDoubtful,
  MalformedAnswerError,
  ProxyError,
  RateLimitError,
  TimeoutError,
  TokenError,
} from "../../src/kook/errors.ts";
import { LostAnswerError } from "../../src/kook/reconcile.ts";
import { chatAdvice } from "../../src/mcp/advice/chats.ts";
import { ConfirmationError } from "../../src/mcp/confirmation.ts";
import { explainWith, MAX_FAILURE_LENGTH } from "../../src/mcp/failure.ts";
import { character } from "../support/character.ts";
import { answering, call, connect } from "../support/connect.ts";

const explain = explainWith(chatAdvice);

/** Words by which KOOK's message is recognised, before text of any length. */
const kookMessage = fc
  .tuple(
    fc.constantFrom("", "屏蔽", "无法发起私信", "维护", "不存在"),
    fc.oneof(
      fc.string({ unit: character, maxLength: 500 }),
      fc.constantFrom(
        ...['"', "\\", "🦊", "夏", "x", "\n", "\u0301"].map((one) => one.repeat(1_000)),
      ),
    ),
  )
  .map((parts) => parts.join(""));

const apiError = fc
  .record({
    code: fc.constantFrom(1, 401, 403, 404, 500, 40_000, 40_012, Number.MAX_SAFE_INTEGER),
    status: fc.constantFrom(200, 400, 401, 403, 404, 500, 502),
    message: kookMessage,
  })
  .map((answer) => new ApiError(answer));

const ownErrors = fc.constantFrom(
  new TokenError("No KOOK token is set: KOOK_TOKEN or KOOK_TOKEN_FILE must hold the bot's token."),
  new ConnectionError("the certificate is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)", {
    sent: true,
  }),
  new ProxyError("HTTPS_PROXY", "requires a user name and a password"),
  new RateLimitError(Number.MAX_SAFE_INTEGER),
  new RateLimitError(20, "unanswered"),
  new DeadlineError(),
  new TimeoutError(Number.MAX_SAFE_INTEGER),
  new MalformedAnswerError(502, "an HTML page"),
  new ConfirmationError("x"),
  new HiddenChatError(),
  new TargetNotAllowedError(),
  new UnfinishedSearchError(true),
  new DOMException("x".repeat(1_000), "AbortError"),
  new Error("x".repeat(1_000)),
  "x".repeat(1_000),
  undefined,
);

const lost = fc
  .record({
    outcome: fc.constantFrom("not_done", "unknown"),
    cause: fc.oneof(apiError, ownErrors).filter(isDoubtful),
  })
  .map(({ outcome, cause }) => new LostAnswerError(outcome as LostAnswerError["outcome"], cause));

test("a failure's text has at most 600 characters, one line, and ends with a whole sentence", () => {
  fc.assert(
    fc.property(fc.oneof(apiError, ownErrors, lost), (error) => {
      const text = explain(error);
      expect(text.length).toBeLessThanOrEqual(MAX_FAILURE_LENGTH);
      expect(text).toMatch(/\.$/);
      expect(text).not.toMatch(/\n|x{1000}/);
    }),
    { numRuns: 1_000 },
  );
  expect(MAX_FAILURE_LENGTH).toBe(600);
});

test("a refusal with a long message of KOOK's still says what to do", async () => {
  const message = '"'.repeat(5_000);
  for (const [code, told] of [
    [401, "Do not try again before that."],
    [40_012, "its query finds one by username or user id."],
  ] as const) {
    const client = await connect({ fetch: answering(200, { code, message, data: {} }) });
    const { text } = await call(client, "view_chat", { chat_code: "abc" });
    expect(text.length).toBeLessThanOrEqual(600);
    expect(text).toContain(told);
  }
});

test("a long line about the set-up is cut for tools and resources", async () => {
  const client = await connect({ problem: `KOOK_BASE_URL: ${"x".repeat(5_000)}` });
  const { text, isError } = await call(client, "list_chats");
  expect(isError).toBe(true);
  expect(text).toMatch(/^KOOK_BASE_URL: x/);
  expect(text.length).toBeLessThanOrEqual(600);
  const uri = "kook://chats";
  const { message } = await client.readResource({ uri }).catch((error) => error);
  expect(message).toContain("KOOK_BASE_URL: x");
  // The SDK's client puts the code in front.
  expect(message.length).toBeLessThanOrEqual(630);
});

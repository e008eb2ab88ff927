// Refusals in KOOK's envelope, in forms that clients mistake for something else.
import { type Answer, refusals, toResponse } from "../envelope.ts";
import type { AnswerFault } from "./fault.ts";

/** Codes by which KOOK reports a rate limit in an answer with HTTP 200. */
const RATE_LIMIT_CODES = {
  "rate-limit-200": 429,
  "rate-limit-42900": 42_900,
  "rate-limit-40007": 40_007,
};
/** The reset is short, so that a test or a soak under this fault ends soon. */
const USED_UP = { "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "0.1" };

export const refusalFaults: readonly AnswerFault[] = [
  {
    name: "server-error",
    does: "carries the request out and answers with HTTP 500 and KOOK's envelope",
    spoil: () => toResponse(refusals.serverError),
  },
  ...Object.entries(RATE_LIMIT_CODES).map(([name, code]) =>
    refuse(
      name,
      `reports a rate limit with HTTP 200 and code ${code}`,
      {
        ...refusals.tooManyRequests,
        status: 200,
        code,
      },
      USED_UP,
    ),
  ),
  refuse("not-found-40000", "answers 会话不存在 (no such chat) with HTTP 400 and code 40000", {
    ...refusals.badRequest,
    message: "会话不存在",
  }),
  refuse("not-found-40012", "answers that the data does not exist with HTTP 200 and code 40012", {
    ...refusals.notFound,
    status: 200,
    code: 40_012,
  }),
  refuse("message-map", "refuses with a map instead of text in `message`", {
    ...refusals.badRequest,
    message: { target_id: ["参数错误"] },
  }),
  refuse("message-list", "refuses with a list instead of text in `message`", {
    ...refusals.badRequest,
    message: ["参数错误"],
  }),
  {
    name: "token-echoed",
    does: "refuses with the token, in several encodings, in message and headers",
    unheard: true,
    spoil: ({ token }) => {
      const echoes = [
        token,
        encodeURIComponent(token),
        encodeURIComponent(token).replace(/%../g, (code) => code.toLowerCase()),
        btoa(token),
        btoa(token).replace(/=+$/, ""),
        btoa(`Bot ${token}`),
        JSON.stringify(token).replaceAll("/", "\\/"),
      ];
      const message = `bad token ${echoes.join(" ")}`;
      const headers = { "X-Rate-Limit-Bucket": token, "X-Echo": token };
      return toResponse({ ...refusals.badRequest, message }, headers);
    },
  },
];

/** KOOK carries out nothing that it refuses. */
function refuse(
  name: string,
  does: string,
  answer: Answer,
  headers: Record<string, string> = {},
): AnswerFault {
  return { name, does, unheard: true, spoil: () => toResponse(answer, headers) };
}

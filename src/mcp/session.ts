// The host's side of one call: progress notifications and forms for a person, where the host supports them.
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  type ElicitRequestFormParams,
  type ElicitResult,
  ElicitResultSchema,
  type ServerNotification,
  type ServerRequest,
} from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";

export interface Session {
  /** Tells the host how far the call is; absent if it did not ask for progress. */
  progress: ((message: string) => void) | undefined;
  /** Puts a form to a person; absent if the host cannot. */
  ask: ((form: ElicitRequestFormParams) => Promise<ElicitResult>) | undefined;
}

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** Every call ends within this time, retries, waits and searches included; hosts give up after 60 s. */
export const CALL_DEADLINE_MS = 45_000;

/** The longest timeout of a Node timer, 24 days: a person may take any time to answer. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** Leaves `content` as it came: the SDK's schema drops a member `__proto__`, and a form has no such field. */
const answerSchema = ElicitResultSchema.extend({
  content: z
    .custom<ElicitResult["content"]>(
      (content) => ElicitResultSchema.shape.content.safeParse(content).success,
    )
    .optional(),
});

/** @param onAnswered called with the time that a person took, in milliseconds */
export function sessionOf(
  server: Server,
  extra: Extra,
  onAnswered: (tookMs: number) => void,
): Session {
  const { signal, sendRequest } = extra;
  const ask = async (params: ElicitRequestFormParams) => {
    const askedAt = performance.now();
    try {
      const request = { method: "elicitation/create", params } as const;
      const options = { signal, timeout: NO_TIMEOUT_MS };
      return await sendRequest(request, answerSchema, options);
    } finally {
      onAnswered(performance.now() - askedAt);
    }
  };
  return {
    progress: progressOf(extra),
    ask: server.getClientCapabilities()?.elicitation?.form ? ask : undefined,
  };
}

/** Progress tells a person why the call takes long, and restarts the host's timeout. */
function progressOf({ _meta, sendNotification }: Extra): Session["progress"] {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let progress = 0;
  return (message) => {
    progress++;
    const params = { progressToken, progress, message };
    // The host may be gone; the call's result does not depend on it.
    sendNotification({ method: "notifications/progress", params }).catch(() => undefined);
  };
}

/** @param waitMs expected wait for KOOK's rate limit; 0 if unknown */
export function waitMessage(waitMs: number): string {
  const seconds = Math.ceil(waitMs / 1000);
  return seconds > 0 ? `waiting ${seconds} s for KOOK's rate limit` : "waiting for KOOK";
}

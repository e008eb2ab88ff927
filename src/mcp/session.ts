// The host at the other end of one call: what it can be told, and asked, while the call goes on.
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import type { RequestHandlerExtra } from "@modelcontextprotocol/sdk/shared/protocol.js";
import {
  type ElicitRequestFormParams,
  type ElicitResult,
  ElicitResultSchema,
  type ServerNotification,
  type ServerRequest,
} from "@modelcontextprotocol/sdk/types.js";

export interface Host {
  /** Tells the host how far the call is; absent where it did not ask for that. */
  progress: ((message: string) => void) | undefined;
  /** Puts a form to a person, for as long as it takes; absent where the host cannot. */
  ask: ((form: ElicitRequestFormParams) => Promise<ElicitResult>) | undefined;
}

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** The longest time that a timer takes, 24 days: a person's answer counts against no timeout of ours. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

export function hostOf(server: Server, extra: Extra): Host {
  const { signal, sendRequest } = extra;
  return {
    progress: progressOf(extra),
    ask: server.getClientCapabilities()?.elicitation?.form
      ? (params) =>
          sendRequest({ method: "elicitation/create", params }, ElicitResultSchema, {
            signal,
            timeout: NO_TIMEOUT_MS,
          })
      : undefined,
  };
}

/** Progress shows a person why nothing happens, and starts the host's time limit anew. */
function progressOf({ _meta, sendNotification }: Extra): Host["progress"] {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return undefined;
  let progress = 0;
  return (message) => {
    progress++;
    // A host that is gone needs no progress.
    void sendNotification({
      method: "notifications/progress",
      params: { progressToken, progress, message },
    }).catch(() => undefined);
  };
}

/** Words for a wait of so many milliseconds that KOOK's rate limit demands; 0 where nobody knows how long. */
export function waitMessage(waitMs: number): string {
  const seconds = Math.ceil(waitMs / 1000);
  return seconds > 0 ? `waiting ${seconds} s for KOOK's rate limit` : "waiting for KOOK";
}

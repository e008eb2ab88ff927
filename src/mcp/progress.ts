// Waiting, reported to a host that asked for progress: it shows the person why nothing happens, and resets its time limit.
import type { ProgressToken, ServerNotification } from "@modelcontextprotocol/sdk/types.js";

/** Gives what to call with the milliseconds still to wait, or undefined where the host asked for no progress. */
export function progressOf(
  progressToken: ProgressToken | undefined,
  send: (notification: ServerNotification) => Promise<void>,
): ((waitMs: number) => void) | undefined {
  if (progressToken === undefined) return undefined;
  let progress = 0;
  return (waitMs) => {
    const seconds = Math.ceil(waitMs / 1000);
    const message = seconds > 0 ? `waiting ${seconds} s for KOOK's rate limit` : "waiting for KOOK";
    progress++;
    // A host that is gone needs no progress.
    void send({
      method: "notifications/progress",
      params: { progressToken, progress, message },
    }).catch(() => undefined);
  };
}

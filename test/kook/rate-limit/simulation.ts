// Several clients on one token against one limit, on a clock that is not the real one.
import { vi } from "vitest";
import type { Fetch } from "../../../src/kook/client.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../../src/sandbox/sandbox.ts";
import { connectEndpoints } from "../../support/endpoints.ts";

export interface Circumstances {
  processes: number;
  /** Of all processes together. */
  calls: number;
  limit: number;
  windowMs: number;
  /** From the sending of a request to its answer; a single one takes between half of it and half as much again. */
  roundTripMs: number;
  /** Between the start of one process and that of the next. */
  staggerMs?: number;
}

export interface Outcome {
  /** Answers by what they say; the sandbox knows none of the chats, and a call that is served ends as `not_found`. */
  answers: Record<string, number>;
  /** How often KOOK said 429, and the longest run of that in the order in which it answered. */
  refused: number;
  refusedInARow: number;
  /** The time taken over that which the limit alone dictates. */
  ratio: number;
}

/** A sandbox some way off; `statuses` notes what it answered, in order. */
export function distantSandbox({ limit, windowMs, roundTripMs }: Circumstances) {
  const sandbox = new Sandbox({ limit, windowSeconds: windowMs / 1000 });
  const statuses: number[] = [];
  let legs = 0;
  // Not all requests take the same way: answers overtake one another. The golden ratio spreads them evenly.
  const travel = () => {
    const spread = 0.5 + ((legs++ * 0.618_034) % 1);
    return new Promise((resolve) => setTimeout(resolve, (roundTripMs / 2) * spread));
  };
  const fetch: Fetch = async (url, init) => {
    await travel();
    const answer = await sandbox.fetch(url, init);
    statuses.push(answer.status);
    await travel();
    return answer;
  };
  return { fetch, statuses };
}

export const createClient = (fetch: Fetch) =>
  connectEndpoints({
    fetch,
    token: { scheme: "Bot", value: SANDBOX_TOKEN },
    baseUrl: "https://kook.invalid/api/v3",
    timeoutMs: 10_000,
    maxWaitMs: 86_400_000,
  });

/** Asks for different codes, as identical reads would be made one. */
export const callMany = (
  client: ReturnType<typeof connectEndpoints>,
  count: number,
  name = "",
): Promise<string[]> =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      client.viewChat(`${name}${index}`).then(
        () => "found",
        (error) => error.reason ?? error.name,
      ),
    ),
  );

/** Lets the processes make their calls; needs fake timers. */
export async function simulate(circumstances: Circumstances): Promise<Outcome> {
  const { processes, calls, limit, windowMs, staggerMs = 0 } = circumstances;
  const { fetch, statuses } = distantSandbox(circumstances);
  const startedAt = Date.now();
  let endedAt = startedAt;
  const answers: Outcome["answers"] = {};
  const running = Array.from({ length: processes }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, index * staggerMs));
    const reasons = await callMany(createClient(fetch), calls / processes, `${index}-`);
    for (const reason of reasons) answers[reason] = (answers[reason] ?? 0) + 1;
    endedAt = Date.now();
  });
  await vi.runAllTimersAsync();
  await Promise.all(running);
  const runs = statuses
    .map((status) => (status === 429 ? "x" : " "))
    .join("")
    .split(/ +/);
  return {
    answers,
    refused: runs.join("").length,
    refusedInARow: Math.max(...runs.map((run) => run.length)),
    ratio: (endedAt - startedAt) / ((Math.ceil(calls / limit) - 1) * windowMs),
  };
}

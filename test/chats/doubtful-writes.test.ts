// Writes whose answers are lost or broken: the report is what KOOK's list shows, never a guess.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { ApiError } from "../../src/kook/errors.ts";
import { LostAnswerError } from "../../src/kook/reconcile.ts";
import { faults } from "../../src/sandbox/faults/all.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { chatsOver } from "../support/chats.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Wrong = (answer: Response, signal: AbortSignal) => Response | Promise<Response>;

const lost: Wrong = () => Promise.reject(new TypeError("fetch failed"));
const silent: Wrong = (_, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
const spoilt =
  (name: string): Wrong =>
  async (answer) => {
    const fault = faults.get(name);
    if (!fault || !("spoil" in fault)) throw new Error(`no such fault: ${name}`);
    const { status, headers } = answer;
    return fault.spoil({ status, headers, body: await answer.text(), token: "" });
  };

/** Answers that do not tell whether a write was carried out. */
const doubts: [string, Wrong][] = [
  ["is lost with the connection", lost],
  ["never comes", silent],
  ...["html-200", "html-502", "empty", "truncated-json", "server-error"].map(
    (name): [string, Wrong] => [`is ${name}`, spoilt(name)],
  ),
];

interface World {
  /** Replaces the answer to a write; `carriedOut`: the write is done all the same. */
  write?: { wrong: Wrong; carriedOut: boolean };
  /** Replaces the answer to a read. */
  read?: Wrong | undefined;
}

function createWorld(world: World) {
  const sandbox = new Sandbox();
  const asked: string[] = [];
  const fetch: Fetch = async (url, init) => {
    asked.push(new URL(url).pathname.replace(/.*\//, ""));
    const { write, read } = world;
    if (init.method === "GET") {
      const answer = await sandbox.fetch(url, init);
      return read ? read(answer, init.signal) : answer;
    }
    if (!write) return sandbox.fetch(url, init);
    const answer = write.carriedOut ? await sandbox.fetch(url, init) : new Response("");
    return write.wrong(answer, init.signal);
  };
  return { chats: chatsOver(fetch, { scanBudgetMs: 60_000 }), asked, world };
}

/** The outcome of a write, on the fake clock. */
async function outcomeOf(write: Promise<unknown>): Promise<unknown> {
  const outcome = write.then(
    () => "done",
    (error) => (error instanceof LostAnswerError ? error.outcome : error),
  );
  await vi.runAllTimersAsync();
  return outcome;
}

describe.each(doubts)("when the answer %s", (_, wrong) => {
  const { code } = DOCUMENTED_CHAT;

  test("a delete that was carried out is found done, and sent once", async () => {
    const { chats, asked } = createWorld({ write: { wrong, carriedOut: true } });
    await chats.list({ page: 1, pageSize: 50 });
    expect(await outcomeOf(chats.delete(code))).toBe("done");
    expect(asked.filter((route) => route === "delete")).toHaveLength(1);
  });

  test("a create that was carried out is found done", async () => {
    const { chats } = createWorld({ write: { wrong, carriedOut: true } });
    const created = chats.create(NEW_USER_ID);
    await vi.runAllTimersAsync();
    expect(await created).toMatchObject({ target_id: NEW_USER_ID });
  });

  test.each(["create", "delete"] as const)(
    "a %s whose looking fails too is unknown",
    async (write) => {
      const { chats, world } = createWorld({});
      // The chat is known, so that the delete begins without a look.
      await chats.list({ page: 1, pageSize: 50 });
      const spoilAndGoSilent: Wrong = (answer, signal) => {
        world.read = lost;
        return wrong(answer, signal);
      };
      world.write = { wrong: spoilAndGoSilent, carriedOut: true };
      const id = write === "create" ? NEW_USER_ID : code;
      expect(await outcomeOf(chats[write](id))).toBe("unknown");
    },
  );
});

test.each([
  ["create", NEW_USER_ID],
  ["delete", DOCUMENTED_CHAT.code],
] as const)("a %s that was never carried out is found not done", async (write, id) => {
  const { chats } = createWorld({ write: { wrong: lost, carriedOut: false } });
  expect(await outcomeOf(chats[write](id))).toBe("not_done");
});

test.each([
  ["create", NEW_USER_ID],
  ["delete", DOCUMENTED_CHAT.code],
] as const)("a %s that KOOK may still be carrying out is unknown", async (write, id) => {
  for (const wrong of [silent, spoilt("html-502")]) {
    const { chats } = createWorld({ write: { wrong, carriedOut: false } });
    expect(await outcomeOf(chats[write](id))).toBe("unknown");
  }
});

test("a delete of a chat that the list never showed is unknown, though the list does not show it", async () => {
  const { chats } = createWorld({ write: { wrong: lost, carriedOut: true } });
  expect(await outcomeOf(chats.delete(DOCUMENTED_CHAT.code))).toBe("unknown");
});

test("a chat that was found deleted by looking is already gone the second time", async () => {
  const { chats, world } = createWorld({ write: { wrong: lost, carriedOut: true } });
  await chats.list({ page: 1, pageSize: 50 });
  expect(await outcomeOf(chats.delete(DOCUMENTED_CHAT.code))).toBe("done");
  delete world.write;
  expect(await chats.delete(DOCUMENTED_CHAT.code)).toEqual({ already_gone: true });
});

test("a second delete whose answer is lost is reconciled too", async () => {
  const { chats, world } = createWorld({});
  await chats.delete(DOCUMENTED_CHAT.code);
  world.write = { wrong: lost, carriedOut: true };
  expect(await outcomeOf(chats.delete(DOCUMENTED_CHAT.code))).toBe("done");
});

test("a code that was never there is an error, and nothing is deleted", async () => {
  const { chats, asked } = createWorld({});
  expect(await outcomeOf(chats.delete("0123456789abcdef0123456789abcdef"))).toBeInstanceOf(
    ApiError,
  );
  expect(asked).not.toContain("delete");
});

test("a create that is lost, and then held back by the rate limit, is reconciled and not reported as unsent", async () => {
  let creates = 0;
  const wrong: Wrong = (answer, signal) => {
    creates++;
    if (creates === 1) return lost(answer, signal);
    const headers = { "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "3000" };
    return new Response("{}", { status: 429, headers });
  };
  const { chats } = createWorld({ write: { wrong, carriedOut: true } });
  expect(await outcomeOf(chats.create(NEW_USER_ID))).toBe("done");
  expect(creates).toBe(2);
});

test.each([
  ["a delete that is cancelled while it is looked for", "delete", 1_000],
  ["a create that is cancelled before its second attempt", "create", 0],
] as const)("%s is settled", async (_, write, afterMs) => {
  const { chats, world } = createWorld({});
  await chats.list({ page: 1, pageSize: 50 });
  const controller = new AbortController();
  const losing: Wrong = (...answer) => {
    setTimeout(() => controller.abort("enough"), afterMs);
    return lost(...answer);
  };
  world.write = { wrong: losing, carriedOut: true };
  const id = write === "create" ? NEW_USER_ID : DOCUMENTED_CHAT.code;
  expect(await outcomeOf(chats[write](id, { signal: controller.signal }))).toBe("done");
});

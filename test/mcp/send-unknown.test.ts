// Messages whose answer was lost, found later.
import { afterEach, expect, test, vi } from "vitest";
import { ConnectionError } from "../../src/kook/errors.ts";
import { settled } from "../support/clock.ts";
import { call } from "../support/connect.ts";
import { accept, idsOf, recordingKook, send, sending, USERS } from "../support/sending.ts";

const { summer, tool } = USERS;
const { target_id, chat_code } = summer;
afterEach(() => void vi.useRealTimers());
const statusOf = ({ structured }: Awaited<ReturnType<typeof send>>) =>
  structured.results?.map(({ status }) => status);

/** The answer is lost, and KOOK shows the message only later. */
async function inDoubt(options = {}) {
  const kook = recordingKook({ lateMs: 8_000 });
  const client = await sending({
    fetch: kook.fetch,
    confirmSend: "never",
    confirmDelete: "never",
    ...options,
  });
  // Loads the parser, which a fake clock does not wait for.
  await send(client, [{ target_id, text: "早" }]);
  vi.useFakeTimers();
  kook.next("direct-message/create", async (next) => {
    await next();
    throw new ConnectionError("reset", { sent: true });
  });
  const first = await settled(send(client, [{ target_id, text: "好的" }]));
  expect(statusOf(first)).toEqual(["unknown"]);
  await vi.advanceTimersByTimeAsync(10_000);
  const [msg_id] = await settled(idsOf(client, { target_id, limit: 1 }));
  return { kook, client, msg_id };
}

test("a doubtful message that was found and deleted may be sent again", async () => {
  const { kook, client, msg_id } = await inDoubt();
  expect(kook.sandbox.find("好的")).toHaveLength(1);
  const deleted = await settled(call(client, "delete_message", { target_id, msg_id }));
  expect(deleted.structured?.["deleted"]).toBe(true);
  expect(kook.sandbox.find("好的")).toHaveLength(0);
  expect(statusOf(await settled(send(client, [{ target_id, text: "好的" }])))).toEqual(["sent"]);
});

test("a doubtful message that was found and edited may be sent again", async () => {
  const { client, msg_id } = await inDoubt();
  await settled(call(client, "edit_message", { target_id, msg_id, text: "别的" }));
  expect(statusOf(await settled(send(client, [{ target_id, text: "好的" }])))).toEqual(["sent"]);
});

test("five queued sends, two of them cancelled, keep their order", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  await send(client, [{ target_id, text: "早" }]);
  kook.posts.length = 0;
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  kook.next("direct-message/create", async (next) => {
    await held;
    return next();
  });
  const controllers = [1, 2, 3, 4, 5].map(() => new AbortController());
  const sends = controllers.map(({ signal }, n) =>
    client
      .callTool(
        { name: "send_messages", arguments: { messages: [{ target_id, text: `第 ${n}` }] } },
        undefined,
        { signal },
      )
      .catch(() => undefined),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  controllers[1]?.abort();
  controllers[3]?.abort();
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(kook.posts.map(({ body }) => body["content"])).toEqual(["第 0"]);
  release();
  await Promise.all(sends);
  expect(kook.posts.map(({ body }) => body["content"])).toEqual(["第 0", "第 2", "第 4"]);
});

test("a token does not come back after one of several messages was sent", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "always" });
  const messages = [
    { target_id, text: "甲" },
    { ...tool, text: "乙" },
  ];
  const { confirm_token } = (await send(client, messages)).structured;
  let n = 0;
  const refuse = () => {
    n++;
    return Response.json({ code: 40_000, message: "屏蔽", data: {} }, { status: 400 });
  };
  kook.next("direct-message/create", (next) => next());
  kook.next("direct-message/create", refuse);
  expect(statusOf(await send(client, messages, confirm_token))).toEqual(["sent", "not_sent"]);
  const again = await send(client, messages, confirm_token);
  expect(again.structured.results).toBeUndefined();
  expect(n).toBe(1);
});

test("sent then edited at once, not yet shown: deleted at once is not already gone", async () => {
  const kook = recordingKook({ lateMs: 2_500 });
  const client = await sending({ fetch: kook.fetch, confirmSend: "never", confirmDelete: "never" });
  const sent = await send(client, [{ target_id, text: "发错了" }]);
  const msg_id = sent.structured.results?.[0]?.msg_id;
  vi.useFakeTimers();
  await settled(call(client, "edit_message", { target_id, msg_id, text: "改过的" }));
  await settled(call(client, "delete_message", { target_id, msg_id }));
  expect(kook.sandbox.find("改过的")).toEqual([]);
});

test("another call sent the same while the form was open: the answer says so, nothing goes out twice", async () => {
  const kook = recordingKook();
  let meanwhile = async (): Promise<unknown> => undefined;
  let forms = 0;
  const client = await sending({
    fetch: kook.fetch,
    async elicit() {
      if (++forms === 1) await meanwhile();
      return accept;
    },
  });
  meanwhile = () => send(client, [{ target_id, text: "好的" }]);
  expect(statusOf(await send(client, [{ target_id, text: "好的" }]))).toEqual(["already_sent"]);
  expect((await kook.stored(chat_code)).filter(({ content }) => content === "好的")).toHaveLength(
    1,
  );
  expect(forms).toBe(2);
});

test("the other call's answer is in doubt while the form was open", async () => {
  const kook = recordingKook();
  let meanwhile = async (): Promise<unknown> => undefined;
  let forms = 0;
  const client = await sending({
    fetch: kook.fetch,
    async elicit() {
      if (++forms === 1) await meanwhile();
      return accept;
    },
  });
  meanwhile = () => {
    vi.useFakeTimers();
    kook.next("direct-message/create", () =>
      Promise.reject(new ConnectionError("reset", { sent: true })),
    );
    return settled(send(client, [{ target_id, text: "好的" }]));
  };
  expect(statusOf(await send(client, [{ target_id, text: "好的" }]))).toEqual(["unknown"]);
});

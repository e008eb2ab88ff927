// After an edit or a deletion whose answer was lost, the chat decides.
import { afterEach, expect, test, vi } from "vitest";
import { ConnectionError } from "../../src/kook/errors.ts";
import { settled } from "../support/clock.ts";
import { call } from "../support/connect.ts";
import { recordingKook, send, sending, USERS } from "../support/sending.ts";

const { target_id } = USERS.summer;
afterEach(() => void vi.useRealTimers());
const lost = () => Promise.reject(new ConnectionError("reset", { sent: true }));

async function changedInDoubt(route: "delete" | "update") {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "never", confirmDelete: "never" });
  const text = "您的退款已处理";
  const msg_id = (await send(client, [{ target_id, text }])).structured.results?.[0]?.msg_id;
  kook.next(`direct-message/${route}`, async (next) => {
    await next();
    // The looks fail too.
    for (let n = 0; n < 12; n++) kook.next("direct-message/view", lost);
    return lost();
  });
  vi.useFakeTimers();
  const tool = route === "delete" ? "delete_message" : "edit_message";
  const change = { target_id, msg_id, ...(route === "update" && { text: "作废" }) };
  const answer = await settled(call(client, tool, change));
  expect(answer.text.toLowerCase()).toMatch(/unknown|lost|not known|may/);
  vi.useRealTimers();
  expect(kook.sandbox.find(text)).toEqual([]);
  const again = await send(client, [{ target_id, text }]);
  return {
    status: again.structured.results?.[0]?.status,
    isThere: kook.sandbox.find(text).length > 0,
  };
}

test.each(["delete", "update"] as const)(
  "after a doubtful %s the same text is not claimed to stand in the chat",
  async (route) => {
    expect(await changedInDoubt(route)).not.toEqual({ status: "already_sent", isThere: false });
  },
);

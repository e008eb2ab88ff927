// Reactions beside own messages.
import { expect, test } from "vitest";
import { call } from "../support/connect.ts";
import { idsOf, recordingKook, send, sending, USERS } from "../support/sending.ts";

const { target_id } = USERS.summer;

test("an old own message that somebody deletes right after a reaction is already gone, not “not shown yet”", async () => {
  const kook = recordingKook();
  const other = await sending({ fetch: kook.fetch, confirmSend: "never", confirmDelete: "never" });
  await send(other, [{ target_id, text: "旧的" }]);
  const client = await sending({ fetch: kook.fetch, confirmSend: "never", confirmDelete: "never" });
  const [msg_id] = await idsOf(client, { target_id, limit: 1 });
  await send(client, [{ target_id, reaction: "👍", reply_to: msg_id }]);
  await call(other, "delete_message", { target_id, msg_id });
  const { text } = await call(client, "delete_message", { target_id, msg_id });
  expect(text).toContain("Already gone");
}, 20_000);

test("a reaction is put again after the bot's message was edited: one reaction, told as such", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const msg_id = (await send(client, [{ target_id, text: "旧的" }])).structured.results?.[0]
    ?.msg_id;
  await send(client, [{ target_id, reaction: "👍", reply_to: msg_id }]);
  await call(client, "edit_message", { target_id, msg_id, text: "新的" });
  const { structured } = await send(client, [{ target_id, reaction: "👍", reply_to: msg_id }]);
  expect(structured.results?.[0]?.status).toBe("already_sent");
});

test("fixed order of leaks and a batch of five in one chat: each once, in order", async () => {
  const kook = recordingKook({ lateMs: 500 });
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const texts = ["一", "二", "三", "四", "五"];
  await Promise.all([
    send(
      client,
      texts.map((text) => ({ target_id, text })),
    ),
    send(
      client,
      texts.map((text) => ({ target_id, text })),
    ),
  ]);
  expect(kook.posts.map(({ body }) => body["content"]).sort()).toEqual([...texts].sort());
});

import { afterEach, describe, expect, test, vi } from "vitest";
import { settled } from "../support/clock.ts";
import { call } from "../support/connect.ts";
import {
  accept,
  agreeing,
  idsOf,
  recordingKook,
  send,
  sending,
  shownIn,
  USERS,
} from "../support/sending.ts";

const { target_id, chat_code } = USERS.summer;
const text = "已经修好了";

afterEach(() => void vi.useRealTimers());

/** A message of the bot's in a chat, and what is needed to change it. */
async function sent(options: Parameters<typeof sending>[0] = {}) {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "never", ...options });
  const other = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const { structured } = await send(other, [{ target_id, text: "旧的" }]);
  const msg_id = structured.results?.[0]?.msg_id ?? "";
  kook.posts.length = 0;
  kook.gets.length = 0;
  return { kook, client, msg_id };
}

const lost = async (next: () => Promise<Response>) => {
  await next();
  throw Object.assign(new Error("reset"), { code: "ECONNRESET" });
};

describe("edit_message", () => {
  test("replaces the text, with a look-up and an update", async () => {
    const { kook, client, msg_id } = await sent();
    await call(client, "list_messages", { target_id, limit: 5 });
    kook.gets.length = 0;
    const { structured, text: words } = await call(client, "edit_message", {
      target_id,
      msg_id,
      text,
    });
    expect(structured).toEqual({ target_id, username: "夏天1", status: "sent", msg_id, left: 29 });
    expect(words).toBe(
      `Edited ${msg_id}, to ${target_id} "夏天1".\n29 more messages may be sent this hour.`,
    );
    expect(kook.gets.length + kook.posts.length).toBeLessThanOrEqual(2);
    expect((await kook.stored(chat_code)).at(-1)?.content).toBe(text);
  });

  test("shows the person the old and the new text, and changes nothing after a no", async () => {
    const { forms, elicit } = agreeing();
    const { client, msg_id } = await sent({ confirmSend: "always", elicit });
    await call(client, "edit_message", { target_id, msg_id, text });
    expect(shownIn(forms[0])).toMatch(
      /Now:\n│ 旧的\n└\n\nNew:\n│ 已经修好了\n└\nTo: "夏天1" \(3903536527\)/,
    );
    const refusing = await sent({ confirmSend: "always", elicit: () => ({ action: "decline" }) });
    const no = await call(refusing.client, "edit_message", {
      target_id,
      msg_id: refusing.msg_id,
      text,
    });
    expect(no.structured).toMatchObject({ status: "not_sent", answer: "declined" });
    expect(refusing.kook.posts).toEqual([]);
  });

  test("without a form needs the token of its preview, which another text or an edit meanwhile spoils", async () => {
    const { kook, client, msg_id } = await sent({ confirmSend: "always" });
    const args = { target_id, msg_id, text };
    const { structured } = await call(client, "edit_message", args);
    const { confirm_token } = structured as { confirm_token: string };
    expect(structured).not.toHaveProperty("status");
    const other = await call(client, "edit_message", { ...args, text: "别的", confirm_token });
    expect(other.structured?.["next"]).toContain("not valid");
    expect(kook.posts).toEqual([]);
    const done = await call(client, "edit_message", { ...args, confirm_token });
    expect(done.structured).toMatchObject({ status: "sent" });
  });

  test("of a text that stands there already asks nobody and changes nothing", async () => {
    const { kook, client, msg_id } = await sent({ confirmSend: "always" });
    const { structured } = await call(client, "edit_message", { target_id, msg_id, text: "旧的" });
    expect(structured).toMatchObject({ status: "already_sent", msg_id });
    expect(kook.posts).toEqual([]);
  });

  test.each([
    ["a message of the user's", "29b8d3f1", "The message is not the bot's."],
    ["a card", "d5f06c49", "Only messages of text can be edited"],
    ["a message that does not exist", "ffffffff", "No message with this id"],
  ])("refuses %s before anything is sent", async (_, msg_id, words) => {
    const { kook, client } = await sent();
    const answer = await call(client, "edit_message", { target_id, msg_id, text });
    expect(answer).toMatchObject({ isError: true, text: expect.stringContaining(words) });
    expect(kook.posts).toEqual([]);
  });

  test("follows KOOK_SEND_TO", async () => {
    const { kook, client, msg_id } = await sent({ send: { to: ["5"], limit: 30 } });
    const answer = await call(client, "edit_message", { target_id, msg_id, text });
    expect(answer.text).toContain("KOOK_SEND_TO does not let");
    expect(kook.posts).toEqual([]);
  });

  test("looks for the change after a lost answer, and says unknown where the text is another", async () => {
    const { kook, client, msg_id } = await sent();
    kook.next("direct-message/update", lost);
    vi.useFakeTimers();
    const done = await settled(call(client, "edit_message", { target_id, msg_id, text }));
    expect(done.structured).toMatchObject({ status: "sent" });
    kook.next("direct-message/update", () => Promise.reject(new Error("reset")));
    const unknown = await settled(call(client, "edit_message", { target_id, msg_id, text: "三" }));
    expect(unknown.structured).toMatchObject({
      status: "unknown",
      why: expect.stringContaining("Outcome unknown. To check, repeat"),
    });
    expect(kook.posts).toHaveLength(2);
  });

  test("of a message that was deleted meanwhile is not sent", async () => {
    const { kook, client, msg_id } = await sent({ confirmSend: "always" });
    const args = { target_id, msg_id, text };
    const { structured } = await call(client, "edit_message", args);
    kook.next("direct-message/update", () =>
      Response.json({ code: 40_012, message: "该数据不存在或者你没有权限操作", data: {} }),
    );
    const confirm_token = structured?.["confirm_token"];
    const answer = await call(client, "edit_message", { ...args, confirm_token });
    expect(answer.structured).toMatchObject({ status: "not_sent", left: 30 });
  });
});

describe("delete_message", () => {
  test("takes a message of the bot's back, for both sides", async () => {
    const { kook, client, msg_id } = await sent();
    const { structured, text: words } = await call(client, "delete_message", { target_id, msg_id });
    expect(structured).toEqual({ msg_id, deleted: true });
    expect(words).toBe(`Deleted message ${msg_id} for both sides.`);
    expect((await kook.stored(chat_code)).at(-1)?.content).not.toBe("旧的");
    const again = await call(client, "delete_message", { target_id, msg_id });
    expect(again.structured).toEqual({ msg_id, deleted: true, already_gone: true });
    expect(kook.posts).toHaveLength(1);
  });

  test("follows KOOK_CONFIRM_DELETE: a form shows the text, a preview gives a token", async () => {
    const { forms, elicit } = agreeing();
    const asking = await sent({ elicit });
    await call(asking.client, "delete_message", { target_id, msg_id: asking.msg_id });
    expect(shownIn(forms[0])).toMatch(/delete this bot message[\s\S]*│ 旧的\n└[\s\S]*To: "夏天1"/);
    const { kook, client, msg_id } = await sent({ confirmDelete: "always" });
    const preview = await call(client, "delete_message", { target_id, msg_id });
    expect(preview.structured).toMatchObject({ deleted: false, target_id, username: "夏天1" });
    expect(kook.posts).toEqual([]);
    const { confirm_token } = preview.structured as { confirm_token: string };
    const done = await call(client, "delete_message", { target_id, msg_id, confirm_token });
    expect(done.structured).toMatchObject({ deleted: true });
    const no = await sent({ elicit: () => ({ action: "cancel" }) });
    const kept = await call(no.client, "delete_message", { target_id, msg_id: no.msg_id });
    expect(kept.structured).toMatchObject({ deleted: false, answer: "dismissed" });
    expect(no.kook.posts).toEqual([]);
  });

  test.each([
    ["a message of the user's", "29b8d3f1", "The message is not the bot's."],
    ["a message that does not exist", "ffffffff", "No message with this id"],
  ])("refuses %s before anything is sent", async (_, msg_id, words) => {
    const { kook, client } = await sent();
    const answer = await call(client, "delete_message", { target_id, msg_id });
    expect(answer).toMatchObject({ isError: true, text: expect.stringContaining(words) });
    expect(kook.posts).toEqual([]);
  });

  test("looks for the change after a lost answer, and posts once", async () => {
    const { kook, client, msg_id } = await sent();
    kook.next("direct-message/delete", lost);
    vi.useFakeTimers();
    const done = await settled(call(client, "delete_message", { target_id, msg_id }));
    expect(done.structured).toMatchObject({ deleted: true });
    const second = await sent();
    second.kook.next("direct-message/delete", () => Promise.reject(new Error("reset")));
    const args = { target_id, msg_id: second.msg_id };
    const unknown = await settled(call(second.client, "delete_message", args));
    expect(unknown).toMatchObject({
      isError: true,
      text: expect.stringContaining("Outcome unknown. To check, repeat"),
    });
    expect([kook.posts.length, second.kook.posts.length]).toEqual([1, 1]);
  });

  test("that KOOK refuses reports the refusal; one of a message gone meanwhile is already gone", async () => {
    const { kook, client, msg_id } = await sent();
    kook.next("direct-message/delete", () =>
      Response.json({ code: 40_300, message: "没有权限", data: {} }, { status: 403 }),
    );
    const refused = await call(client, "delete_message", { target_id, msg_id });
    expect(refused).toMatchObject({ isError: true, text: expect.stringContaining("40300") });
    kook.next("direct-message/delete", async (next) => {
      await next();
      return Response.json({ code: 40_012, message: "该数据不存在或者你没有权限操作", data: {} });
    });
    const gone = await call(client, "delete_message", { target_id, msg_id });
    expect(gone.structured).toMatchObject({ deleted: true, already_gone: true });
  });
});

describe("KOOK's 40000 for another reason", () => {
  const busy = () =>
    Response.json({ code: 40_000, message: "系统繁忙", data: {} }, { status: 400 });

  test("does not mean that a message is already gone", async () => {
    const { kook, client, msg_id } = await sent();
    await call(client, "list_messages", { target_id, limit: 5 });
    kook.next("direct-message/view", busy);
    const answer = await call(client, "delete_message", { target_id, msg_id });
    expect((await kook.stored(chat_code)).at(-1)?.content).toBe("旧的");
    expect(answer).toMatchObject({ isError: true, text: expect.stringContaining("系统繁忙") });
  });

  test("does not settle a lost delete as done", async () => {
    const { kook, client, msg_id } = await sent();
    kook.next("direct-message/delete", () => {
      for (let look = 0; look < 3; look++) kook.next("direct-message/view", busy);
      throw new Error("reset");
    });
    vi.useFakeTimers();
    const answer = await settled(call(client, "delete_message", { target_id, msg_id }));
    expect((await kook.stored(chat_code)).at(-1)?.content).toBe("旧的");
    expect(answer).toMatchObject({ isError: true, text: expect.stringContaining("unknown") });
  });

  test("does not hide the refusal of a delete", async () => {
    const { kook, client, msg_id } = await sent();
    kook.next("direct-message/delete", () => {
      kook.next("direct-message/view", busy);
      return busy();
    });
    const answer = await call(client, "delete_message", { target_id, msg_id });
    expect(answer).toMatchObject({ isError: true, text: expect.stringContaining("系统繁忙") });
  });

  test("does not send a text again whose delete is unknown", async () => {
    const kook = recordingKook();
    const never = { confirmSend: "never", confirmDelete: "never" } as const;
    const client = await sending({ fetch: kook.fetch, ...never });
    const { structured } = await send(client, [{ target_id, text }]);
    const msg_id = structured.results?.[0]?.msg_id;
    kook.next("direct-message/delete", () => Promise.reject(new Error("reset")));
    vi.useFakeTimers();
    await settled(call(client, "delete_message", { target_id, msg_id }));
    vi.useRealTimers();
    kook.next("direct-message/view", busy);
    const again = await send(client, [{ target_id, text }]);
    expect(again.structured.results?.[0]?.status).toBe("unknown");
    expect(kook.posts.filter(({ route }) => route.endsWith("create"))).toHaveLength(1);
  });

  test("is told when an image is viewed", async () => {
    const { kook, client } = await sent();
    kook.next("direct-message/view", busy);
    const answer = await call(client, "view_image", {
      target_id,
      msg_id: "29b8d3f1-a05c-4e72-b6d4-807f3a9ce15d",
    });
    expect(answer.text).toContain("系统繁忙");
  });
});

test("an empty view is no proof that a message is gone: neither before a delete nor after a lost answer", async () => {
  const { kook, client, msg_id } = await sent();
  const empty = () => Response.json({ code: 0, message: "", data: null });
  await call(client, "list_messages", { target_id, limit: 5 });
  kook.next("direct-message/view", empty);
  const unseen = await call(client, "delete_message", { target_id, msg_id });
  expect(unseen).toMatchObject({ isError: true, text: expect.stringContaining("no message") });
  expect(kook.posts).toEqual([]);
  kook.next("direct-message/view", (next) => next());
  for (let look = 0; look < 20; look++) kook.next("direct-message/view", empty);
  kook.next("direct-message/delete", () => Promise.reject(new Error("reset")));
  vi.useFakeTimers();
  const lostAnswer = await settled(call(client, "delete_message", { target_id, msg_id }));
  expect(lostAnswer).toMatchObject({
    isError: true,
    text: expect.stringContaining("Outcome unknown"),
  });
});

test("changes of messages do not claim that the list of chats changed", async () => {
  const { client, msg_id } = await sent();
  let changes = 0;
  client.fallbackNotificationHandler = async () => void changes++;
  await send(client, [{ target_id, text }]);
  await call(client, "edit_message", { target_id, msg_id, text: "x" });
  await call(client, "delete_message", { target_id, msg_id });
  await idsOf(client, { target_id });
  expect(changes).toBe(0);
});

test("a person may answer with the form's values or without", async () => {
  const { client, msg_id } = await sent({
    confirmSend: "always",
    elicit: () => ({ ...accept, content: { to: '"夏天1" (3903536527)' } }),
  });
  const { structured } = await call(client, "edit_message", { target_id, msg_id, text });
  expect(structured).toMatchObject({ status: "sent" });
});

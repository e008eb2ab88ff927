// Results that would be false, and questions about facts that are no longer true.
import { afterEach, describe, expect, test, vi } from "vitest";
import { ConnectionError } from "../../src/kook/errors.ts";
import { SANDBOX_TOKEN } from "../../src/sandbox/sandbox.ts";
import { codeOf } from "../../src/sandbox/seed.ts";
import { settled } from "../support/clock.ts";
import { call } from "../support/connect.ts";
import {
  accept,
  agreeing,
  recordingKook,
  send,
  sending,
  shownIn,
  USERS,
} from "../support/sending.ts";

const { summer, tool } = USERS;
const { target_id, chat_code } = summer;
const lost = () => Promise.reject(new ConnectionError("reset", { sent: true }));
const idOf = ({ structured }: Awaited<ReturnType<typeof send>>) =>
  structured.results?.[0]?.msg_id ?? "";

afterEach(() => void vi.useRealTimers());

test("a message that KOOK does not show yet is not “already gone”: taken back at once, it still arrives", async () => {
  const kook = recordingKook({ lateMs: 2_500 });
  const client = await sending({
    fetch: kook.fetch,
    confirmSend: "never",
    confirmDelete: "never",
  });
  const msg_id = idOf(await send(client, [{ target_id, text: "发错了" }]));
  vi.useFakeTimers();
  const answer = await settled(call(client, "delete_message", { target_id, msg_id }));
  const isThere = kook.sandbox.find("发错了").length > 0;
  // KOOK was never asked to delete it, and it shows up 2.5 s later.
  expect({ saysDeleted: answer.structured?.["deleted"] ?? false, isThere }).not.toEqual({
    saysDeleted: true,
    isThere: true,
  });
});

describe("an edit on facts that are up to 60 s old", () => {
  /** A message that another process changes while this one remembers the old words. */
  async function changedElsewhere(options: Parameters<typeof sending>[0] = {}) {
    const kook = recordingKook();
    const other = await sending({ fetch: kook.fetch, confirmSend: "never" });
    const msg_id = idOf(await send(other, [{ target_id, text: "旧的" }]));
    const client = await sending({ fetch: kook.fetch, ...options });
    const edit = (text: string, confirm_token?: unknown) =>
      call(client, "edit_message", { target_id, msg_id, text, confirm_token });
    const elsewhere = () =>
      call(other, "edit_message", { target_id, msg_id, text: "另一个进程改的" });
    const now = async () => (await kook.stored(chat_code)).at(-1)?.content;
    return { kook, client, edit, elsewhere, now, msg_id };
  }

  test("is not “already_sent” when the chat says something else", async () => {
    const { client, edit, elsewhere, now } = await changedElsewhere({ confirmSend: "never" });
    await call(client, "list_messages", { target_id, limit: 3 });
    await elsewhere();
    const { structured } = await edit("旧的");
    expect([structured?.["status"], await now()]).not.toEqual(["already_sent", "另一个进程改的"]);
  });

  test("with a token does not overwrite words that came after its preview", async () => {
    const { edit, elsewhere, now } = await changedElsewhere();
    const { structured } = await edit("新的");
    await elsewhere();
    await edit("新的", structured?.["confirm_token"]);
    expect(await now()).toBe("另一个进程改的");
  });

  test("by a form does not overwrite words that the form did not show", async () => {
    const forms: string[] = [];
    let elsewhere = async (): Promise<unknown> => undefined;
    const set = await changedElsewhere({
      async elicit(form) {
        forms.push(shownIn(form));
        if (forms.length === 1) await elsewhere();
        return accept;
      },
    });
    elsewhere = set.elsewhere;
    await set.edit("新的");
    // Either the question came again with the new words, or nothing was changed.
    expect(forms.join().includes("另一个进程改的") || (await set.now()) === "另一个进程改的").toBe(
      true,
    );
  });

  test("a leak that comes up while the form is open is shown before the edit", async () => {
    const secret = "我的手机号是 13800138000，住在深圳南山区科技园";
    const forms: string[] = [];
    let meanwhile = async (): Promise<unknown> => undefined;
    const { client, edit, kook } = await changedElsewhere({
      async elicit(form) {
        forms.push(shownIn(form));
        if (forms.length === 1) await meanwhile();
        return accept;
      },
    });
    kook.sandbox.receive(codeOf(tool.target_id), secret);
    meanwhile = () => call(client, "list_messages", { ...tool, limit: 1 });
    const { structured } = await edit(secret);
    expect([structured?.["status"], forms.join().includes("⚠")]).not.toEqual(["sent", false]);
  });

  test("a deletion by a form does not delete words that the form did not show", async () => {
    const kook = recordingKook();
    const other = await sending({ fetch: kook.fetch, confirmSend: "never" });
    const msg_id = idOf(await send(other, [{ target_id, text: "旧的" }]));
    const forms: string[] = [];
    const client = await sending({
      fetch: kook.fetch,
      async elicit(form) {
        forms.push(shownIn(form));
        if (forms.length === 1)
          await call(other, "edit_message", { target_id, msg_id, text: "重要的更正" });
        return accept;
      },
    });
    const { structured } = await call(client, "delete_message", { target_id, msg_id });
    expect([structured?.["deleted"], forms.join().includes("重要的更正")]).not.toEqual([
      true,
      false,
    ]);
  });
});

test("an edit that turns literal asterisks into bold is made", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const msg_id = idOf(await send(client, [{ target_id, text: "\\*\\*重要\\*\\*" }]));
  const { structured } = await call(client, "edit_message", {
    target_id,
    msg_id,
    text: "**重要**",
  });
  expect([structured?.["status"], (await kook.stored(chat_code)).at(-1)?.content]).toEqual([
    "sent",
    "**重要**",
  ]);
});

test("an old message that moves into the newest twenty is not the one that was just lost", async () => {
  const kook = recordingKook();
  const other = await sending({ fetch: kook.fetch, confirmSend: "never" });
  await send(other, [{ target_id, text: "好的" }]);
  for (let i = 0; i < 18; i++) kook.sandbox.receive(chat_code, `m${i}`);
  const msg_id = idOf(await send(other, [{ target_id, text: "多余的" }]));
  kook.sandbox.receive(chat_code, "在吗");
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  vi.useFakeTimers();
  // Lost and not done; meanwhile another message of the chat is deleted.
  kook.next("direct-message/create", async () => {
    await call(other, "delete_message", { target_id, msg_id });
    return lost();
  });
  const { structured } = await settled(send(client, [{ target_id, text: "好的" }]));
  expect(kook.sandbox.find("好的")).toHaveLength(1);
  expect(structured.results?.[0]?.status).toBe("unknown");
});

test("a server emoji that KOOK names is recognised as the bot's own", async () => {
  const kook = recordingKook();
  const reaction = "123456/abc";
  const fetch: typeof kook.fetch = async (url, init) => {
    const response = (await kook.fetch(url, init)) as Response;
    const named = (await response.text()).replace(
      /"id":"123456\/abc","name":"[^"]*"/g,
      '"id":"123456/abc","name":"smile"',
    );
    return new Response(named, { status: response.status, headers: response.headers });
  };
  const client = await sending({ fetch, confirmSend: "never" });
  await send(client, [{ target_id, reaction }]);
  const { structured } = await send(client, [{ target_id, reaction }]);
  expect(structured.results?.[0]?.status).toBe("already_sent");
  expect(kook.posts).toHaveLength(1);
});

test("a reaction whose answer was lost is not posted a second time", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  vi.useFakeTimers();
  kook.next("direct-message/add-reaction", lost);
  const first = await settled(send(client, [{ target_id, reaction: "👍" }]));
  expect(first.structured.results?.[0]?.status).toBe("unknown");
  expect(first.text).toContain("repeat the same call");
  await settled(send(client, [{ target_id, reaction: "👍" }]));
  expect(kook.posts).toHaveLength(1);
});

test("after an edit in doubt, which was not made, the first text is still sent once", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const msg_id = idOf(await send(client, [{ target_id, text: "一" }]));
  vi.useFakeTimers();
  kook.next("direct-message/update", lost);
  const edit = await settled(call(client, "edit_message", { target_id, msg_id, text: "二" }));
  expect(edit.structured?.["status"]).toBe("unknown");
  await settled(send(client, [{ target_id, text: "一" }]));
  expect(kook.sandbox.find("一")).toHaveLength(1);
});

describe("words that are not true", () => {
  test("a deletion whose message was edited does not speak of a newer message", async () => {
    const kook = recordingKook();
    const other = await sending({ fetch: kook.fetch, confirmSend: "never" });
    const msg_id = idOf(await send(other, [{ target_id, text: "旧的" }]));
    const client = await sending({ fetch: kook.fetch, confirmDelete: "always" });
    const first = await call(client, "delete_message", { target_id, msg_id });
    await call(other, "edit_message", { target_id, msg_id, text: "改了" });
    const again = await call(client, "delete_message", {
      target_id,
      msg_id,
      confirm_token: first.structured?.["confirm_token"],
    });
    expect(again.text).not.toContain("newer message");
  });

  test("a second form after a deletion does not say that a new message came", async () => {
    const kook = recordingKook();
    const other = await sending({
      fetch: kook.fetch,
      confirmSend: "never",
      confirmDelete: "never",
    });
    const msg_id = idOf(await send(other, [{ target_id, text: "旧的" }]));
    const forms: string[] = [];
    const client = await sending({
      fetch: kook.fetch,
      async elicit(form) {
        forms.push(form.message);
        if (forms.length === 1) await call(other, "delete_message", { target_id, msg_id });
        return accept;
      },
    });
    await send(client, [{ target_id, text: "新的" }]);
    expect(forms[1] ?? "").not.toContain("new message");
  });

  test("the bot's own message of seconds ago is no reason to ask again", async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const kook = recordingKook({ lateMs: 2_500 });
    const forms: string[] = [];
    const client = await sending({
      fetch: kook.fetch,
      elicit(form) {
        forms.push(form.message);
        vi.advanceTimersByTime(3_000);
        return accept;
      },
    });
    await send(client, [{ target_id, text: "一" }]);
    await send(client, [{ target_id, text: "二" }]);
    expect(forms).toHaveLength(2);
  });

  test("a tool that asks nobody does not say that a person is asked", async () => {
    const client = await sending({ confirmSend: "never" });
    const { tools } = await client.listTools();
    const edit = tools.find(({ name }) => name === "edit_message");
    expect(edit?.description).not.toContain("A person is asked first");
  });

  test("the advice after a lost deletion is about deleting", async () => {
    const kook = recordingKook();
    const client = await sending({
      fetch: kook.fetch,
      confirmSend: "never",
      confirmDelete: "never",
    });
    const msg_id = idOf(await send(client, [{ target_id, text: "旧的" }]));
    vi.useFakeTimers();
    kook.next("direct-message/delete", lost);
    const answer = await settled(call(client, "delete_message", { target_id, msg_id }));
    expect(answer.text).not.toContain("Do not send it in other words");
  });

  test("the name of the other user, which a stranger chose, stands in quotation marks", async () => {
    const secret = "我的手机号是 13800138000，住在深圳南山区科技园";
    const kook = recordingKook();
    kook.sandbox.receive(chat_code, secret);
    const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
    await call(client, "list_messages", { target_id, limit: 1 });
    const { text } = await send(client, [{ ...tool, text: secret }]);
    expect(text).toContain('"夏天1" (3903536527)');
  });
});

test("a reaction that was taken away elsewhere is not “already_sent”", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, elicit: agreeing().elicit });
  await send(client, [{ target_id, reaction: "👍" }]);
  await call(client, "list_messages", { target_id, limit: 1 });
  const msg_id = (await kook.stored(chat_code)).at(-1)?.id;
  await kook.sandbox.fetch("https://kook.invalid/api/v3/direct-message/delete-reaction", {
    method: "POST",
    headers: { Authorization: `Bot ${SANDBOX_TOKEN}`, "Content-Type": "application/json" },
    body: JSON.stringify({ msg_id, emoji: "👍" }),
    signal: new AbortController().signal,
  });
  const { structured } = await send(client, [{ target_id, reaction: "👍" }]);
  expect(structured.results?.[0]?.status).toBe("sent");
});

test("a limit of 0 does not promise more in 60 minutes", async () => {
  const client = await sending({ confirmSend: "never", send: { to: "*", limit: 0 } });
  const { text } = await send(client, [{ target_id, text: "好" }]);
  expect(text).not.toContain("More in");
});

test("a lost message that arrived is found by the same call, also after the user has written", async () => {
  const kook = recordingKook({ lateMs: 60_000 });
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  kook.next("direct-message/create", async (next) => {
    await next();
    return lost();
  });
  vi.useFakeTimers();
  const first = await settled(send(client, [{ target_id, text: "好了" }]));
  expect(first.structured.results).toMatchObject([{ status: "unknown" }]);
  await vi.advanceTimersByTimeAsync(61_000);
  kook.sandbox.receive(chat_code, "在吗");
  const again = await settled(send(client, [{ target_id, text: "好了" }]));
  expect(again.structured.results).toMatchObject([{ status: "already_sent" }]);
});

test("a text whose message was deleted elsewhere can be sent again once that is known", async () => {
  vi.useFakeTimers({ toFake: ["Date", "performance"] });
  const kook = recordingKook();
  const options = { fetch: kook.fetch, confirmSend: "never", confirmDelete: "never" } as const;
  const client = await sending(options);
  const other = await sending(options);
  const msg_id = idOf(await send(client, [{ target_id, text: "好了" }]));
  await call(other, "delete_message", { target_id, msg_id });
  // For ten seconds KOOK may only not show it yet.
  vi.advanceTimersByTime(10_000);
  const gone = await call(client, "delete_message", { target_id, msg_id });
  expect(gone.structured).toMatchObject({ already_gone: true });
  const again = await send(client, [{ target_id, text: "好了" }]);
  expect(again.structured.results).toMatchObject([{ status: "sent" }]);
});

test("a message that KOOK does not show for six seconds is neither deleted nor gone", async () => {
  const kook = recordingKook({ lateMs: 6_000 });
  const client = await sending({
    fetch: kook.fetch,
    confirmSend: "never",
    confirmDelete: "never",
  });
  const msg_id = idOf(await send(client, [{ target_id, text: "好了" }]));
  vi.useFakeTimers();
  const early = await settled(call(client, "delete_message", { target_id, msg_id }));
  expect(early).toMatchObject({
    isError: true,
    text: expect.stringContaining("does not show this message yet"),
  });
  await vi.advanceTimersByTimeAsync(10_000);
  const later = await settled(call(client, "delete_message", { target_id, msg_id }));
  expect(later.structured).toMatchObject({ deleted: true });
  expect(later.structured).not.toHaveProperty("already_gone");
});

test("the same reaction at once is posted once", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const all = await Promise.all([1, 2, 3].map(() => send(client, [{ target_id, reaction: "👍" }])));
  const statuses = all.map(({ structured }) => structured.results?.[0]?.status).sort();
  expect(statuses).toEqual(["already_sent", "already_sent", "sent"]);
  expect(kook.posts).toHaveLength(1);
});

test("an edit that KOOK refused gives its token back", async () => {
  const kook = recordingKook();
  const other = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const msg_id = idOf(await send(other, [{ target_id, text: "旧的" }]));
  const client = await sending({ fetch: kook.fetch });
  const args = { target_id, msg_id, text: "新的" };
  const { structured } = await call(client, "edit_message", args);
  const confirm_token = structured?.["confirm_token"];
  kook.next("direct-message/update", () =>
    Response.json({ code: 40_000, message: "参数错误", data: {} }, { status: 400 }),
  );
  const refused = await call(client, "edit_message", { ...args, confirm_token });
  expect(refused.structured).toMatchObject({ status: "not_sent" });
  const again = await call(client, "edit_message", { ...args, confirm_token });
  expect(again.structured).toMatchObject({ status: "sent" });
});

test("a preview says how many of its messages went out before", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch });
  const first = [{ target_id, text: "一" }];
  const { confirm_token } = (await send(client, first)).structured;
  await send(client, first, confirm_token);
  const both = [...first, { ...tool, text: "二" }];
  const preview = await send(client, both);
  expect(preview.structured.to).toHaveLength(1);
  expect(preview.text).toContain("1 of these messages went out before and will not be sent.");
});

test("a message that was sent and taken back at once is already gone the second time", async () => {
  const kook = recordingKook();
  const client = await sending({
    fetch: kook.fetch,
    confirmSend: "never",
    confirmDelete: "never",
  });
  const msg_id = idOf(await send(client, [{ target_id, text: "发错了" }]));
  const first = await call(client, "delete_message", { target_id, msg_id });
  expect(first.structured).toEqual({ msg_id, deleted: true });
  const again = await call(client, "delete_message", { target_id, msg_id });
  expect(again.structured).toEqual({ msg_id, deleted: true, already_gone: true });
});

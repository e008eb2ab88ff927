// The message that is answered is part of the question.
import { expect, test } from "vitest";
import { call } from "../support/connect.ts";
import { accept, idsOf, recordingKook, send, sending, shownIn, USERS } from "../support/sending.ts";

const { summer, tool } = USERS;
const { target_id, chat_code } = summer;
const secret = "我的手机号是 13800138000，住在深圳南山区科技园";

test("declined after a change: nothing is sent and the answer says declined", async () => {
  const kook = recordingKook();
  let forms = 0;
  const client = await sending({
    fetch: kook.fetch,
    elicit() {
      if (++forms === 1) kook.sandbox.receive(chat_code, "别发");
      return forms === 1 ? accept : { action: "decline" };
    },
  });
  const { structured } = await send(client, [{ target_id, text: "好的" }]);
  expect([structured.answer, kook.posts.length, forms]).toEqual(["declined", 0, 2]);
});

test("an edit whose text another call made while the form was open is already_sent", async () => {
  const kook = recordingKook();
  const other = await sending({ fetch: kook.fetch, confirmSend: "never" });
  let n = 0;
  let meanwhile = async (): Promise<unknown> => undefined;
  const client = await sending({
    fetch: kook.fetch,
    async elicit() {
      if (++n === 1) await meanwhile();
      return accept;
    },
  });
  const msg_id = (await send(other, [{ target_id, text: "旧的" }])).structured.results?.[0]?.msg_id;
  meanwhile = () => call(other, "edit_message", { target_id, msg_id, text: "新的" });
  const { structured } = await call(client, "edit_message", { target_id, msg_id, text: "新的" });
  expect([structured?.["status"], n]).toEqual(["already_sent", 1]);
});

test("an own message is edited with one form right after it was sent", async () => {
  const kook = recordingKook();
  const forms: string[] = [];
  const client = await sending({
    fetch: kook.fetch,
    elicit(form) {
      forms.push(shownIn(form));
      return accept;
    },
  });
  await idsOf(client, { target_id, limit: 3 });
  for (const text of [
    "旧的",
    "**粗** https://example.com/a",
    "# 标题\n- 一\n- 二",
    "| a | b |\n|---|---|\n| 1 | 2 |",
  ]) {
    forms.length = 0;
    const msg_id = (await send(client, [{ target_id, text }])).structured.results?.[0]?.msg_id;
    await call(client, "edit_message", { target_id, msg_id, text: `${text} 新的` });
    expect(forms).toHaveLength(2);
  }
});

test("a user's number that the bot only repeats in an edited older message stays the user's", async () => {
  const kook = recordingKook();
  const client = await sending({ fetch: kook.fetch, confirmSend: "never" });
  const msg_id = (await send(client, [{ target_id, text: "请稍等" }])).structured.results?.[0]
    ?.msg_id;
  await new Promise((resolve) => setTimeout(resolve, 5));
  kook.sandbox.receive(chat_code, secret);
  await new Promise((resolve) => setTimeout(resolve, 5));
  await call(client, "edit_message", { target_id, msg_id, text: `已登记：${secret}` });
  await call(client, "list_messages", { target_id, limit: 5 });
  expect((await send(client, [{ ...tool, text: secret }])).isError).toBe(true);
});

test.for([
  {
    answer: { text: "好的，已按此地址寄出" },
    edited: "请寄到上海",
    title: "reply_to: the quoted message that its user edits while the form is open is shown again",
  },
  {
    answer: { reaction: "👍" },
    edited: "取消订单",
    title: "a reaction put on a message that its user edits while the form is open: shown again",
  },
])("$title", async ({ answer, edited }) => {
  const kook = recordingKook();
  kook.sandbox.receive(chat_code, "请寄到北京");
  kook.sandbox.receive(chat_code, "谢谢");
  let isEdited = false;
  const forms: string[] = [];
  const client = await sending({
    async fetch(url, init) {
      const response = await kook.fetch(url, init);
      if (!isEdited || !url.includes("direct-message/")) return response;
      return new Response((await response.text()).replaceAll("请寄到北京", edited), {
        headers: response.headers,
      });
    },
    elicit(form) {
      forms.push(shownIn(form));
      isEdited = true;
      return accept;
    },
  });
  const [reply_to] = await idsOf(client, { target_id, limit: 2 });
  await send(client, [{ target_id, ...answer, reply_to }]);
  expect(forms.join()).toContain(edited);
});

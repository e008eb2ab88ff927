// Changes of a chat behind an open question: messages that came, were edited or were only reacted to.
import { expect, test } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { call } from "../support/connect.ts";
import { accept, recordingKook, send, sending, shownIn, USERS } from "../support/sending.ts";

const { summer } = USERS;
const { target_id, chat_code } = summer;

/** KOOK with one message of the user's, which `edit` changes to 请寄到上海. */
function editable(kook: ReturnType<typeof recordingKook>) {
  kook.sandbox.receive(chat_code, "请寄到北京");
  let isEdited = false;
  const fetch: Fetch = async (url, init) => {
    const response = await kook.fetch(url, init);
    if (!isEdited || !url.includes("direct-message/list")) return response;
    const body = JSON.parse(await response.text());
    for (const item of body.data.items) {
      if (item.content !== "请寄到北京") continue;
      item.content = "请寄到上海";
      item.updated_at = Date.now();
    }
    return new Response(JSON.stringify(body), { headers: response.headers });
  };
  const edit = () => {
    isEdited = true;
  };
  return { fetch, edit };
}

test("a message that came while the form was open is shown, though another call reacted to it", async () => {
  const kook = recordingKook();
  const forms: string[] = [];
  let meanwhile = async (): Promise<unknown> => undefined;
  const client = await sending({
    fetch: kook.fetch,
    async elicit(form) {
      forms.push(shownIn(form));
      if (forms.length === 1) await meanwhile();
      return accept;
    },
  });
  meanwhile = async () => {
    kook.sandbox.receive(chat_code, "等等，不要退款了");
    await send(client, [{ target_id, reaction: "👍" }]);
  };
  const { structured } = await send(client, [{ target_id, text: "好的，现在给您退款" }]);
  expect(structured.results?.[0]?.status).toBe("sent");
  const textForms = forms.filter((form) => form.includes("给您退款"));
  expect(textForms.join()).toContain("不要退款了");
});

test("a reacted message that its user edits while the form is open is shown again", async () => {
  const kook = recordingKook();
  const { fetch, edit } = editable(kook);
  const forms: string[] = [];
  const client = await sending({
    fetch,
    elicit(form) {
      forms.push(shownIn(form));
      if (forms.length === 2) edit();
      return accept;
    },
  });
  await send(client, [{ target_id, reaction: "👍" }]);
  await send(client, [{ target_id, text: "好的，已按您说的寄出" }]);
  expect(forms.join()).toContain("请寄到上海");
});

test("control: without the reaction the edit is shown", async () => {
  const kook = recordingKook();
  const { fetch, edit } = editable(kook);
  const forms: string[] = [];
  const client = await sending({
    fetch,
    elicit(form) {
      forms.push(shownIn(form));
      edit();
      return accept;
    },
  });
  await send(client, [{ target_id, text: "好的，已按您说的寄出" }]);
  expect(forms.join()).toContain("请寄到上海");
});

test("the user's edit is noticed behind ten messages of this process", async () => {
  const kook = recordingKook();
  const { fetch, edit } = editable(kook);
  const forms: string[] = [];
  const client = await sending({
    fetch,
    elicit(form) {
      forms.push(shownIn(form));
      if (forms.length === 3) edit();
      return accept;
    },
  });
  const many = (name: string) => [1, 2, 3, 4, 5].map((n) => ({ target_id, text: `${name} ${n}` }));
  await send(client, many("甲"));
  await send(client, many("乙"));
  await send(client, [{ target_id, text: "好的，已按您说的寄出" }]);
  expect(forms.join()).toContain("请寄到上海");
});

test("editing an own message while a form is open does not ask the form again", async () => {
  const kook = recordingKook();
  const forms: string[] = [];
  let meanwhile = async (): Promise<unknown> => undefined;
  const client = await sending({
    fetch: kook.fetch,
    async elicit(form) {
      forms.push(shownIn(form));
      if (forms.length === 2) await meanwhile();
      return accept;
    },
  });
  const { structured } = await send(client, [{ target_id, text: "第一条" }]);
  const msg_id = structured.results?.[0]?.msg_id;
  meanwhile = () => call(client, "edit_message", { target_id, msg_id, text: "第一条，改了" });
  await send(client, [{ target_id, text: "第二条" }]);
  expect(forms.filter((form) => form.includes("第二条"))).toHaveLength(1);
});

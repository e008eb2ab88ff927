// Writing, editing, deleting and reacting: the state afterwards, and each refusal in KOOK's words.
import { expect, onTestFinished, test } from "vitest";
import { attachmentOf } from "../../src/sandbox/assets.ts";
import { faults } from "../../src/sandbox/faults/all.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID, NEWEST, UNWILLING_USER_ID } from "../../src/sandbox/seed.ts";
import { serveSandbox } from "../../src/sandbox/serve.ts";
import refusedAsset from "../fixtures/messages/refused-asset.json" with { type: "json" };
import refusedCard from "../fixtures/messages/refused-card.json" with { type: "json" };
import refusedMissing from "../fixtures/messages/refused-missing.json" with { type: "json" };
import { allChats, ask, type Body, items } from "./asking.ts";

const { code: chat_code, targetId: target_id } = DOCUMENTED_CHAT;
const NOT_FOUND = { code: 404, message: "该数据不存在或者你没有权限操作" };
const CARD = JSON.stringify([{ type: "card", modules: [{ type: "divider" }] }]);
const OWN_IMAGE = attachmentOf("19/guide_0a1b2c.png").url;
const USERS_IMAGE = attachmentOf("17/photo_69a6841c.jpg").url;

const list = (sandbox: Sandbox) => items(sandbox, `chat_code=${chat_code}`);
const view = (sandbox: Sandbox, id: string) =>
  ask(sandbox, `view?chat_code=${chat_code}&msg_id=${id}`);
const send = async (sandbox: Sandbox, body: object = {}): Promise<string> =>
  (await ask(sandbox, "create", { chat_code, type: 9, content: "你好", ...body })).body.data.msg_id;
const usersMessage = async (sandbox: Sandbox) =>
  (await list(sandbox)).findLast((message) => message.author_id === target_id)?.id;

test("a sent message is the newest, moves the chat's time and is nobody's unread", async () => {
  const now = NEWEST + 60_000;
  const sandbox = new Sandbox({ now: () => now });
  const body = { chat_code, type: 9, content: "你好 \\[1\\]", nonce: "n1", reply_msg_id: "any" };
  const { data } = (await ask(sandbox, "create", body)).body;
  expect(data).toEqual({ msg_id: expect.any(String), msg_timestamp: now, nonce: "n1" });
  const last = (await list(sandbox)).at(-1);
  expect(last).toMatchObject({ id: data.msg_id, type: 9, content: "你好 \\[1\\]", create_at: now });
  expect((await view(sandbox, data.msg_id)).body.data.author_id).toBe(last.author_id);
  const [chat] = await allChats(sandbox);
  expect(chat).toMatchObject({ latest_msg_time: now, unread_count: 0 });
});

test("a clock behind the seed does not put a new message before the old ones", async () => {
  const sandbox = new Sandbox({ now: () => 0 });
  const ids = [await send(sandbox), await send(sandbox)];
  const messages = await list(sandbox);
  expect(messages.slice(-2).map(({ id }) => id)).toEqual(ids);
  expect(messages.at(-2).create_at).toBeLessThan(messages.at(-1).create_at);
});

test("what a user writes is the newest message and one more unread", async () => {
  const sandbox = new Sandbox();
  sandbox.receive(chat_code, "还在吗");
  expect((await list(sandbox)).at(-1)).toMatchObject({ author_id: target_id, content: "还在吗" });
  expect((await allChats(sandbox))[0].unread_count).toBe(1);
});

test.each([
  ["plain text becomes KMarkdown", 1, "plain", 9, "plain"],
  ["an image stays an image", 2, OWN_IMAGE, 2, OWN_IMAGE],
  ["a video stays a video", 3, OWN_IMAGE, 3, OWN_IMAGE],
  ["a file becomes a card", 4, OWN_IMAGE, 10, '"type":"file"'],
  ["an audio becomes a card", 8, OWN_IMAGE, 10, '"type":"audio"'],
  ["a card is filled in", 10, CARD, 10, '"expand":false'],
])("%s", async (_, type, content, stored, part) => {
  const sandbox = new Sandbox();
  const id = await send(sandbox, { type, content });
  const message = (await list(sandbox)).at(-1);
  expect(message).toMatchObject({ id, type: stored });
  expect(message.content).toContain(part);
});

test.each([
  ["no content", { content: "" }, { code: 40_000 }],
  ["white space", { content: " \n" }, { code: 40_000 }],
  ["8 001 characters", { content: "字".repeat(8_001) }, { code: 40_014 }],
  ["an unknown type", { type: 7 }, { code: 40_000 }],
  ["an image that is no upload", { type: 2, content: "cat.png" }, refusedAsset],
  ["an image of the user's", { type: 2, content: USERS_IMAGE }, refusedAsset],
  ["a card that is no JSON", { type: 10, content: "[" }, refusedCard],
  ["a card that is no list", { type: 10, content: "{}" }, refusedCard],
  ["a list of no cards", { type: 10, content: "[1]" }, refusedCard],
  [
    "a card with media of others",
    { type: 10, content: CARD.replace('"divider"', '"file","src":"https:\\/\\/a.example/b"') },
    refusedAsset,
  ],
  ["a quote that does not exist", { quote: "nothing" }, NOT_FOUND],
  ["an unknown chat", { chat_code: "0".repeat(32) }, NOT_FOUND],
  ["an unknown user", { chat_code: "", target_id: "1" }, NOT_FOUND],
  [
    "a user who takes no messages",
    { chat_code: "", target_id: UNWILLING_USER_ID },
    { code: 40_000, message: "无法发起私信" },
  ],
  ["no address", { chat_code: "" }, { code: 40_000 }],
])("create refuses %s and changes nothing", async (_, body, refusal) => {
  const sandbox = new Sandbox();
  const before = [await list(sandbox), await allChats(sandbox)];
  const answer = await ask(sandbox, "create", { chat_code, type: 9, content: "x", ...body });
  expect(answer.body).toMatchObject(refusal);
  expect([await list(sandbox), await allChats(sandbox)]).toEqual(before);
});

test("8 000 characters are sent whole", async () => {
  const sandbox = new Sandbox();
  await send(sandbox, { content: "字".repeat(8_000) });
  expect((await list(sandbox)).at(-1).content).toHaveLength(8_000);
});

test("create refuses a chat whose user blocks the bot", async () => {
  const sandbox = new Sandbox();
  const { code } = (await allChats(sandbox))[4];
  expect((await ask(sandbox, `user-chat/view?chat_code=${code}`)).body.data.is_target_blocked).toBe(
    true,
  );
  const { body } = await ask(sandbox, "create", { chat_code: code, type: 9, content: "x" });
  expect(body).toMatchObject({ code: 40_000, message: "你已被对方屏蔽" });
});

test("a list by target_id opens the chat, as a send does", async () => {
  const sandbox = new Sandbox();
  expect(await items(sandbox, `target_id=${NEW_USER_ID}`)).toEqual([]);
  expect((await allChats(sandbox)).at(-1).target_info.id).toBe(NEW_USER_ID);
  await send(sandbox, { chat_code: "", target_id: NEW_USER_ID });
  expect(await items(sandbox, `target_id=${NEW_USER_ID}`)).toHaveLength(1);
  expect((await ask(sandbox, "list")).code).toBe(40_000);
  expect((await ask(sandbox, "list?target_id=1")).body).toMatchObject(NOT_FOUND);
  expect((await ask(sandbox, `list?chat_code=${"0".repeat(32)}`)).body).toMatchObject(NOT_FOUND);
});

test("a page has at most 50 messages, and a page before a message that does not exist is empty", async () => {
  const sandbox = new Sandbox();
  const { code } = (await allChats(sandbox))[13];
  expect(await items(sandbox, `chat_code=${code}&page_size=100`)).toHaveLength(50);
  expect(await items(sandbox, `chat_code=${code}&flag=before&msg_id=nothing`)).toEqual([]);
});

test("a page around a message has it in the middle; one before or after leaves it out", async () => {
  const sandbox = new Sandbox();
  const ids = (await list(sandbox)).map(({ id }) => id);
  const page = async (flag: string) => {
    const query = `chat_code=${chat_code}&page_size=4&msg_id=${ids[10]}&flag=${flag}`;
    return (await items(sandbox, query)).map(({ id }) => id);
  };
  expect(await page("around")).toEqual(ids.slice(8, 12));
  expect(await page("before")).toEqual(ids.slice(6, 10));
  expect(await page("after")).toEqual(ids.slice(11, 15));
});

test("view answers 40012 for a message of another chat and for one that does not exist", async () => {
  const sandbox = new Sandbox();
  const { code } = (await allChats(sandbox))[1];
  const [foreign] = await items(sandbox, `chat_code=${code}`);
  expect((await view(sandbox, foreign.id)).body).toEqual(refusedMissing);
  expect((await view(sandbox, "nothing")).body).toEqual(refusedMissing);
  expect((await ask(sandbox, "view?chat_code=none&msg_id=none")).body).toMatchObject(NOT_FOUND);
});

test("an edit changes the words and the quote, and says when", async () => {
  const sandbox = new Sandbox();
  const quote = await usersMessage(sandbox);
  const id = await send(sandbox, { quote });
  const update = (body: object) => ask(sandbox, "update", { msg_id: id, ...body });
  expect((await update({ content: "改" })).body.data).toEqual({});
  const edited = (await list(sandbox)).at(-1);
  expect(edited).toMatchObject({ id, content: "改", quote: { rong_id: quote } });
  expect(edited.updated_at).toBeGreaterThan(edited.create_at);
  await update({ content: "再改", quote: "" });
  expect((await list(sandbox)).at(-1)).toMatchObject({ content: "再改", quote: null });
  expect((await update({ content: "" })).code).toBe(40_000);
  expect((await update({ content: "字".repeat(8_001) })).code).toBe(40_014);
});

test("only the bot's own messages can be edited or deleted, only text and cards edited", async () => {
  const sandbox = new Sandbox();
  const theirs = await usersMessage(sandbox);
  const image = await send(sandbox, { type: 2, content: OWN_IMAGE });
  const card = await send(sandbox, { type: 10, content: CARD });
  const before = await list(sandbox);
  for (const msg_id of [theirs, "nothing"]) {
    expect((await ask(sandbox, "update", { msg_id, content: "x" })).body).toMatchObject(NOT_FOUND);
    expect((await ask(sandbox, "delete", { msg_id })).body).toMatchObject(NOT_FOUND);
  }
  expect((await ask(sandbox, "update", { msg_id: image, content: "x" })).code).toBe(40_000);
  expect((await ask(sandbox, "update", { msg_id: card, content: "x" })).body).toMatchObject(
    refusedCard,
  );
  expect(await list(sandbox)).toEqual(before);
});

test("a deleted message is gone for good, and the chat's time stays", async () => {
  const sandbox = new Sandbox();
  const msg_id = await send(sandbox);
  const [{ latest_msg_time }] = (await allChats(sandbox)) as [Body];
  expect((await ask(sandbox, "delete", { msg_id })).body.data).toEqual({});
  expect((await list(sandbox)).map(({ id }) => id)).not.toContain(msg_id);
  expect((await view(sandbox, msg_id)).body).toEqual(refusedMissing);
  expect(await ask(sandbox, "delete", { msg_id })).toMatchObject({ status: 404, body: NOT_FOUND });
  expect((await allChats(sandbox))[0]).toMatchObject({ latest_msg_time });
});

test.each([
  ["👍", "[#128077;]"],
  ["[#128077;]", "[#128077;]"],
  ["❤️", "[#10084;][#65039;]"],
  ["1015054289/H20B7O7s8c08c08c", "1015054289/H20B7O7s8c08c08c"],
])("the reaction %s is kept once, listed, and taken off once", async (emoji, id) => {
  const sandbox = new Sandbox();
  const msg_id = await usersMessage(sandbox);
  for (const _ of [1, 2]) await ask(sandbox, "add-reaction", { msg_id, emoji });
  const [reaction] = (await list(sandbox)).at(-1).reactions;
  expect(reaction).toMatchObject({ emoji: { id }, count: 1, me: true });
  const listed = await ask(
    sandbox,
    `reaction-list?msg_id=${msg_id}&emoji=${encodeURIComponent(emoji)}`,
  );
  expect(listed.body.data).toMatchObject([{ bot: true, reaction_time: expect.any(Number) }]);
  expect((await ask(sandbox, "delete-reaction", { msg_id, emoji })).body.data).toEqual({});
  expect((await list(sandbox)).at(-1).reactions).toEqual([]);
  const again = await ask(sandbox, "delete-reaction", { msg_id, emoji });
  expect(again).toMatchObject({ status: 404, body: NOT_FOUND });
});

test("a reaction is refused without an emoji or a message", async () => {
  const sandbox = new Sandbox();
  const msg_id = await usersMessage(sandbox);
  for (const emoji of ["", "ok", "[#9999999;]"]) {
    expect((await ask(sandbox, "add-reaction", { msg_id, emoji })).code).toBe(40_000);
  }
  expect((await ask(sandbox, "add-reaction", { msg_id: "x", emoji: "👍" })).body).toMatchObject(
    NOT_FOUND,
  );
  expect((await ask(sandbox, "reaction-list?msg_id=x&emoji=1")).body).toMatchObject(NOT_FOUND);
});

test("each route has its own bucket", async () => {
  const sandbox = new Sandbox({ limit: 1 });
  await list(sandbox);
  expect((await ask(sandbox, `list?chat_code=${chat_code}`)).status).toBe(429);
  const sent = await ask(sandbox, "create", { chat_code, type: 9, content: "x" });
  expect(sent.headers.get("X-Rate-Limit-Bucket")).toBe("direct-message/create");
});

test("a late message is neither listed nor viewed for 2.5 seconds, and then is", async () => {
  let now = NEWEST;
  const sandbox = new Sandbox({ lateMs: 2_500, now: () => now });
  const id = await send(sandbox);
  now += 2_499;
  expect((await list(sandbox)).at(-1).id).not.toBe(id);
  expect((await view(sandbox, id)).body).toEqual(refusedMissing);
  expect((await allChats(sandbox))[0].latest_msg_time).toBe(NEWEST + 1);
  now += 1;
  expect((await list(sandbox)).at(-1).id).toBe(id);
  expect((await view(sandbox, id)).body.data.id).toBe(id);
});

test("the fault late-message delays only the message that it strikes", async () => {
  let now = NEWEST;
  const { url, close } = await serveSandbox(new Sandbox({ now: () => now }), 0, {
    fault: ({ body }) => (body.includes("late") ? faults.get("late-message") : undefined),
  });
  onTestFinished(close);
  const headers = { Authorization: `Bot ${SANDBOX_TOKEN}` };
  for (const content of ["late", "prompt"]) {
    const body = JSON.stringify({ chat_code, type: 9, content });
    const answer = await fetch(`${url}/direct-message/create`, { method: "POST", body, headers });
    expect(await answer.json()).toMatchObject({ code: 0 });
  }
  const contents = async () => {
    const answer = await fetch(`${url}/direct-message/list?chat_code=${chat_code}`, { headers });
    return ((await answer.json()) as Body).data.items.map(({ content }: Body) => content);
  };
  expect((await contents()).slice(-1)).toEqual(["prompt"]);
  expect(await contents()).not.toContain("late");
  now += 2_500;
  expect((await contents()).slice(-2)).toEqual(["late", "prompt"]);
});

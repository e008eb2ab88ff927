// A third-party KOOK client, the public Satori adapter, against the sandbox: does the sandbox behave like KOOK?
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import * as kook from "@satorijs/adapter-kook";
import { Context, HTTP } from "@satorijs/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { MAIN } from "../support/paths.ts";

// The adapter's type declarations do not resolve under Node's module rules.
type Calls = Record<
  | "getUserMe"
  | "getPrivateChatList"
  | "getPrivateChatView"
  | "createPrivateChat"
  | "deletePrivateChat"
  | "getDirectMessageList"
  | "createDirectMessage"
  | "updateDirectMessage"
  | "deleteDirectMessage"
  | "getDirectMessageReactionList"
  | "addDirectMessageReaction"
  | "deleteDirectMessageReaction",
  (parameters?: object) => Promise<unknown>
>;
const { Internal } = kook as unknown as { Internal: new (http: HTTP) => Calls };

let sandbox: ChildProcess;
let connect: (token?: string) => Calls;

beforeAll(async () => {
  sandbox = spawn(process.execPath, [MAIN, "sandbox"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [line] = await once(createInterface(sandbox.stdout as NodeJS.ReadableStream), "line");
  const { url, token } = JSON.parse(line);
  const context = new Context();
  context.plugin(HTTP);
  await new Promise<void>((resolve) => {
    context.inject(["http"], () => resolve());
  });
  connect = (sent = token) =>
    new Internal(context.http.extend({ endpoint: url, headers: { Authorization: `Bot ${sent}` } }));
});

afterAll(() => void sandbox.kill());

test("it reads the account of the bot", async () => {
  expect(await connect().getUserMe()).toMatchObject({ bot: true, identify_num: "0001" });
});

test("it lists chats, and a page size above 50 is reduced to 50", async () => {
  const page = await connect().getPrivateChatList({ page: 2, page_size: 100 });
  expect(page).toMatchObject({
    items: expect.objectContaining({ length: 50 }),
    meta: { page: 2, page_total: 10, page_size: 50, total: 480 },
    sort: { id: 1 },
  });
});

test("it views a chat", async () => {
  expect(await connect().getPrivateChatView({ chat_code: DOCUMENTED_CHAT.code })).toMatchObject({
    is_friend: false,
    target_info: { id: DOCUMENTED_CHAT.targetId },
  });
});

test("it opens a chat once, finds it the second time, and deletes it once", async () => {
  const client = connect();
  const chat = await client.createPrivateChat({ target_id: NEW_USER_ID });
  expect(await client.createPrivateChat({ target_id: NEW_USER_ID })).toEqual(chat);
  const { code } = chat as { code: string };
  expect(await client.deletePrivateChat({ chat_code: code })).toEqual({});
  await expect(client.getPrivateChatView({ chat_code: code })).rejects.toThrow("Not Found");
});

/** A message of the documented chat, or undefined. */
async function messageOf(client: Calls, id: string) {
  const page = await client.getDirectMessageList({ chat_code: DOCUMENTED_CHAT.code });
  return (page as { items: { id: string }[] }).items.find((message) => message.id === id);
}

const send = (client: Calls, parameters: object) =>
  client.createDirectMessage({ chat_code: DOCUMENTED_CHAT.code, ...parameters }) as Promise<{
    msg_id: string;
    msg_timestamp: number;
  }>;

test("it pages through messages by the id of the oldest", async () => {
  const client = connect();
  const list = async (parameters: object) => {
    const query = { chat_code: DOCUMENTED_CHAT.code, page_size: 15, ...parameters };
    return ((await client.getDirectMessageList(query)) as { items: { id: string }[] }).items;
  };
  const newest = await list({});
  const older = await list({ msg_id: newest[0]?.id, flag: "before" });
  expect(older.length).toBeGreaterThan(0);
  const ids = [...older, ...newest].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("it sends a message, edits it and deletes it", async () => {
  const client = connect();
  const { msg_id, msg_timestamp } = await send(client, { type: 9, content: "**你好**" });
  expect(await messageOf(client, msg_id)).toMatchObject({
    type: 9,
    content: "**你好**",
    create_at: msg_timestamp,
    updated_at: 0,
  });
  expect(await client.updateDirectMessage({ msg_id, content: "改了" })).toEqual({});
  expect(await messageOf(client, msg_id)).toMatchObject({ content: "改了" });
  expect(await client.deleteDirectMessage({ msg_id })).toEqual({});
  expect(await messageOf(client, msg_id)).toBeUndefined();
  await expect(client.deleteDirectMessage({ msg_id })).rejects.toThrow("Not Found");
});

test("it reacts to a message, finds itself among those who did, and takes the reaction off", async () => {
  const client = connect();
  const { msg_id } = await send(client, { type: 9, content: "好的" });
  const reaction = { msg_id, emoji: "👍" };
  expect(await client.addDirectMessageReaction(reaction)).toEqual({});
  expect(await client.getDirectMessageReactionList(reaction)).toMatchObject([{ bot: true }]);
  expect(await messageOf(client, msg_id)).toMatchObject({ reactions: [{ count: 1, me: true }] });
  expect(await client.deleteDirectMessageReaction(reaction)).toEqual({});
  await expect(client.deleteDirectMessageReaction(reaction)).rejects.toThrow("Not Found");
});

test("it is told in KOOK's words why a card or an image is refused", async () => {
  const client = connect();
  const card = JSON.stringify([{ type: "card", modules: [{ type: "divider" }] }]);
  const { msg_id } = await send(client, { type: 10, content: card });
  expect(await messageOf(client, msg_id)).toMatchObject({ type: 10 });
  await expect(send(client, { type: 10, content: "{" })).rejects.toThrow("json格式不正确");
  await expect(send(client, { type: 2, content: "cat.png" })).rejects.toThrow("Bad Request");
});

test("it is refused with a wrong token", async () => {
  await expect(connect("wrong").getPrivateChatList({})).rejects.toThrow("Unauthorized");
});

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
  | "deletePrivateChat",
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
    new Internal(context.http.extend({ baseURL: url, headers: { Authorization: `Bot ${sent}` } }));
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

test("it is refused with a wrong token", async () => {
  await expect(connect("wrong").getPrivateChatList({})).rejects.toThrow("Unauthorized");
});

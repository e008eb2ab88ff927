// Which chats may be seen, asked by chat code and by user id.
import { describe, expect, test } from "vitest";
import { Access } from "../../src/access/access.ts";
import { HiddenChatError, isMissing, TargetNotAllowedError } from "../../src/access/errors.ts";
import { KnownChats } from "../../src/access/known-chats.ts";
import { type Fetch, KookClient } from "../../src/kook/client.ts";
import { ApiError } from "../../src/kook/errors.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";

const { code, targetId } = DOCUMENTED_CHAT;
/** The second chat of the sandbox. */
const OTHER = { code: "8b4b47fb5cc065182e2049ad3b9243ca", targetId: "1000007926" };

function accessOver(fetch: Fetch, allowTargets?: string[]) {
  const requests: string[] = [];
  const client = new KookClient({
    fetch: (url, init) => {
      requests.push(new URL(url).pathname);
      return fetch(url, init);
    },
    token: { scheme: "Bot", value: SANDBOX_TOKEN },
    baseUrl: "https://kook.invalid/api/v3",
    timeoutMs: 1_000,
    maxWaitMs: 1_000,
  });
  return { access: new Access(client, allowTargets), requests };
}

const failure = (promise: Promise<unknown>) => promise.catch((error: unknown) => error);
const row = (chatCode: string, id: string | undefined) => ({
  code: chatCode,
  last_read_time: 0,
  latest_msg_time: 0,
  unread_count: 0,
  target_info: id === undefined ? undefined : { id, username: "", online: false, avatar: "" },
});

describe("without an allow-list", () => {
  test("every user and every chat may be seen", async () => {
    const { access } = accessOver(new Sandbox().fetch);
    expect(access.allowsUser(NEW_USER_ID)).toBe(true);
    expect(() => access.requireUser(NEW_USER_ID)).not.toThrow();
    expect((await access.viewChat(OTHER.code)).target_info?.id).toBe(OTHER.targetId);
  });

  test("a missing chat keeps KOOK's own refusal", async () => {
    const { access } = accessOver(new Sandbox().fetch);
    const error = await failure(access.viewChat("no-such"));
    expect(error).toBeInstanceOf(ApiError);
    expect(isMissing(error)).toBe(true);
  });
});

describe("with an allow-list", () => {
  test("an off-list user is refused without a request, existing or not", () => {
    const { access, requests } = accessOver(new Sandbox().fetch, [targetId]);
    for (const user of [OTHER.targetId, "404", ""]) {
      expect(access.allowsUser(user)).toBe(false);
      expect(() => access.requireUser(user)).toThrow(TargetNotAllowedError);
    }
    expect(requests).toEqual([]);
  });

  test("an off-list chat and a missing one take the same requests and end in the same error", async () => {
    const outcomes = [];
    for (const chatCode of [OTHER.code, "no-such"]) {
      const { access, requests } = accessOver(new Sandbox().fetch, [targetId]);
      const error = await failure(access.viewChat(chatCode));
      expect(error).toBeInstanceOf(HiddenChatError);
      expect(isMissing(error)).toBe(true);
      outcomes.push({ error, requests });
    }
    expect(outcomes[0]).toEqual(outcomes[1]);
  });

  test.each([
    [200, 40_000, "失败"],
    [400, 40_000, "会话不存在"],
    [200, 40_012, ""],
    [403, 403, "你没有权限进行此操作"],
  ])(
    "HTTP %i with code %i and %j on a view is the error of a missing chat",
    async (status, codeOfKook, message) => {
      const fetch: Fetch = async () =>
        Response.json({ code: codeOfKook, message, data: {} }, { status });
      const { access } = accessOver(fetch, [targetId]);
      await expect(access.viewChat(code)).rejects.toBeInstanceOf(HiddenChatError);
    },
  );

  test.each(["", "<html><body>404 Not Found</body></html>"])(
    "HTTP 404 with the body %j instead of an envelope is the error of a missing chat",
    async (body) => {
      const { access } = accessOver(async () => new Response(body, { status: 404 }), [targetId]);
      await expect(access.viewChat(code)).rejects.toBeInstanceOf(HiddenChatError);
    },
  );

  test.each([
    [401, 401, "", "bad_token"],
    [400, 40_000, "由于服务器维护", "maintenance"],
  ])(
    "HTTP %i with code %i and %j on a view keeps its reason",
    async (status, codeOfKook, message, reason) => {
      const fetch: Fetch = async () =>
        Response.json({ code: codeOfKook, message, data: {} }, { status });
      const { access } = accessOver(fetch, [targetId]);
      await expect(access.viewChat(code)).rejects.toMatchObject({ reason });
    },
  );

  test("an empty list lets no chat be seen, not all", async () => {
    const { access } = accessOver(new Sandbox().fetch, []);
    expect(access.allowsUser(targetId)).toBe(false);
    await expect(access.viewChat(code)).rejects.toBeInstanceOf(HiddenChatError);
  });

  test("a chat without a user is hidden", () => {
    const { access } = accessOver(new Sandbox().fetch, [targetId]);
    access.learn([row("abc", undefined)]);
    expect(access.knows("abc")).toBe(false);
  });

  test("only chats that may be seen are known, from lists and views", async () => {
    const { access } = accessOver(new Sandbox().fetch, [targetId]);
    access.learn([row("seen", targetId), row("hidden", OTHER.targetId)]);
    await failure(access.viewChat(OTHER.code));
    await access.viewChat(code);
    expect(["seen", "hidden", OTHER.code, code].filter((one) => access.knows(one))).toEqual([
      "seen",
      code,
    ]);
  });
});

test("known chats are bounded, and the oldest is dropped first", () => {
  const known = new KnownChats();
  for (let index = 0; index <= 10_000; index++) {
    known.add({ chatCode: `code-${index}`, targetId: String(index), username: "" }, true);
  }
  expect([known.get("code-0"), known.withUser("0")]).toEqual([undefined, undefined]);
  for (const id of ["1", "10000"]) {
    expect(known.withUser(id)).toBe(known.get(`code-${id}`));
    expect(known.get(`code-${id}`)).toBeDefined();
  }
});

import type { ElicitRequestFormParams, ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { call, connect } from "../support/connect.ts";

const { code: chat_code } = DOCUMENTED_CHAT;
const OTHER_CODE = "8b4b47fb5cc065182e2049ad3b9243ca";

let sandbox: Sandbox;
let deletes: number;
beforeEach(() => {
  sandbox = new Sandbox();
  deletes = 0;
});
afterEach(() => void vi.useRealTimers());

const fetch: Fetch = (url, init) => {
  if (url.endsWith("user-chat/delete")) deletes++;
  return sandbox.fetch(url, init);
};

const accept: ElicitResult = { action: "accept", content: {} };

async function tokenOf(client: Awaited<ReturnType<typeof connect>>, code = chat_code) {
  const { structured } = await call(client, "delete_chat", { chat_code: code });
  return structured?.["confirm_token"] as string;
}

describe("on a host that can ask a person", () => {
  test.each(["ask", "always"] as const)(
    "mode %s asks, and deletes when the person agrees",
    async (confirmDelete) => {
      const forms: unknown[] = [];
      const elicit = (form: unknown) => {
        forms.push(form);
        return accept;
      };
      const client = await connect({ fetch, confirmDelete, elicit });
      const { structured } = await call(client, "delete_chat", { chat_code });
      expect(structured).toEqual({ chat_code, deleted: true });
      expect(forms).toHaveLength(1);
    },
  );

  test("mode never does not ask", async () => {
    const elicit = () => Promise.reject(new Error("nobody may be asked"));
    const client = await connect({ fetch, confirmDelete: "never", elicit });
    const { structured } = await call(client, "delete_chat", { chat_code });
    expect(structured).toEqual({ chat_code, deleted: true });
  });

  test.each([
    ["decline", "declined", "the person said no"],
    ["cancel", "dismissed", "closed the question"],
  ] as const)("%s deletes nothing and is no error", async (action, answer, told) => {
    let changes = 0;
    const client = await connect({ fetch, elicit: () => ({ action }) });
    client.fallbackNotificationHandler = async () => void changes++;
    const result = await call(client, "delete_chat", { chat_code });
    expect(result.structured).toEqual({ chat_code, deleted: false, answer });
    expect(result.text).toContain(told);
    expect(result.isError).toBe(false);
    expect({ deletes, changes }).toEqual({ deletes: 0, changes: 0 });
  });

  test("a host that fails to ask deletes nothing, and the way out is told", async () => {
    const elicit = () => Promise.reject(new Error("no window"));
    const result = await call(await connect({ fetch, elicit }), "delete_chat", { chat_code });
    expect(result.isError).toBe(true);
    expect(result.text).toContain("nothing was deleted");
    expect(result.text).toContain("KOOK_CONFIRM_DELETE");
    expect(result.text).not.toContain("no window");
    expect(deletes).toBe(0);
  });

  test("an answer about another chat deletes nothing", async () => {
    const elicit = () => ({ action: "accept" as const, content: { chat: '"工具1" (1000007926)' } });
    const client = await connect({ fetch, elicit });
    const { structured } = await call(client, "delete_chat", { chat_code });
    expect(structured).toMatchObject({ deleted: false });
    expect(deletes).toBe(0);
  });

  test("a token does not stand in for the person", async () => {
    const client = await connect({
      fetch,
      confirmDelete: "always",
      elicit: () => ({ action: "decline" }),
    });
    const args = { chat_code, confirm_token: "0123456789abcdef" };
    expect((await call(client, "delete_chat", args)).structured).toMatchObject({ deleted: false });
    expect(deletes).toBe(0);
  });

  test("nobody is asked about a chat that is not there, or that this server has deleted", async () => {
    let asked = 0;
    const elicit = () => {
      asked++;
      return accept;
    };
    const client = await connect({ fetch, elicit });
    expect((await call(client, "delete_chat", { chat_code: "no-such" })).isError).toBe(true);
    expect(asked).toBe(0);
    await call(client, "delete_chat", { chat_code });
    const again = await call(client, "delete_chat", { chat_code });
    expect(again.structured).toMatchObject({ already_gone: true });
    expect(asked).toBe(1);
  });

  test("a person may take an hour, and the host hears a sign of life every ten seconds", async () => {
    vi.useFakeTimers({
      toFake: ["setTimeout", "setInterval", "clearTimeout", "clearInterval", "Date"],
    });
    const elicit = () =>
      new Promise<ElicitResult>((resolve) => setTimeout(() => resolve(accept), 3_600_000));
    const client = await connect({ fetch, elicit });
    let beats = 0;
    const deleting = client.callTool({ name: "delete_chat", arguments: { chat_code } }, undefined, {
      onprogress: () => void beats++,
      resetTimeoutOnProgress: true,
      timeout: 60_000,
    });
    await vi.advanceTimersByTimeAsync(3_600_000);
    vi.useRealTimers();
    expect((await deleting).structuredContent).toEqual({ chat_code, deleted: true });
    expect(beats).toBeGreaterThanOrEqual(360);
  });

  test("a call that the host gives up takes its question along and deletes nothing", async () => {
    let asked = () => {};
    let withdrawn = () => {};
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const isWithdrawn = new Promise<void>((resolve) => {
      withdrawn = resolve;
    });
    const client = await connect({
      fetch,
      elicit: (_form, signal) => {
        if (first) return { action: "decline" };
        signal.addEventListener("abort", () => withdrawn());
        asked();
        return new Promise(() => {});
      },
    });
    // The SDK's client cannot cancel the request with the id 0, which is the server's first.
    let first = true;
    await call(client, "delete_chat", { chat_code });
    first = false;
    const controller = new AbortController();
    const deleting = client
      .callTool({ name: "delete_chat", arguments: { chat_code } }, undefined, {
        signal: controller.signal,
      })
      .catch((error) => error);
    await isAsked;
    controller.abort("timed out");
    await deleting;
    await isWithdrawn;
    expect(deletes).toBe(0);
  });

  test.each([
    ["zh", "模型请求从机器人的会话列表中删除下面这个私信会话", "要删除的会话"],
    ["en", "A model asks to delete the private chat below", "Chat to delete"],
  ] as const)(
    "the question in %s names the chat in a field of its own, its only choice",
    async (language, message, title) => {
      let form: ElicitRequestFormParams | undefined;
      const elicit = (asked: ElicitRequestFormParams) => {
        form = asked;
        return { action: "decline" as const };
      };
      await call(await connect({ fetch, language, elicit }), "delete_chat", { chat_code });
      const named = '"夏天1" (3903536527)';
      expect(form?.message).toContain(message);
      expect(form?.message).not.toContain("夏天1");
      expect(form?.requestedSchema.properties["chat"]).toMatchObject({
        type: "string",
        title,
        description: expect.stringContaining(chat_code),
        enum: [named],
        default: named,
      });
    },
  );
});

describe("on a host that cannot ask a person", () => {
  test.each(["ask", "never"] as const)("mode %s deletes at once", async (confirmDelete) => {
    const { structured } = await call(await connect({ fetch, confirmDelete }), "delete_chat", {
      chat_code,
    });
    expect(structured).toEqual({ chat_code, deleted: true });
  });

  test("mode always previews the chat first, and deletes with the token that it gave", async () => {
    const client = await connect({ fetch, confirmDelete: "always" });
    const preview = await call(client, "delete_chat", { chat_code });
    const { confirm_token } = preview.structured as { confirm_token: string };
    expect(preview.structured).toEqual({
      chat_code,
      deleted: false,
      confirm_token,
      target_id: DOCUMENTED_CHAT.targetId,
      username: "夏天1",
      next: expect.stringContaining(`within 5 minutes with confirm_token ${confirm_token}.`),
    });
    expect(preview.text).toContain('"夏天1"');
    expect(preview.text).toContain(preview.structured?.["next"]);
    expect({ deletes, isError: preview.isError }).toEqual({ deletes: 0, isError: false });
    const deleted = await call(client, "delete_chat", { chat_code, confirm_token });
    expect(deleted.structured).toEqual({ chat_code, deleted: true });
  });

  async function refused(sent: (client: Awaited<ReturnType<typeof connect>>) => Promise<string>) {
    const client = await connect({ fetch, confirmDelete: "always" });
    const confirm_token = await sent(client);
    const before = deletes;
    const { structured, text } = await call(client, "delete_chat", { chat_code, confirm_token });
    expect(structured).toMatchObject({ deleted: false });
    expect(structured?.["confirm_token"]).not.toBe(confirm_token);
    expect(text).toContain("That confirm_token does not count");
    expect(structured?.["next"]).toContain("That confirm_token does not count");
    expect(deletes).toBe(before);
  }

  test("a token that was never given does not count", () =>
    refused(async () => "0123456789abcdef"));

  test("a token of another chat does not count", () =>
    refused((client) => tokenOf(client, OTHER_CODE)));

  test("a token that a newer one has replaced does not count", () =>
    refused(async (client) => {
      const first = await tokenOf(client);
      await tokenOf(client);
      return first;
    }));

  test("a token of another run of the server does not count", () =>
    refused(async () => tokenOf(await connect({ fetch, confirmDelete: "always" }))));

  test("a token does not count after five minutes", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    await refused(async (client) => {
      const token = await tokenOf(client);
      vi.setSystemTime(Date.now() + 300_000);
      return token;
    });
  });

  test("a token counts once, though the chat is opened again", async () => {
    const client = await connect({ fetch, confirmDelete: "always" });
    const replayed = { chat_code: OTHER_CODE, confirm_token: await tokenOf(client, OTHER_CODE) };
    const first = await call(client, "delete_chat", replayed);
    expect(first.structured).toMatchObject({ deleted: true });
    const opened = await call(client, "create_chat", { target_id: "1000007926" });
    expect(opened.structured).toMatchObject({ chat_code: OTHER_CODE });
    const second = await call(client, "delete_chat", replayed);
    expect(second.structured).toMatchObject({ deleted: false });
    expect(deletes).toBe(1);
  });

  test("a token counts again when the delete came to nothing", async () => {
    let broken = true;
    const client = await connect({
      confirmDelete: "always",
      fetch: async (url, init) => {
        if (broken && url.endsWith("user-chat/delete")) throw new Error("connection reset");
        return fetch(url, init);
      },
    });
    const args = { chat_code, confirm_token: await tokenOf(client) };
    const failed = await call(client, "delete_chat", args);
    expect(failed.text).toContain("It may be tried again");
    broken = false;
    expect((await call(client, "delete_chat", args)).structured).toMatchObject({ deleted: true });
  });

  test("one token deletes once, however many calls bring it at the same time", async () => {
    const client = await connect({ fetch, confirmDelete: "always" });
    const args = { chat_code, confirm_token: await tokenOf(client) };
    const calls = [1, 2, 3].map(() => call(client, "delete_chat", args));
    const deleted = (await Promise.all(calls)).map(({ structured }) => structured?.["deleted"]);
    expect(deleted.filter(Boolean)).toHaveLength(1);
    expect(deletes).toBe(1);
  });

  test("a hundred and one previews forget the oldest, and no more", async () => {
    const client = await connect({ fetch, confirmDelete: "always" });
    const { structured } = await call(client, "list_chats");
    const more = await call(client, "list_chats", { page: 2 });
    const last = await call(client, "list_chats", { page: 3, page_size: 50 });
    const codes = [structured, more.structured, last.structured]
      .flatMap((page) => page?.["chats"] as { chat_code: string }[])
      .slice(0, 101)
      .map((chat) => chat.chat_code);
    const tokens: string[] = [];
    for (const code of codes) tokens.push(await tokenOf(client, code));
    const attempt = async (index: number) =>
      (
        await call(client, "delete_chat", {
          chat_code: codes[index],
          confirm_token: tokens[index],
        })
      ).structured?.["deleted"];
    expect(await attempt(1)).toBe(true);
    expect(await attempt(0)).toBe(false);
  });

  test("read-only wins: there is nothing to confirm", async () => {
    const client = await connect({ fetch, readOnly: true, confirmDelete: "never" });
    await expect(call(client, "delete_chat", { chat_code })).rejects.toThrow("Unknown tool");
    expect(deletes).toBe(0);
  });
});

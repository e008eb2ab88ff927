// A one-shot call through a pipe: stdin ends while the call is in flight.
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { initialize, nextLine, request, startBuilt } from "../support/built.ts";
import { fakeKook, sandboxEnv, silentKook } from "../support/fake-kook.ts";

const listChats = request(1, "tools/call", { name: "list_chats", arguments: {} });

test("gets its answer from a KOOK that answers after the end of stdin", async () => {
  const env = await fakeKook(async (_, response) => {
    // The server reads the end of stdin together with the call. Nothing outside of it shows when.
    await sleep(300);
    const data = { items: [], meta: { page: 1, page_total: 1, page_size: 50, total: 0 }, sort: {} };
    response.end(JSON.stringify({ code: 0, message: "操作成功", data }));
  });
  const child = startBuilt([], env);
  child.stdin.end(initialize + listChats);
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  const answers = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(answers.map(({ id }) => id)).toEqual([0, 1]);
  expect(answers[1].result).toMatchObject({ structuredContent: { total: 0 } });
  expect(code).toBe(0);
});

test("gets a failure from a KOOK that does not answer, and the server exits", async () => {
  const { env } = await silentKook();
  const child = startBuilt(["--timeout-ms", "100"], env);
  child.stdin.end(initialize + listChats);
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  expect(JSON.parse(stdout.trim().split("\n")[1] ?? "")).toMatchObject({
    id: 1,
    result: { isError: true, content: [{ text: expect.stringContaining("within 100 ms") }] },
  });
  expect(code).toBe(0);
});

test("without a newline at its end gets its failure at the call's deadline", async () => {
  const { env } = await silentKook();
  // 45 s pass in 3 s.
  const fastClock = `
    const { now } = performance;
    performance.now = () => 15 * now.call(performance);
    const set = setTimeout;
    globalThis.setTimeout = (run, ms, ...args) => set(run, ms / 15, ...args);`;
  const NODE_OPTIONS = `--import data:text/javascript,${encodeURIComponent(fastClock)}`;
  const child = startBuilt(["--timeout-ms", "60000"], { ...env, NODE_OPTIONS });
  child.stdin.end(initialize + listChats.trim());
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  expect(JSON.parse(stdout.trim().split("\n")[1] ?? "{}")).toMatchObject({
    id: 1,
    result: { isError: true, content: [{ text: expect.stringMatching(/within 4\d{4} ms/) }] },
  });
  expect(code).toBe(0);
});

test("that needs a person's answer fails, because no answer can come", async () => {
  const child = startBuilt([], await sandboxEnv());
  const elicitation = initialize.replace('"capabilities":{}', '"capabilities":{"elicitation":{}}');
  child.stdin.write(elicitation);
  await nextLine(child.stdout);
  const list = request(1, "tools/call", { name: "list_chats", arguments: { page_size: 1 } });
  child.stdin.write(list);
  const listed = JSON.parse(await nextLine(child.stdout));
  const { chat_code } = listed.result.structuredContent.chats[0];
  child.stdin.write(request(2, "tools/call", { name: "delete_chat", arguments: { chat_code } }));
  const asked = JSON.parse(await nextLine(child.stdout));
  expect(asked.method).toBe("elicitation/create");
  const rest = text(child.stdout);
  child.stdin.end();
  const [exitCode] = await once(child, "exit");
  const [answer] = (await rest)
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(answer).toMatchObject({ id: 2, result: { isError: true } });
  expect(answer.result.content[0].text).toContain("could not be put to a person");
  expect(exitCode).toBe(0);
});

test("that is cancelled is not waited for", async () => {
  const { env, requested } = await silentKook();
  const child = startBuilt([], env);
  child.stdin.write(initialize + listChats);
  await requested;
  const params = { requestId: 1 };
  const cancel = { jsonrpc: "2.0", method: "notifications/cancelled", params };
  child.stdin.end(`${JSON.stringify(cancel)}\n`);
  const startedAt = performance.now();
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
  // Without the cancellation the call ends with its timeout of 10 s.
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test.skipIf(process.platform === "win32").each(["SIGTERM", "SIGINT", "SIGHUP"] as const)(
  "is dropped by %s, also after the end of stdin (Windows has no signals that a process can handle)",
  async (signal) => {
    const { env, requested } = await silentKook();
    const child = startBuilt([], env);
    child.stdin.end(initialize + listChats);
    await requested;
    child.kill(signal);
    const startedAt = performance.now();
    expect(await once(child, "exit")).toEqual([0, null]);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  },
);

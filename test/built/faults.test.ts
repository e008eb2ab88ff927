// The built server over stdio, against each fault that the sandbox can produce on loopback: what the model is told, no
// token in any output, and the server keeps serving.
import { readFileSync } from "node:fs";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faults, readdress } from "../../src/sandbox/faults/all.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { type ServedSandbox, type ServeOptions, serveSandbox } from "../../src/sandbox/serve.ts";
import type { Env } from "../support/built.ts";
import { call, connect } from "../support/connect.ts";
import { MAIN } from "../support/paths.ts";
import { type Attached, attach } from "../support/stdio-client.ts";

/** Of one attempt. Long enough for 40 concurrent requests on a busy machine: only the faults that never answer may meet it. */
const TIMEOUT_MS = 1_500;

/** The server at debug level, which logs the most. */
const start = (env: Env): Promise<Attached> =>
  attach(
    {
      args: [MAIN, "--log-level", "debug", "--timeout-ms", String(TIMEOUT_MS)],
      env: { KOOK_TOKEN: SANDBOX_TOKEN, ...env },
    },
    // Most tests here are concurrent; each calls end().
    () => {},
  );

const served: ServedSandbox[] = [];
afterAll(() => {
  for (const sandbox of served) sandbox.close();
});

async function serve(options: ServeOptions): Promise<string> {
  const sandbox = await serveSandbox(new Sandbox({ limit: 1_000_000 }), 0, options);
  served.push(sandbox);
  return sandbox.url;
}

/** The token in each encoding in which it might leak. */
const tokenForms = [
  SANDBOX_TOKEN,
  encodeURIComponent(SANDBOX_TOKEN),
  encodeURIComponent(SANDBOX_TOKEN).toLowerCase(),
  SANDBOX_TOKEN.replaceAll("/", "\\/"),
  btoa(SANDBOX_TOKEN).replace(/=+$/, ""),
  btoa(`Bot ${SANDBOX_TOKEN}`).replace(/=+$/, ""),
];

function expectNoToken(shown: string) {
  for (const form of tokenForms) expect(shown.toLowerCase()).not.toContain(form.toLowerCase());
}

/** How the text for a class of failure begins, here and in the documented table of errors. */
const told = {
  connection: "KOOK cannot be reached: ",
  timeout: "KOOK did not answer within ",
  malformed: "Unexpected response (HTTP ",
  server: "KOOK refused: code 500, HTTP 500, ",
} as const;

test("each class of failure is in the documented table of errors", () => {
  const table = readFileSync("docs/tools.md", "utf8").split("\n## Errors")[1] ?? "";
  for (const beginning of Object.values(told)) expect(table).toContain(`| ${beginning}`);
});

/** list_chats is called for a page of ten chats; the number of the page selects the case, and the fault. */
interface Case {
  fault: string;
  /** The error that the model reads. */
  error?: readonly [beginning: string, detail: string];
  /** The page that the model gets in spite of the fault; by default as the sandbox has it. */
  given?: (page: ListedPage) => object;
}

interface ListedPage {
  chats: Record<string, unknown>[];
  page: number;
  page_total: number;
  total: number;
  next_page: number;
}

const withoutTargets = (page: ListedPage) => ({
  ...page,
  chats: page.chats.map((chat) => ({ ...chat, target_id: "", username: "", online: false })),
});

const cases: readonly Case[] = [
  { fault: "html-200", error: [told.malformed, "(HTTP 200): an HTML page."] },
  { fault: "html-502", error: [told.malformed, "(HTTP 502): an HTML page."] },
  { fault: "server-error", error: [told.server, "系统错误"] },
  {
    fault: "redirect",
    error: [told.malformed, "(HTTP 302): a redirect, which is not followed; nothing was done."],
  },
  { fault: "empty", error: [told.malformed, "(HTTP 200): empty."] },
  { fault: "truncated-json", error: [told.malformed, "(HTTP 200): not valid JSON."] },
  { fault: "invalid-json", error: [told.malformed, "(HTTP 200): not valid JSON."] },
  {
    fault: "invalid-utf8",
    given: ({ chats, ...page }) => ({
      ...page,
      chats: chats.map((chat) => ({ ...chat, username: `\ufffd${chat["username"]}` })),
    }),
  },
  {
    fault: "data-list",
    error: [told.malformed, "(HTTP 200): `data` is missing or malformed."],
  },
  { fault: "target-missing", given: withoutTargets },
  { fault: "target-null", given: withoutTargets },
  { fault: "ids-numeric" },
  {
    fault: "ids-too-large",
    given: ({ chats, ...page }) => ({
      ...page,
      chats: chats.map((chat) => ({ ...chat, target_id: `9007199254${chat["target_id"]}` })),
    }),
  },
  {
    fault: "bad-row",
    given: ({ chats, ...page }) => ({
      ...page,
      chats: chats.filter((_, index) => index !== 1),
      stopped: "1 could not be read and is left out.",
    }),
  },
  {
    fault: "page-repeats",
    given: (page) => ({ ...page, page_total: page.page_total + 1 }),
  },
  { fault: "page-total-0" },
  { fault: "meta-yii" },
  {
    fault: "meta-missing",
    // A full page is never the last.
    given: (page) => ({
      ...page,
      page_total: page.next_page,
      total: page.page * 10,
      stopped: "KOOK did not say how many chats there are: there may be more.",
    }),
  },
  { fault: "meta-partial" },
  { fault: "times-fractional" },
  { fault: "times-seconds" },
  { fault: "not-found-40000", error: ["KOOK refused: code 40000, HTTP 400, ", "会话不存在"] },
  { fault: "not-found-40012", error: ["KOOK refused: code 40012, HTTP 200, ", "该数据不存在"] },
  { fault: "message-map", error: ["KOOK refused: code 40000, HTTP 400, ", "参数错误"] },
  { fault: "message-list", error: ["KOOK refused: code 40000, HTTP 400, ", "参数错误"] },
  { fault: "gzip" },
  // It delays created messages only.
  { fault: "late-message" },
  { fault: "gzip-broken", error: [told.malformed, "the compression is broken."] },
  { fault: "token-echoed", error: ["KOOK refused: code 40000, HTTP 400, ", "[token]"] },
  { fault: "huge-body", error: [told.malformed, "longer than 4 MiB."] },
  { fault: "reset-unheard", error: [told.connection, "the connection was"] },
  { fault: "reset-before-body", error: [told.connection, "the connection was"] },
  { fault: "reset-mid-body", error: [told.connection, "the connection was"] },
  { fault: "closed-mid-body", error: [told.connection, "the connection was closed in the middle"] },
  { fault: "no-answer", error: [told.timeout, `${TIMEOUT_MS} ms`] },
  { fault: "drip", error: [told.timeout, `${TIMEOUT_MS} ms`] },
];

test("there is a case for each fault that can strike a single request", () => {
  // A rate limit would hold back the bucket that the cases share; it has tests below.
  const all = [...faults.values()].filter(
    (fault) => !("readdress" in fault) && !fault.name.startsWith("rate-limit-"),
  );
  expect(cases.map(({ fault }) => fault).sort()).toEqual(all.map(({ name }) => name).sort());
});

describe.concurrent("a model that asks for a page", () => {
  let server: Attached;
  /** A client of the same sandbox without faults. */
  let whole: Client;
  const requests: string[] = [];
  const faultOf = (url: string) => {
    const page = Number(new URLSearchParams(url.split("?")[1]).get("page"));
    return faults.get(cases[page - 2]?.fault ?? "");
  };

  beforeAll(async () => {
    const url = await serve({
      fault: ({ url }) => faultOf(url),
      onRequest: (line) => requests.push(line),
    });
    server = await start({ KOOK_BASE_URL: url });
    whole = await connect({ fetch: new Sandbox({ limit: 1_000_000 }).fetch }, () => {});
    // Once the limit is known, the cases do not wait for one another.
    await call(server.client, "list_chats", { page: 1 });
  });

  afterAll(async () => {
    const { structured } = await call(server.client, "list_chats", { page: 1 });
    expect(structured).toMatchObject({ total: 480 });
    const stderr = await server.end();
    expect(stderr).toContain("user-chat/list 502");
    expect(stderr).not.toMatch(/Unhandled|Error:|\n {4}at /);
    expectNoToken(stderr);
    // The redirect was not followed.
    expect(requests.join("\n")).not.toContain("/elsewhere");
  });

  test.each(cases.map((given, index) => ({ ...given, page: index + 2 })))(
    "is told what is wrong, or given what can be read, under $fault",
    async ({ error, given, page }) => {
      const answer = await call(server.client, "list_chats", { page, page_size: 10 });
      expectNoToken(JSON.stringify(answer));
      if (error) {
        expect(answer.isError).toBe(true);
        expect(answer.text).toContain(error[1]);
        expect(answer.text.slice(0, error[0].length)).toBe(error[0]);
      } else {
        const { structured } = await call(whole, "list_chats", { page, page_size: 10 });
        const listed = structured as unknown as ListedPage;
        expect(listed.chats).toHaveLength(10);
        expect(answer.structured).toEqual(given?.(listed) ?? listed);
      }
    },
  );
});

test.concurrent.each(["meta-yii", "meta-missing", "meta-partial"])(
  "all chats are reached under %s, page by page and by a search",
  async (name) => {
    const url = await serve({ fault: () => faults.get(name) });
    const server = await start({ KOOK_BASE_URL: url });
    const codes = new Set<unknown>();
    let page: number | undefined = 1;
    while (page !== undefined) {
      const { structured } = await call(server.client, "list_chats", { page });
      const listed = structured as unknown as Partial<ListedPage>;
      for (const { chat_code } of listed.chats ?? []) codes.add(chat_code);
      page = listed.next_page;
    }
    expect(codes.size).toBe(480);
    const { structured } = await call(server.client, "list_chats", { query: "no such user" });
    expect(structured).toMatchObject({ chats: [], scanned: 480, total: 480, complete: true });
    await server.end();
  },
);

const rateLimits = [...faults.keys()].filter((name) => name.startsWith("rate-limit-"));

test.concurrent.each(rateLimits)("one refusal by %s is waited for and retried", async (name) => {
  const requests: string[] = [];
  const url = await serve({
    fault: () => (requests.length === 0 ? faults.get(name) : undefined),
    onRequest: (line) => requests.push(line),
  });
  const server = await start({ KOOK_BASE_URL: url });
  const { structured } = await call(server.client, "list_chats", { page_size: 10 });
  expect(structured).toMatchObject({ total: 480, chats: { length: 10 } });
  expect(requests).toHaveLength(2);
  expect(requests[0]).toContain(` 200 ${name}`);
  expect(await server.end()).toMatch(/user-chat\/list waits \d+ ms for the rate limit/);
});

test.concurrent.each(rateLimits)("lasting refusals by %s are a rate limit", async (name) => {
  const url = await serve({ fault: () => faults.get(name) });
  const server = await start({ KOOK_BASE_URL: url });
  const { text, isError } = await call(server.client, "list_chats");
  expect(isError).toBe(true);
  expect(text).toBe("KOOK's rate limit for this bot is used up. Wait 1 s before the next call.");
  await server.end();
});

test.concurrent("a page that repeats past the end is empty", async () => {
  const url = await serve({ fault: () => faults.get("page-repeats") });
  const server = await start({ KOOK_BASE_URL: url });
  const { structured } = await call(server.client, "list_chats", { page: 11 });
  expect(structured).toMatchObject({ chats: [], page_total: 11 });
  expect(structured).not.toHaveProperty("next_page");
  await server.end();
});

test.concurrent.each([
  ["refused", "nothing listens at the address (ECONNREFUSED)"],
  ["unknown-host", "the host name"],
  ["no-tls", "the TLS handshake failed"],
])("a model is told what is wrong with the address under %s", async (name, detail) => {
  const url = await serve({});
  const fault = faults.get(name);
  const server = await start({ KOOK_BASE_URL: fault ? readdress(fault, url) : "" });
  const answer = await call(server.client, "list_chats");
  expect(answer.text.startsWith(told.connection)).toBe(true);
  expect(answer.text).toContain(detail);
  expectNoToken(JSON.stringify(answer) + (await server.end()));
});

test.concurrent.each([
  ["reset-before-body", "delete_chat", { chat_code: DOCUMENTED_CHAT.code }, "Deleted chat"],
  ["no-answer", "delete_chat", { chat_code: DOCUMENTED_CHAT.code }, "Deleted chat"],
  ["reset-unheard", "delete_chat", { chat_code: DOCUMENTED_CHAT.code }, "the change was not made"],
  ["html-502", "create_chat", { target_id: NEW_USER_ID }, NEW_USER_ID],
  ["reset-unheard", "create_chat", { target_id: NEW_USER_ID }, "the change was not made"],
])("a change that is lost by %s is settled: %s", async (name, tool, args, outcome) => {
  const url = await serve({
    fault: ({ method }) => (method === "POST" ? faults.get(name) : undefined),
  });
  const server = await start({ KOOK_BASE_URL: url });
  // Only of a chat that the list has shown does its absence prove anything.
  await call(server.client, "list_chats");
  const answer = await call(server.client, tool, args);
  expect(answer.text).toContain(outcome);
  await server.end();
});

test.runIf(process.platform === "linux")(
  "a body of 1 GiB is cut off, not held in memory (reads /proc)",
  async () => {
    const url = await serve({ fault: () => faults.get("huge-body") });
    const { client, transport, end } = await start({ KOOK_BASE_URL: url });
    const { pid } = transport;
    const residentMiB = () =>
      Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
    await call(client, "list_chats", { page: 1 });
    const before = residentMiB();
    for (let page = 2; page < 12; page++) {
      expect((await call(client, "list_chats", { page })).text).toContain("longer than 4 MiB");
    }
    // The peak: one whole body would add 1 024 MiB. Each call reads up to 4 MiB three times, and
    // when the garbage is collected is Node's choice, so the bound is far above 4 MiB.
    expect(residentMiB() - before).toBeLessThan(256);
    await end();
  },
);

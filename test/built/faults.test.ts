// The built server over stdio, against each fault that the sandbox can produce on loopback: what the model is told, that
// the token shows nowhere, and that the server goes on.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { faults, readdress } from "../../src/sandbox/faults.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT, NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { type ServedSandbox, type ServeOptions, serveSandbox } from "../../src/sandbox/serve.ts";
import type { Env } from "../support/built.ts";
import { call } from "../support/connect.ts";
import { MAIN } from "../support/paths.ts";
import { type Attached, attach } from "../support/stdio-client.ts";

const TIMEOUT_MS = 400;

/** The server at debug level, where it logs all that it can log. */
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

/** The token in each form in which it might come back. */
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

/** How the documented table of errors begins what the model is told, by class of failure. */
const told = {
  connection: "KOOK cannot be reached: ",
  timeout: "KOOK did not answer within ",
  malformed: "The answer (HTTP ",
  server: "KOOK refused: code 500, HTTP 500, ",
} as const;

test("each class of failure is in the documented table of errors", () => {
  const table = readFileSync("docs/tools.md", "utf8").split("## Errors")[1] ?? "";
  for (const beginning of Object.values(told)) expect(table).toContain(`| ${beginning}`);
});

/** A page of ten chats is asked for; the number of the page says which fault strikes it. */
interface Case {
  fault: string;
  /** What the model is told, or what it is given in spite of the fault. */
  error?: readonly [beginning: string, detail: string];
  given?: object;
}

const whole = { total: 480, chats: { length: 10 } };
const withoutTargets = { total: 480, chats: { 0: { target_id: "", username: "" }, length: 10 } };

const cases: readonly Case[] = [
  {
    fault: "html-200",
    error: [told.malformed, "HTTP 200) is not one of KOOK's API: it is an HTML page"],
  },
  {
    fault: "html-502",
    error: [told.malformed, "HTTP 502) is not one of KOOK's API: it is an HTML page"],
  },
  { fault: "server-error", error: [told.server, "系统错误"] },
  {
    fault: "redirect",
    error: [told.malformed, "HTTP 302) is not one of KOOK's API: it redirects elsewhere"],
  },
  { fault: "empty", error: [told.malformed, "it is empty"] },
  { fault: "truncated-json", error: [told.malformed, "it is no valid JSON"] },
  { fault: "invalid-json", error: [told.malformed, "it is no valid JSON"] },
  {
    fault: "invalid-utf8",
    given: { total: 480, chats: { 0: { username: expect.stringContaining("\ufffd") } } },
  },
  { fault: "data-list", error: [told.malformed, "no `data` of the documented form"] },
  { fault: "target-missing", given: withoutTargets },
  { fault: "target-null", given: withoutTargets },
  {
    fault: "ids-numeric",
    given: { ...whole, chats: { 0: { target_id: expect.stringMatching(/^\d{10}$/) } } },
  },
  {
    fault: "ids-too-large",
    given: { ...whole, chats: { 0: { target_id: expect.stringMatching(/^9007199254\d{10}$/) } } },
  },
  { fault: "bad-row", given: { total: 480, skipped: 1, chats: { length: 9 } } },
  { fault: "page-repeats", given: whole },
  { fault: "page-total-0", given: { total: 480 } },
  { fault: "meta-yii", given: { chats: { length: 10 } } },
  { fault: "meta-missing", given: { chats: { length: 10 } } },
  { fault: "meta-partial", given: { chats: { length: 10 } } },
  { fault: "times-fractional", given: whole },
  { fault: "times-seconds", given: whole },
  { fault: "not-found-40000", error: ["KOOK refused: code 40000, HTTP 400, ", "会话不存在"] },
  { fault: "not-found-40012", error: ["KOOK refused: code 40012, HTTP 200, ", "该数据不存在"] },
  { fault: "message-map", error: ["KOOK refused: code 40000, HTTP 400, ", ""] },
  { fault: "message-list", error: ["KOOK refused: code 40000, HTTP 400, ", ""] },
  { fault: "gzip", given: whole },
  { fault: "gzip-broken", error: [told.malformed, "its compression is broken"] },
  { fault: "token-echoed", error: ["KOOK refused: code 40000, HTTP 400, ", "[token]"] },
  { fault: "huge-body", error: [told.malformed, "it is longer than 4 MiB"] },
  { fault: "reset-unheard", error: [told.connection, "the connection was"] },
  { fault: "reset-before-body", error: [told.connection, "the connection was"] },
  { fault: "reset-mid-body", error: [told.connection, "the connection was"] },
  { fault: "closed-mid-body", error: [told.connection, "the connection was closed in the middle"] },
  { fault: "no-answer", error: [told.timeout, `${TIMEOUT_MS} ms`] },
  { fault: "drip", error: [told.timeout, `${TIMEOUT_MS} ms`] },
];

test("there is a case for each fault that can strike a single request", () => {
  // A rate limit would hold back the bucket that the cases share.
  const all = [...faults.values()].filter(
    (fault) => !("readdress" in fault) && !fault.name.startsWith("rate-limit-"),
  );
  expect(cases.map(({ fault }) => fault).sort()).toEqual(all.map(({ name }) => name).sort());
});

describe.concurrent("a model that asks for a page", () => {
  let server: Attached;
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
    // The limit is learnt, so that the cases need not wait for one another.
    await call(server.client, "list_chats", { page: 1 });
  });

  afterAll(async () => {
    expect((await call(server.client, "list_chats", { page: 1 })).structured).toMatchObject({
      total: 480,
    });
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
        expect(answer.text.startsWith(error[0])).toBe(true);
        expect(answer.text).toContain(error[1]);
      } else expect(answer.structured).toMatchObject(given ?? {});
    },
  );
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
  const answer = await call(server.client, tool, args);
  expect(answer.text).toContain(outcome);
  await server.end();
});

test.runIf(process.platform === "linux")(
  "a body of 1 GiB is cut off without being taken in",
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
    // The peak, so that nothing that was taken in for a moment escapes; the bound of one body is 4 MiB.
    expect(residentMiB() - before).toBeLessThan(64);
    await end();
  },
);

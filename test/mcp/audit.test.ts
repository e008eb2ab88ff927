import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { auditFile } from "../../src/cli/audit-log.ts";
import type { AuditFile } from "../../src/mcp/audit.ts";
import { NEW_USER_ID } from "../../src/sandbox/seed.ts";
import { settled } from "../support/clock.ts";
import { call } from "../support/connect.ts";
import { agreeing, recordingKook, send, sending, USERS } from "../support/sending.ts";

const { summer, tool, ming } = USERS;
const { target_id, chat_code } = summer;
const text = "已经修好了，请再试一次";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "kook-audit-"));
  path = join(folder, "audit.jsonl");
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(folder, { recursive: true });
});

const lines = () =>
  readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("each change of any tool is a line with its time, ids, length, outcome and confirmation, and no contents", async () => {
  const kook = recordingKook();
  const { elicit } = agreeing();
  const client = await sending({ fetch: kook.fetch, elicit, auditFile: auditFile(path) });
  const { structured } = await send(client, [
    { target_id, text },
    { ...tool, reaction: "👍" },
  ]);
  const msg_id = structured.results?.[0]?.msg_id;
  await call(client, "edit_message", { target_id, msg_id, text: "新的" });
  await call(client, "delete_message", { target_id, msg_id });
  const { structured: created } = await call(client, "create_chat", { target_id: NEW_USER_ID });
  await call(client, "delete_chat", { chat_code: created?.["chat_code"] });
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  const whole = expect.stringMatching(new RegExp(`^${msg_id}-`));
  const message = { time, chat_code, target_id, msg_id: whole, confirmed: "form" };
  expect(lines()).toEqual([
    { ...message, tool: "send_messages", length: text.length, outcome: "sent" },
    {
      ...message,
      tool: "send_messages",
      chat_code: expect.any(String),
      ...tool,
      msg_id: expect.any(String),
      length: 2,
      outcome: "sent",
    },
    { ...message, tool: "edit_message", length: 2, outcome: "sent" },
    { ...message, tool: "delete_message", outcome: "done" },
    {
      time,
      tool: "create_chat",
      target_id: NEW_USER_ID,
      chat_code: created?.["chat_code"],
      outcome: "done",
      confirmed: "none",
    },
    {
      time,
      tool: "delete_chat",
      chat_code: created?.["chat_code"],
      target_id: NEW_USER_ID,
      outcome: "done",
      confirmed: "form",
    },
  ]);
  expect(readFileSync(path, "utf8")).not.toMatch(/修好|新的|夏天/);
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a refusal, a doubt and a token are lines too, and lines are appended to what was there", async () => {
  writeFileSync(path, "{}\n");
  const kook = recordingKook();
  const inMemory: string[] = [];
  const file: AuditFile = {
    // Real files do not answer while the clock is a fake one.
    open: async () => ({
      append: async (line) => void inMemory.push(line),
      close: async () => {},
    }),
  };
  const client = await sending({ fetch: kook.fetch, auditFile: file });
  const messages = [{ target_id, text }];
  const { confirm_token } = (await send(client, messages)).structured;
  expect(inMemory).toEqual([]);
  kook.next("direct-message/create", () =>
    Response.json({ code: 40_000, message: "你已被对方屏蔽", data: {} }, { status: 400 }),
  );
  await send(client, messages, confirm_token);
  const again = (await send(client, messages)).structured.confirm_token;
  kook.next("direct-message/create", () => Promise.reject(new Error("reset")));
  vi.useFakeTimers();
  await settled(send(client, messages, again));
  expect(inMemory.map((line) => JSON.parse(line))).toMatchObject([
    { outcome: "not_sent", confirmed: "token" },
    { outcome: "unknown", confirmed: "token" },
  ]);
  vi.useRealTimers();
  const onDisk = await sending({
    fetch: kook.fetch,
    confirmSend: "never",
    auditFile: auditFile(path),
  });
  await send(onDisk, [{ ...ming, text }]);
  expect(lines()).toMatchObject([{}, { outcome: "sent", confirmed: "none" }]);
});

test("what changes nothing is no line: reading, previews, a no, what was sent already", async () => {
  const kook = recordingKook();
  const options = { fetch: kook.fetch, auditFile: auditFile(path) };
  const client = await sending({ ...options, elicit: () => ({ action: "decline" }) });
  await call(client, "list_messages", { target_id });
  await send(client, [{ target_id, text }]);
  await call(client, "delete_chat", { chat_code });
  await send(await sending(options), [{ target_id, text }]);
  expect(() => readFileSync(path)).toThrow("ENOENT");
});

describe("a log that cannot be opened", () => {
  test.each([
    ["send_messages", { messages: [{ target_id, text }] }],
    ["create_chat", { target_id: NEW_USER_ID }],
    ["delete_chat", { chat_code }],
  ])("stops %s before anything is changed", async (name, args) => {
    const kook = recordingKook();
    const client = await sending({
      fetch: kook.fetch,
      confirmSend: "never",
      confirmDelete: "never",
      auditFile: auditFile(join(folder, "missing", "audit.jsonl")),
    });
    const answer = await call(client, name, args);
    expect(answer.text).toContain("The audit log (KOOK_AUDIT_LOG) cannot be opened (ENOENT)");
    expect(answer.text).toContain("nothing was changed");
    expect(kook.posts).toEqual([]);
  });

  test("is tried again with the next change", async () => {
    const kook = recordingKook();
    let isBroken = true;
    const file: AuditFile = {
      open: () => (isBroken ? Promise.reject(new Error()) : auditFile(path).open()),
    };
    const client = await sending({ fetch: kook.fetch, confirmSend: "never", auditFile: file });
    expect((await send(client, [{ target_id, text }])).structured.results).toMatchObject([
      { status: "not_sent" },
    ]);
    isBroken = false;
    expect((await send(client, [{ target_id, text }])).structured.results).toMatchObject([
      { status: "sent" },
    ]);
  });
});

test.runIf(process.platform === "linux")(
  "a line that cannot be written stands in the result, and stops all later changes (needs /dev/full)",
  async () => {
    const kook = recordingKook();
    const client = await sending({
      fetch: kook.fetch,
      confirmSend: "never",
      confirmDelete: "never",
      auditFile: auditFile("/dev/full"),
    });
    const first = await send(client, [
      { target_id, text },
      { ...ming, text },
    ]);
    const note = "The audit log could not be written after this change";
    expect(first.structured).toMatchObject({
      results: [{ status: "sent" }, { status: "not_sent" }],
      next: expect.stringContaining(note),
    });
    expect(first.text).toContain(note);
    expect(kook.posts).toHaveLength(1);
    for (const [name, args] of [
      ["send_messages", { messages: [{ ...tool, text }] }],
      ["delete_chat", { chat_code }],
      ["create_chat", { target_id: NEW_USER_ID }],
    ] as const) {
      const later = await call(client, name, args);
      expect(later.text).toContain("could not be written after a change");
    }
    expect(kook.posts).toHaveLength(1);
  },
);

test.runIf(process.platform === "linux")(
  "a failed line stands beside a result in every form, and beside an error (needs /dev/full)",
  async () => {
    for (const output of ["text", "structured"] as const) {
      const client = await sending({
        fetch: recordingKook().fetch,
        output,
        auditFile: auditFile("/dev/full"),
      });
      const created = await call(client, "create_chat", { target_id: NEW_USER_ID });
      const answer = output === "text" ? created.text : JSON.stringify(created.structured);
      expect(answer).toContain("The audit log could not be written after this change");
    }
    const kook = recordingKook();
    const client = await sending({
      fetch: kook.fetch,
      confirmDelete: "never",
      auditFile: auditFile("/dev/full"),
    });
    kook.next("user-chat/delete", () =>
      Response.json({ code: 40_300, message: "没有权限", data: {} }, { status: 403 }),
    );
    const refused = await call(client, "delete_chat", { chat_code });
    expect(refused.text).toMatch(/^The audit log could not be written[\s\S]*40300/);
  },
);

test.runIf(process.platform !== "win32")(
  "a pipe that nobody reads fails instead of blocking (needs mkfifo)",
  async () => {
    const { execFileSync } = await import("node:child_process");
    execFileSync("mkfifo", [path]);
    const client = await sending({
      fetch: recordingKook().fetch,
      confirmSend: "never",
      auditFile: auditFile(path),
    });
    const { structured } = await send(client, [{ target_id, text }]);
    expect(structured.results).toMatchObject([
      { status: "not_sent", why: expect.stringContaining("cannot be opened (ENXIO)") },
    ]);
  },
);

test("docs/tools.md and its Chinese version name the outcome of a chat that was already open", async () => {
  const client = await sending({ auditFile: auditFile(path) });
  await call(client, "create_chat", { target_id });
  const outcome = lines().at(-1)?.["outcome"];
  for (const page of ["docs/tools.md", "docs/tools.zh-CN.md"]) {
    const row = /^\| `outcome` \|.*$/m.exec(readFileSync(page, "utf8"))?.[0];
    expect(row, page).toContain(`\`${outcome}\``);
  }
});

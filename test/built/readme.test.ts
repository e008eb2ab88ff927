// Holds the examples, tables and errors in README.md, docs/tools.md and their Chinese twins against the program.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { ElicitRequestFormParams } from "@modelcontextprotocol/sdk/types.js";
import { expect, test } from "vitest";
import {
  HiddenChatError,
  RecipientNotAllowedError,
  TargetNotAllowedError,
} from "../../src/access/errors.ts";
import type { Scan } from "../../src/chats/scan.ts";
import { helpText } from "../../src/cli/help.ts";
import { parseEnvelope } from "../../src/kook/answer.ts";
import {
  ApiError,
  ConnectionError,
  DeadlineError,
  ProxyError,
  RateLimitError,
  TimeoutError,
  TokenError,
} from "../../src/kook/errors.ts";
import { LostAnswerError } from "../../src/kook/reconcile.ts";
import { chatAdvice } from "../../src/mcp/advice/chats.ts";
import { messageAdvice } from "../../src/mcp/advice/messages.ts";
import { sendingAdvice } from "../../src/mcp/advice/sending.ts";
import { AuditError } from "../../src/mcp/audit.ts";
import { ChangedError, ConfirmationError } from "../../src/mcp/confirmation.ts";
import { explainWith } from "../../src/mcp/failure.ts";
import { hintsOf } from "../../src/mcp/text/chats.ts";
import { structuredInbox } from "../../src/mcp/text/inbox.ts";
import { structuredPage } from "../../src/mcp/text/messages.ts";
import {
  AmbiguousMessageError,
  CursorError,
  ImageError,
  UnknownMessageError,
  UnknownUserError,
} from "../../src/messages/errors.ts";
import type { Message } from "../../src/messages/message.ts";
import {
  BroadcastError,
  DraftError,
  LeakError,
  NotTriedError,
  OwnMessageError,
  RecipientError,
  SendLimitError,
  TextError,
  UnsettledError,
} from "../../src/messages/send-errors.ts";
import { configOf } from "../support/config.ts";
import { call } from "../support/connect.ts";
import { blocksOf, chineseOf, fileText } from "../support/documents.ts";
import { temporaryFolder } from "../support/folder.ts";
import { connectBuilt, type Entry } from "../support/stdio-client.ts";

/** A field of a form. */
interface Field {
  title: string;
  description: string;
  default: string;
}

const toolDocuments = ["docs/tools.md", chineseOf("docs/tools.md")];

const connect = (flags: string[], options: Pick<Entry, "elicit"> = {}) =>
  connectBuilt(["--sandbox", ...flags], {}, options);

async function resource(client: Client, uri: string): Promise<Record<string, unknown>> {
  const [content] = (await client.readResource({ uri })).contents;
  return JSON.parse((content as { text: string }).text);
}

/** A row of a resource's list. */
interface Row {
  chat_code?: string;
  msg_id?: string;
}

const isSameRow = (one: Row, other: Row) =>
  one.chat_code === other.chat_code && one.msg_id === other.msg_id;

const EXAMPLE =
  /^example: (?:(kook:[^\s,]+)|(\w+) (\{.+?\}) (again )?(text|structured))(?:, (.+))?$/;

/** A confirm_token is random; the documents show the same one everywhere. */
const withFixedToken = (text: string) =>
  text.replace(/(confirm_token"?:?\s*"?)[0-9a-f]{16}/g, "$10123456789abcdef");

const READING = "--messages read";
const SENDING = "--messages read,send --time-zone Asia/Shanghai";

/** With messages, the sandbox moves its times up to now, and days begin at other lines. */
const withoutTimes = (text: string) =>
  text
    .replace(/^\d{4}-\d{2}-\d{2}\n/gm, "")
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/g, "TIME")
    .replace(/(?:\d{4}-)?(?:\d{2}-\d{2} )?\b\d{2}:\d{2}\b/g, "TIME")
    .replace(/(cursor"?:? ?"?)[0-9a-f]{4}-/g, "$1");

/** Texts and JSON as they are compared. */
const comparable = (text: string, flags: string) =>
  withFixedToken(flags.includes(READING) ? withoutTimes(text) : text).trimEnd();

test.each(["README.md", "docs/tools.md"])(
  "the examples in %s are what the sandbox answers",
  async (path) => {
    const clients = new Map<string, Client>();
    // The text and the structured form of one call follow each other.
    let last = { asked: "", result: {} as Awaited<ReturnType<typeof call>> };
    const examples = blocksOf(path).filter(({ mark }) => mark?.startsWith("example: "));
    expect(examples.length).toBeGreaterThan(2);
    for (const { mark = "", text } of examples) {
      const [, uri, tool = "", args = "", again = "", form, flags = ""] = EXAMPLE.exec(mark) ?? [];
      const client = clients.get(flags) ?? (await connect(flags.split(" ").filter(Boolean)));
      clients.set(flags, client);
      if (uri) {
        const content = await resource(client, uri);
        const shown = JSON.parse(text);
        // A document shows one row of a list.
        for (const [field, rows] of Object.entries(content).filter(([, rows]) =>
          Array.isArray(rows),
        )) {
          expect(shown[field], mark).toHaveLength(1);
          content[field] = (rows as Row[]).filter((row) => isSameRow(row, shown[field][0]));
        }
        const json = comparable(JSON.stringify(content), flags);
        expect(JSON.parse(comparable(JSON.stringify(shown), flags)), mark).toEqual(
          JSON.parse(json),
        );
        continue;
      }
      const asked = [tool, args, again, flags].join();
      if (asked !== last.asked)
        last = { asked, result: await call(client, tool, JSON.parse(args)) };
      const { result } = last;
      expect(result.isError, mark).toBe(false);
      if (form === "text") {
        expect(comparable(text, flags), mark).toBe(comparable(result.text, flags));
      } else {
        const structured = JSON.parse(comparable(JSON.stringify(result.structured), flags));
        const documented = JSON.parse(comparable(JSON.stringify(JSON.parse(text)), flags));
        expect(documented, mark).toEqual(structured);
      }
    }
  },
);

const CHAT_URI = /^kook:\/\/chats\/[0-9a-f]{32}$/;

test("the entries of lists in docs/tools.md are those of the sandbox", async () => {
  const shown = (list: string) => {
    const blocks = blocksOf("docs/tools.md").filter(({ mark }) => mark === `entries: ${list}`);
    expect(blocks, list).toHaveLength(1);
    return JSON.parse(blocks[0]?.text ?? "") as { uri: string }[];
  };
  const { resources } = await (await connect([])).listResources();
  const entries = shown("resources/list");
  const uris = entries.map(({ uri }) => uri);
  expect(resources.filter(({ uri }) => uris.includes(uri))).toEqual(entries);
  expect(resources.filter(({ uri }) => CHAT_URI.test(uri))).toHaveLength(100);
  const reading = await connect(READING.split(" "));
  const { resourceTemplates } = await reading.listResourceTemplates();
  expect(resourceTemplates).toEqual(shown("resources/templates/list"));
});

/** A form as the documents show it: its message, and two lines for each field. */
function linesOf({ message, requestedSchema }: ElicitRequestFormParams): string {
  const fields = Object.values(requestedSchema.properties) as unknown as Field[];
  const lines = fields.map((field) => `${field.title}: ${field.default}\n${field.description}`);
  return [message, ...lines].join("\n");
}

const QUESTION = /^question: (\S+) (\w+) (\{.+\})$/;

test("the questions in docs/tools.md are those that a person is asked", async () => {
  const questions = blocksOf("docs/tools.md").filter(({ mark }) => mark?.startsWith("question: "));
  expect(questions).toHaveLength(5);
  for (const { mark = "", text } of questions) {
    const [, language = "", tool = "", args = ""] = QUESTION.exec(mark) ?? [];
    const asked: string[] = [];
    const flags = tool === "delete_chat" ? "" : SENDING;
    const client = await connect([...flags.split(" ").filter(Boolean), "--language", language], {
      elicit(form) {
        asked.push(linesOf(form));
        return { action: "decline" };
      },
    });
    const { structured } = await call(client, tool, JSON.parse(args));
    expect(structured).toMatchObject({ answer: "declined" });
    expect(
      asked.map((form) => comparable(form, flags)),
      mark,
    ).toEqual([comparable(text, flags)]);
  }
});

test("the result after a no in docs/tools.md is what the sandbox answers", async () => {
  const blocks = blocksOf("docs/tools.md").filter(({ mark }) => mark?.startsWith("declined: "));
  expect(blocks).toHaveLength(1);
  const client = await connect(SENDING.split(" "), { elicit: () => ({ action: "decline" }) });
  for (const { mark = "", text } of blocks) {
    const [, tool = "", args = ""] = /^declined: (\w+) (\{.+\})$/.exec(mark) ?? [];
    const { structured } = await call(client, tool, JSON.parse(args));
    expect(JSON.parse(text), mark).toEqual(structured);
  }
});

test("the line of the audit log in docs/tools.md is what a send writes", async () => {
  const [block, ...more] = blocksOf("docs/tools.md").filter(({ mark }) =>
    mark?.startsWith("audit: "),
  );
  expect(more).toEqual([]);
  const [, tool = "", args = ""] = /^audit: (\w+) (\{.+\})$/.exec(block?.mark ?? "") ?? [];
  const path = join(temporaryFolder(), "audit.jsonl");
  const flags = [...SENDING.split(" "), "--audit-log", path];
  const client = await connect(flags, { elicit: () => ({ action: "accept", content: {} }) });
  await call(client, tool, JSON.parse(args));
  const [line = ""] = readFileSync(path, "utf8").split("\n");
  const withoutTime = (text = "") => text.trimEnd().replace(/"time":"[^"]+Z"/, "");
  expect(withoutTime(block?.text)).toBe(withoutTime(line));
});

/** Rows of a section's tables as cells; no cell contains a `|`. */
function rowsUnder(path: string, heading: RegExp): string[][] {
  const after = fileText(path).split(heading)[1] ?? "";
  const section = after.split(/^## /m)[0] ?? "";
  return [...section.matchAll(/^\| (.+) \|$/gm)].map(([, row = ""]) => row.split(" | "));
}

function realSettings() {
  return [
    ...helpText("serve", "en").matchAll(/^ {2}(KOOK_\w+)(?: +(--\S+))?(?: +default (\S+))?$/gm),
  ].map(([, env, flag = "", fallback = ""]) => [env, flag, fallback]);
}

test.each(["README.md", chineseOf("README.md")])(
  "the settings in %s are those of --help",
  (path) => {
    const documented = rowsUnder(path, /^## (?:Settings|设置)$/m)
      .filter(([env]) => env?.startsWith("`KOOK_"))
      .map((cells) => cells.slice(0, 3).map((cell) => cell.replaceAll(/^–$|`/g, "")));
    expect(realSettings().length).toBeGreaterThan(6);
    expect(documented).toEqual(realSettings());
  },
);

/** The failures of the documents' table, in its order. */
function failures(): unknown[] {
  const refused = (status: number, code: number, message: string) =>
    new ApiError({ status, code, message });
  const { token } = configOf();
  if (!("problem" in token)) throw new Error("there is a token");
  const lost = new TimeoutError(10_000);
  return [
    new TokenError(token.problem),
    refused(401, 401, "你的用户凭证不正确"),
    refused(404, 404, "该数据不存在或者你没有权限操作"),
    new HiddenChatError(),
    new TargetNotAllowedError(),
    refused(400, 40000, "无法发起私信"),
    refused(400, 40000, "你已被对方屏蔽"),
    refused(400, 40000, "由于服务器维护，暂时无法进行此操作"),
    refused(403, 403, "你没有权限进行此操作"),
    refused(400, 40000, "请求参数有误"),
    new RateLimitError(59),
    new RateLimitError(5, "unanswered"),
    lost,
    new DeadlineError(),
    new ConnectionError("the host name is not known (ENOTFOUND)", { sent: false }),
    new ConnectionError("the connection was reset (ECONNRESET)", { sent: true }),
    new ProxyError("HTTPS_PROXY", "wants a user name"),
    refused(500, 500, "系统错误"),
    failureOf(() => parseEnvelope(200, "<html>", String)),
    failureOf(() => parseEnvelope(302, "", String)),
    new LostAnswerError("not_done", lost),
    new LostAnswerError("unknown", lost),
    new ConfirmationError(),
  ];
}

function failureOf(parse: () => unknown): unknown {
  try {
    return parse();
  } catch (error) {
    return error;
  }
}

const ERRORS = /^## (?:Errors|错误)(?::|：).+$/m;

test.each(toolDocuments)("the errors in %s are those that a model is told", async (path) => {
  const rows = rowsUnder(path, ERRORS).slice(1);
  const documented = rows.map(([, told]) => told);
  const told = failures().map((error) =>
    explainWith(chatAdvice)(error)
      .replace(/(HTTP \d+, ")[^"]+"/, '$1…"')
      .replace(/(reached: ).+?\)\./, "$1….")
      .replace(/(HTTPS_PROXY names ).+?\. /, "$1…. ")
      .replace(/^KOOK did not answer within 10000 ms\. (?=The list|It is unknown)/, "… "),
  );
  const misspelt = await connectBuilt([], { KOOK_READONLY: "1" });
  const wrongSetting = await call(misspelt, "list_chats");
  const wrongArgument = await call(await connect([]), "list_chats", { page_size: 51 });
  expect(documented).toEqual([wrongSetting.text, ...told, wrongArgument.text]);
  for (const [, , todo] of rows) expect(todo).toMatch(/\S/);
});

/** The failures of the table about messages, in its order. */
function messageFailures(): unknown[] {
  const images = [0, 2];
  return [
    new ApiError({ status: 404, code: 404, message: "找不到资源" }),
    new TargetNotAllowedError(),
    new UnknownUserError(480, true),
    new UnknownUserError(1000, false),
    new UnknownMessageError(),
    new UnknownMessageError(500),
    new AmbiguousMessageError(["29b8d3f1a", "29b8d3f1c"]),
    new CursorError("expired"),
    new CursorError("other_search"),
    new ImageError("none"),
    new ImageError("index", images),
    new ImageError("not_an_image", images),
    new ImageError("host", images),
    new ImageError("redirect", images),
    new ImageError("gone", images),
    new ImageError("broken", images),
    new ImageError("too_large", images),
    new ImageError("format", images),
  ];
}

test.each(toolDocuments)(
  "the errors of reading in %s are those that a model is told",
  async (path) => {
    const rows = rowsUnder(path, /^## (?:Errors of reading messages|读取消息的错误)$/m).slice(1);
    const told = messageFailures().map((error) =>
      explainWith(messageAdvice)(error).replace(/(HTTP \d+, ")[^"]+"/, '$1…"'),
    );
    const client = await connect(READING.split(" "));
    const wrong = await call(client, "list_messages", { target_id: "1", before: "yesterday" });
    expect(rows.map(([, text]) => text)).toEqual([...told, wrong.text]);
    for (const [, , todo] of rows) expect(todo).toMatch(/\S/);
  },
);

/** The failures of the table about sending, in its order. */
function sendingFailures(): unknown[] {
  const refused = (code: number, message: string) => new ApiError({ status: 400, code, message });
  const texts = ["empty", "too_long", "token", "twice", "no_emoji", "no_message"] as const;
  return [
    new RecipientNotAllowedError(),
    new RecipientError("silent"),
    new RecipientError("deleted"),
    ...texts.map((reason) => new TextError(reason)),
    new DraftError(2, new TextError("empty")),
    new LeakError([{ target_id: "3903536527", username: "夏天1" }]),
    new BroadcastError(5),
    new SendLimitError(30, 0, 12),
    new ChangedError(),
    new NotTriedError(),
    new UnsettledError(),
    new OwnMessageError("not_own"),
    new OwnMessageError("no_text"),
    refused(40_000, "无法发起私信"),
    refused(40_014, "消息内容过长"),
    refused(40_000, "今日发送消息数已达上限"),
    new LostAnswerError("unknown", new TimeoutError(10_000)),
    new AuditError("open", "EACCES"),
    new AuditError("stopped"),
  ];
}

test.each(toolDocuments)(
  "the errors of sending in %s are those that a model is told",
  async (path) => {
    const rows = rowsUnder(path, /^## (?:Errors of sending messages|发送消息的错误)$/m).slice(1);
    const told = sendingFailures().map((error) =>
      explainWith(sendingAdvice)(error)
        .replace(/(HTTP \d+, ")[^"]+"/, '$1…"')
        .replace(/^KOOK did not answer within 10000 ms\. /, "… "),
    );
    const client = await connect(SENDING.split(" "));
    const wrong = await call(client, "send_messages", { messages: [{ target_id: "1" }] });
    expect(rows.map(([, text]) => text)).toEqual([...told, wrong.text]);
    for (const [, , todo] of rows) expect(todo).toMatch(/\S/);
  },
);

test.each(toolDocuments)(
  "the sentences of `stopped` about messages in %s are the program's",
  (path) => {
    const sentences = (heading: RegExp) =>
      rowsUnder(path, heading)
        .map(([first = ""]) => /^`([A-Z\d].+)`$/.exec(first)?.[1])
        .filter(Boolean);
    const chat = { chat_code: "c", target_id: "1", username: "" };
    /** Too many for a result. */
    const messages = Array.from({ length: 300 }, (_, index): Message => {
      const content = { text: "字".repeat(1_000), attachments: [], hidden: 0 };
      const id = String(index).padStart(8, "0");
      return { id, shortId: id, time: 0, from: "user", content, edited: false, reactions: [] };
    });
    const list = { page: 1, page_total: 1, total: 1, scanned: 1, complete: true };
    const inbox = { since: 0, lookedAt: 1, complete: false, chats: [], list };
    const long = { ...list, complete: false, next_page: 21 };
    const explain = () => "…";
    /** The documents count two. */
    const withTwo = (stopped = "") => stopped.replace(/^\d+/, "2");
    expect(sentences(/^## list_inbox$/m)).toEqual([
      structuredInbox({ ...inbox, stoppedBy: new DeadlineError() }, explain).stopped,
      structuredInbox({ ...inbox, list: long }, explain).stopped,
      withTwo(structuredInbox({ ...inbox, chats: [{ chat, messages }] }, explain).stopped),
    ]);
    expect(sentences(/^## list_messages$/m)).toEqual([
      withTwo(structuredPage({ chat, messages }, { limit: 50 }).stopped),
      structuredPage({ chat, messages: [], dropped: 2 }, { limit: 50 }).stopped,
    ]);
  },
);

test.each(toolDocuments)("the sentences of `stopped` in %s are the program's", (path) => {
  const rows = rowsUnder(path, /^## list_chats$/m);
  const sentences = rows.map(([first = ""]) => /^`([A-Z\d].+)`$/.exec(first)?.[1]).filter(Boolean);
  const stopped = (of: Partial<Scan>) => {
    const page = { chats: [], page: 1, page_total: 1, total: 3, scanned: 3, complete: false };
    return hintsOf({ ...page, ...of }, () => "…").stopped;
  };
  expect(sentences).toEqual([
    stopped({ stoppedBy: new DeadlineError() }),
    stopped({ skipped: 2 }),
    stopped({}),
    stopped({ complete: true, age_s: 47 }),
    stopped({ complete: true, uncounted: true }),
  ]);
});

test.each(toolDocuments)("%s has each result field and each `_meta` key", async (path) => {
  const { tools } = await (await connect(SENDING.split(" "))).listTools();
  for (const { name, outputSchema, _meta } of tools) {
    for (const field of Object.keys(outputSchema?.properties ?? {})) {
      expect(fileText(path), name).toMatch(new RegExp(`[\`"]${field}[\`"]`));
    }
    for (const key of Object.keys(_meta ?? {})) expect(fileText(path)).toContain(`\`${key}\``);
  }
});

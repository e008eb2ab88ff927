// The examples, tables and errors in README.md and docs/tools.md, held against the program.
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { expect, test } from "vitest";
import { HiddenChatError, TargetNotAllowedError } from "../../src/access/errors.ts";
import { helpText } from "../../src/cli/help.ts";
import {
  ApiError,
  ConnectionError,
  MalformedAnswerError,
  ProxyError,
  RateLimitError,
  TimeoutError,
  TokenError,
} from "../../src/kook/errors.ts";
import { LostAnswerError } from "../../src/kook/reconcile.ts";
import { chatAdvice } from "../../src/mcp/advice/chats.ts";
import { ConfirmationError } from "../../src/mcp/confirmation.ts";
import { explainWith } from "../../src/mcp/failure.ts";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { configOf } from "../support/config.ts";
import { call } from "../support/connect.ts";
import { blocksOf, chineseOf, fileText } from "../support/documents.ts";
import { connectBuilt, type Entry } from "../support/stdio-client.ts";

/** The field of a question that names the chat. */
interface Field {
  title: string;
  description: string;
  default: string;
}

const connect = (flags: string[], options: Pick<Entry, "elicit"> = {}) =>
  connectBuilt(["--sandbox", ...flags], {}, options);

async function resource(client: Client, uri: string): Promise<Record<string, unknown>> {
  const [content] = (await client.readResource({ uri })).contents;
  return JSON.parse((content as { text: string }).text);
}

const EXAMPLE = /^example: (?:(kook:\S+)|(\w+) (\{.+?\}) (again )?(text|structured)(?:, (.+))?)$/;

/** A token is made by chance; the documents show one for all. */
const withoutChance = (text: string) =>
  text.replace(/(confirm_token"?:?\s*"?)[0-9a-f]{16}/g, "$10123456789abcdef");

test.each(["README.md", "docs/tools.md"])(
  "the examples in %s are what the sandbox answers",
  async (path) => {
    const clients = new Map<string, Client>();
    // The two forms of one call stand one after the other.
    let last = { asked: "", result: {} as Awaited<ReturnType<typeof call>> };
    const examples = blocksOf(path).filter(({ mark }) => mark?.startsWith("example: "));
    expect(examples.length).toBeGreaterThan(2);
    for (const { mark = "", text } of examples) {
      const [, uri, tool = "", args = "", again = "", form, flags = ""] = EXAMPLE.exec(mark) ?? [];
      const client = clients.get(flags) ?? (await connect(flags.split(" ").filter(Boolean)));
      clients.set(flags, client);
      if (uri) {
        const content = await resource(client, uri);
        const chats = content["chats"] as unknown[] | undefined;
        const shown = chats ? { ...content, chats: chats.slice(0, 1) } : content;
        expect(JSON.parse(text), mark).toEqual(shown);
        continue;
      }
      const asked = [tool, args, again, flags].join();
      if (asked !== last.asked)
        last = { asked, result: await call(client, tool, JSON.parse(args)) };
      const { result } = last;
      expect(result.isError, mark).toBe(false);
      if (form === "text") expect(text, mark).toBe(withoutChance(result.text));
      else {
        const structured = JSON.parse(withoutChance(JSON.stringify(result.structured)));
        expect(JSON.parse(text), mark).toEqual(structured);
      }
    }
  },
);

test("the questions in docs/tools.md are those that a person is asked", async () => {
  const { targetId, code: chat_code } = DOCUMENTED_CHAT;
  const questions = blocksOf("docs/tools.md").filter(({ mark }) => mark?.startsWith("question: "));
  expect(questions).toHaveLength(2);
  for (const { mark = "", text } of questions) {
    const asked: string[] = [];
    const flags = ["--language", mark.slice("question: ".length)];
    const client = await connect(flags, {
      elicit({ message, requestedSchema }) {
        const { title, description, default: chosen } = requestedSchema.properties["chat"] as Field;
        asked.push(message, `${title}: ${chosen}`, description);
        return { action: "decline" };
      },
    });
    const { structured } = await call(client, "delete_chat", { chat_code });
    expect(structured).toMatchObject({ deleted: false, answer: "declined" });
    expect(text).toBe(asked.join("\n"));
    expect(text).toContain(targetId);
  }
});

/** Rows of a table as cells; a `|` inside a cell does not occur. */
function rowsUnder(path: string, heading: RegExp): string[][] {
  const after = fileText(path).split(heading)[1] ?? "";
  const section = after.split(/^## /m)[0] ?? "";
  return [...section.matchAll(/^\| (.+) \|$/gm)].map(([, row = ""]) => row.split(" | "));
}

function realSettings() {
  return [...helpText().matchAll(/^ {2}(KOOK_\w+)(?: +(--\S+))?(?: +default (\S+))?$/gm)].map(
    ([, env, flag = "", fallback = ""]) => [env, flag, fallback],
  );
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

/** The failures of the documents' table, row by row. KOOK's own message is `…`, as there. */
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
    new RateLimitError(59),
    new RateLimitError(5, "unanswered"),
    lost,
    new ConnectionError("its host name is not known (ENOTFOUND)", { sent: false }),
    new ProxyError("HTTPS_PROXY", "wants a user name"),
    refused(500, 500, "系统错误"),
    new MalformedAnswerError(200, "it is an HTML page"),
    new LostAnswerError("not_done", lost),
    new LostAnswerError("unknown", lost),
    new ConfirmationError(),
  ];
}

test.each(["docs/tools.md", chineseOf("docs/tools.md")])(
  "the errors in %s are those that a model is told",
  async (path) => {
    const rows = rowsUnder(path, /^## (?:Errors|错误)$/m).slice(1);
    const documented = rows.map(([, told]) => told);
    const told = failures().map((error) =>
      explainWith(chatAdvice)(error)
        .replace(/(HTTP \d+, ")[^"]+"/, '$1…"')
        .replace(/(reached: ).+?\)\./, "$1….")
        .replace(/(HTTPS_PROXY names ).+?\. /, "$1…. ")
        .replace(
          /^KOOK did not answer within 10000 ms\. Try again later\. (?=The chats|Whether)/,
          "… ",
        ),
    );
    const wrongArgument = await call(await connect([]), "list_chats", { page_size: 51 });
    expect(documented).toEqual([...told, wrongArgument.text]);
  },
);

// Causes each failure of a set-up on the built file, as a host starts it, and compares the words with those that
// docs/troubleshooting.md quotes.
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { createServer as createTcpServer } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { SANDBOX_TOKEN } from "../../src/sandbox/sandbox.ts";
import type { Env } from "../support/built.ts";
import { call } from "../support/connect.ts";
import { blocksOf, fileText } from "../support/documents.ts";
import { closedPort, fakeKook, listen, sandboxEnv, UNKNOWN_TOKEN } from "../support/fake-kook.ts";
import { MAIN, projectFile } from "../support/paths.ts";
import { attach, type Entry } from "../support/stdio-client.ts";

const quotes = new Map(
  blocksOf("docs/troubleshooting.md")
    .filter(({ mark }) => mark?.startsWith("shown: "))
    .map(({ mark = "", text }) => [mark.slice("shown: ".length), text]),
);
const tried = new Set<string>();

/** The words that the document quotes for a failure. */
function quoted(name: string): string {
  tried.add(name);
  const words = quotes.get(name);
  if (words === undefined) throw new Error(`docs/troubleshooting.md quotes nothing for ${name}`);
  return words;
}

/** The text of the first call, which must fail. */
async function firstCall(env: Env): Promise<string> {
  const { client } = await attach({ env });
  const { text, isError } = await call(client, "list_chats");
  expect(isError).toBe(true);
  return text;
}

/** The sandbox, without a token unless one is given. */
async function sandbox(token?: string): Promise<Env> {
  const { KOOK_BASE_URL, ...rest } = await sandboxEnv(token);
  return { KOOK_BASE_URL, ...(token !== undefined && rest) };
}

describe("where a host cannot start the server", () => {
  test.each(["node", "npx"])("the host says that it does not find %s", async (command) => {
    const { errors } = await attach({ command, args: [MAIN], env: { PATH: "/nowhere" } });
    expect([...errors]).toEqual([quoted(`no ${command}`)]);
  });

  test("a wrong path closes the connection, and the log has Node's error", async () => {
    const { errors, log } = await attach({ args: ["/path/to/kook-chat-mcp/dist/main.js"] });
    expect([...errors]).toContain("MCP error -32000: Connection closed");
    expect(fileText("docs/troubleshooting.md")).toContain("MCP error -32000: Connection closed");
    expect(log).toContain(`${quoted("wrong path")}\n`);
  });

  test("the log names the version and path of a Node that is too old", async () => {
    // A newer Node that says it is older: a real old one would be a download of 40 MB.
    const older = 'Object.defineProperty(process, "versions", { value: { node: "18.20.8" } })';
    const args = ["--import", `data:text/javascript,${encodeURIComponent(older)}`, MAIN];
    const { errors, log } = await attach({ args });
    expect([...errors]).toContain("MCP error -32000: Connection closed");
    expect(log.replace(process.execPath, "/usr/bin/node")).toBe(`${quoted("old node")}\n`);
  });

  test("a relative path starts at the host's folder", async () => {
    const { log } = await attach({ args: ["dist/main.js"], cwd: "/" });
    expect(log).toContain("Error: Cannot find module '/dist/main.js'");
  });

  test("the host reads the output of a wrapper script as a message", async () => {
    const script = `echo Starting…; exec '${process.execPath}' '${MAIN}' --sandbox`;
    const { errors } = await attach({ command: "sh", args: ["-c", script] });
    expect([...errors]).toEqual([quoted("polluted stdout")]);
  });
});

describe("a wrong setting", () => {
  const starts: [string, Entry][] = [
    ["setting typo", { args: [MAIN, "--read-onyl"] }],
    ["variable typo", { env: { KOOK_READONLY: "1" } }],
    ["setting value", { env: { KOOK_CONFIRM_DELETE: "yes" } }],
    ["token flag", { args: [MAIN, "--token", "1/abc=/def=="] }],
    ["plain http", { env: { KOOK_BASE_URL: "http://www.kookapp.cn/api/v3" } }],
  ];

  test.each(starts)("(%s) is named by each call and by the log", async (name, start) => {
    const seen = await attach(start);
    const { text, isError } = await call(seen.client, "list_chats");
    expect({ text, isError }).toEqual({ text: quoted(name), isError: true });
    expect(seen.log).toBe(`kook-chat-mcp error: ${quoted(name)}\n`);
  });
});

test("the server starts without PATH and HOME, in any folder", () => {
  const request = { jsonrpc: "2.0", id: 1, method: "ping" };
  const { status, stdout } = spawnSync(process.execPath, [MAIN], {
    cwd: "/",
    env: {},
    input: `${JSON.stringify(request)}\n`,
    encoding: "utf8",
  });
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ jsonrpc: "2.0", id: 1, result: {} });
});

describe("a Windows path in JSON", () => {
  test("with single backslashes is a syntax error or another path", () => {
    expect(() => JSON.parse(String.raw`{ "path": "C:\kook\main.js" }`)).toThrow();
    const { path } = JSON.parse(String.raw`{ "path": "C:\node\tools\bot.js" }`);
    expect(path).toBe("C:\node\tools\bot.js");
  });

  test("has double backslashes in the documents", () => {
    const [windows] = blocksOf("docs/hosts.md").filter(
      ({ text }) => text.includes('main.js"]') && text.includes("C:"),
    );
    const [path] = JSON.parse(windows?.text ?? "").mcpServers.kook.args;
    expect(path).toBe(String.raw`C:\path\to\kook-chat-mcp\dist\main.js`);
  });
});

describe("the token", () => {
  test("that is missing is named, with where to get one", async () => {
    expect(await firstCall(await sandbox())).toBe(quoted("no token"));
  });

  test("that the host did not fill in counts as missing", async () => {
    for (const literal of ["KOOK_TOKEN", "env:KOOK_TOKEN", "input:kook-token"].map(
      (name) => `$\{${name}}`,
    )) {
      expect(await firstCall(await sandbox(literal))).toBe(quoted("no token"));
    }
  });

  test("that is still the example's placeholder is refused before a request", async () => {
    for (const words of ["paste the bot's token here", "在此粘贴机器人的 Token"]) {
      expect(await firstCall(await sandbox(words))).toBe(quoted("placeholder"));
    }
  });

  test("that KOOK does not know, cut short or of OAuth, is refused by KOOK", async () => {
    const tokens = ["1/MTIzNDU=/abcdefghijklmnop==", SANDBOX_TOKEN.slice(0, -1), "Bearer 3f1c7d"];
    for (const token of tokens) {
      expect(await firstCall(await sandbox(token)), token).toBe(quoted("refused token"));
    }
  });

  test.each([`\n Bot ${SANDBOX_TOKEN} \n`, `"${SANDBOX_TOKEN}"`])(
    "is accepted with `Bot `, white space or quotation marks around it: %j",
    async (token) => {
      const { client } = await attach({ env: await sandbox(token) });
      expect((await call(client, "list_chats")).text).toContain("480 chats");
    },
  );

  test("in a file that does not exist is named with the file", async () => {
    const env = { ...(await sandbox()), KOOK_TOKEN_FILE: "/path/to/token" };
    expect(await firstCall(env)).toBe(quoted("token file"));
  });

  test("that is missing does not keep the server from starting, and is in the log", async () => {
    const { client, log } = await attach({});
    expect((await client.listTools()).tools).not.toEqual([]);
    expect(log).toContain("No KOOK token is set");
  });
});

describe("the network", () => {
  const token = { KOOK_TOKEN: UNKNOWN_TOKEN };

  test("does not know the host name", async () => {
    const env = { ...token, KOOK_BASE_URL: "https://kook.invalid/api/v3" };
    // A machine without a network says EAI_AGAIN.
    const text = (await firstCall(env)).replace(
      "the host name cannot be looked up now (EAI_AGAIN)",
      "the host name is not known (ENOTFOUND)",
    );
    expect(text).toBe(quoted("no name"));
  });

  test("has no server at the address", async () => {
    const env = { ...token, KOOK_BASE_URL: `http://127.0.0.1:${await closedPort()}/api/v3` };
    expect(await firstCall(env)).toBe(quoted("nothing listens"));
  });

  test("gives no answer in time", async () => {
    const port = await listen(
      createTcpServer((socket) => onTestFinished(() => void socket.destroy())),
    );
    const env = {
      ...token,
      KOOK_BASE_URL: `http://127.0.0.1:${port}/api/v3`,
      KOOK_TIMEOUT_MS: "300",
    };
    expect(await firstCall(env)).toBe(quoted("no answer"));
  });

  test("has a proxy that does not run", async () => {
    const proxy = `http://127.0.0.1:${await closedPort()}`;
    const env = { ...token, KOOK_BASE_URL: "https://kook.invalid/api/v3", HTTPS_PROXY: proxy };
    expect(await firstCall(env)).toBe(quoted("proxy down"));
  });

  test("has a SOCKS proxy", async () => {
    const env = { ...token, ALL_PROXY: "socks5://127.0.0.1:1080" };
    expect(await firstCall(env)).toBe(quoted("socks proxy"));
  });

  test("has a proxy that wants a password", async () => {
    const server = createServer();
    server.on("connect", (_request, socket) =>
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n"),
    );
    const proxy = `http://127.0.0.1:${await listen(server)}`;
    const env = { ...token, KOOK_BASE_URL: "https://kook.invalid/api/v3", HTTPS_PROXY: proxy };
    expect(await firstCall(env)).toBe(quoted("proxy password"));
  });

  test("intercepts TLS, until NODE_EXTRA_CA_CERTS names its certificate", async () => {
    const certificate = "test/fixtures/tls/localhost.pem";
    const key = fileText("test/fixtures/tls/key.pem");
    const body = JSON.stringify({ code: 401, message: "你的用户凭证不正确", data: {} });
    const server = createTlsServer({ key, cert: fileText(certificate) }, (_request, response) =>
      response.writeHead(401, { Connection: "close" }).end(body),
    );
    const env = { ...token, KOOK_BASE_URL: `https://localhost:${await listen(server)}/api/v3` };
    expect(await firstCall(env)).toBe(quoted("strange certificate"));
    const path = projectFile(certificate);
    expect(await firstCall({ ...env, NODE_EXTRA_CA_CERTS: path })).toBe(quoted("refused token"));
  });

  test("answers with a login page or a redirect instead of KOOK", async () => {
    const page = await fakeKook((_request, response) =>
      response.setHeader("Connection", "close").end("<html>Please log in</html>"),
    );
    expect(await firstCall(page)).toBe(quoted("login page"));
    const redirect = await fakeKook((_request, response) =>
      response.writeHead(302, { Location: "http://login.invalid/", Connection: "close" }).end(),
    );
    expect(await firstCall(redirect)).toBe(quoted("redirect"));
  });
});

test("Node without WebAssembly is named, with the option to remove", async () => {
  const env = { KOOK_TOKEN: UNKNOWN_TOKEN, NODE_OPTIONS: "--jitless" };
  expect(await firstCall(env)).toBe(quoted("jitless"));
});

describe("a send", () => {
  const users = { answered: "1000166306", silent: "1002367788" };

  /** The `next` that a model gets for the last of these texts to a user, without a question. */
  async function told(flags: string[], target_id: string, ...texts: string[]): Promise<string> {
    const always = ["--sandbox", "--messages", "read,send", "--confirm-send", "never"];
    const { client } = await attach({ args: [MAIN, ...always, ...flags] });
    let answer = "";
    for (const text of texts) {
      answer = (await call(client, "send_messages", { messages: [{ target_id, text }] })).text;
    }
    return answer;
  }

  test("to a user whom KOOK_SEND_TO does not name is refused", async () => {
    expect(await told(["--send-to", "1"], users.answered, "你好")).toBe(quoted("send to"));
  });

  test("to a user who has not written lately is refused", async () => {
    expect(await told([], users.silent, "你好")).toBe(quoted("silent user"));
  });

  test("with an audit log that cannot be opened sends nothing", async () => {
    const flags = ["--audit-log", "/path/to/kook-audit.jsonl"];
    const lines = await told(flags, users.answered, "你好");
    expect(lines).toContain("not_sent");
    expect(lines).toContain(quoted("audit log"));
  });

  test("beyond KOOK_SEND_LIMIT is refused", async () => {
    const limited = await told(["--send-limit", "1"], users.answered, "你好", "在吗");
    expect(limited.replace("is 1 an hour", "is 30 an hour")).toBe(quoted("send limit"));
  });
});

test("every failure that the document quotes is caused above", () => {
  expect([...quotes.keys()].filter((name) => !tried.has(name))).toEqual([]);
});

test("the document's command names the place of a surplus comma", () => {
  const program = "JSON.parse(process.argv[1]) && 'OK'";
  const { status, stderr } = spawnSync(process.execPath, ["-p", program, '{"a": 1,}'], {
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toContain("in JSON at position 8");
});

// Ways in which a set-up fails, each caused on the built file as a host starts it, and compared with the words that
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

/** What the first call says. */
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

describe("a host that cannot start the server", () => {
  test.each(["node", "npx"])("says that %s is not to be found", async (command) => {
    const { errors } = await attach({ command, args: [MAIN], env: { PATH: "/nowhere" } });
    expect([...errors]).toEqual([quoted(`no ${command}`)]);
  });

  test("sees the connection closed, and Node's words in the log, where the path is wrong", async () => {
    const { errors, log } = await attach({ args: ["/path/to/kook-chat-mcp/dist/main.js"] });
    expect([...errors]).toContain("MCP error -32000: Connection closed");
    expect(fileText("docs/troubleshooting.md")).toContain("MCP error -32000: Connection closed");
    expect(log).toContain(`${quoted("wrong path")}\n`);
  });

  test("is told which Node it has started, where that one is too old", async () => {
    // The one that runs the tests, told that it is older: real old ones would be downloads of 40 MB each.
    const older = 'Object.defineProperty(process, "versions", { value: { node: "18.20.8" } })';
    const args = ["--import", `data:text/javascript,${encodeURIComponent(older)}`, MAIN];
    const { errors, log } = await attach({ args });
    expect([...errors]).toContain("MCP error -32000: Connection closed");
    expect(log.replace(process.execPath, "/usr/bin/node")).toBe(`${quoted("old node")}\n`);
  });

  test("does not find a relative path from its own folder", async () => {
    const { log } = await attach({ args: ["dist/main.js"], cwd: "/" });
    expect(log).toContain("Error: Cannot find module '/dist/main.js'");
  });

  test("reads what a wrapper prints as a message", async () => {
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

  test.each(starts)("(%s) is told by each call and by the log", async (name, start) => {
    const seen = await attach(start);
    const { text, isError } = await call(seen.client, "list_chats");
    expect({ text, isError }).toEqual({ text: quoted(name), isError: true });
    expect(seen.log).toBe(`kook-chat-mcp error: ${quoted(name)}\n`);
  });
});

test("a host needs to give neither a PATH nor a home, and may start the server anywhere", () => {
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

describe("a path of Windows in JSON", () => {
  test("is an error of the file, or another path, where backslashes stand alone", () => {
    expect(() => JSON.parse(String.raw`{ "path": "C:\kook\main.js" }`)).toThrow();
    const { path } = JSON.parse(String.raw`{ "path": "C:\node\tools\bot.js" }`);
    expect(path).toBe("C:\node\tools\bot.js");
  });

  test("is the path itself in the documents", () => {
    const [windows] = blocksOf("docs/hosts.md").filter(
      ({ text }) => text.includes('main.js"]') && text.includes("C:"),
    );
    const [path] = JSON.parse(windows?.text ?? "").mcpServers.kook.args;
    expect(path).toBe(String.raw`C:\path\to\kook-chat-mcp\dist\main.js`);
  });
});

describe("the token", () => {
  test("is missing", async () => {
    expect(await firstCall(await sandbox())).toBe(quoted("no token"));
  });

  test("counts as missing where a host left its variable as it was", async () => {
    for (const literal of ["KOOK_TOKEN", "env:KOOK_TOKEN", "input:kook-token"].map(
      (name) => `$\{${name}}`,
    )) {
      expect(await firstCall(await sandbox(literal))).toBe(quoted("no token"));
    }
  });

  test("is still the example's", async () => {
    for (const words of ["paste the bot's token here", "在此粘贴机器人的令牌"]) {
      expect(await firstCall(await sandbox(words))).toBe(quoted("placeholder"));
    }
  });

  test("is another one, cut short, or an OAuth user's", async () => {
    const tokens = ["1/MTIzNDU=/abcdefghijklmnop==", SANDBOX_TOKEN.slice(0, -1), "Bearer 3f1c7d"];
    for (const token of tokens) {
      expect(await firstCall(await sandbox(token)), token).toBe(quoted("refused token"));
    }
  });

  test.each([`\n Bot ${SANDBOX_TOKEN} \n`, `"${SANDBOX_TOKEN}"`])(
    "is taken with KOOK's own prefix, white space and quotation marks around it: %j",
    async (token) => {
      const { client } = await attach({ env: await sandbox(token) });
      expect((await call(client, "list_chats")).text).toContain("480 chats");
    },
  );

  test("is in a file that is not there", async () => {
    const env = { ...(await sandbox()), KOOK_TOKEN_FILE: "/path/to/token" };
    expect(await firstCall(env)).toBe(quoted("token file"));
  });

  test("does not keep the server from starting, and is told of in the log", async () => {
    const { client, log } = await attach({});
    expect((await client.listTools()).tools).not.toEqual([]);
    expect(log).toContain("No KOOK token is set");
  });
});

describe("the network", () => {
  const token = { KOOK_TOKEN: UNKNOWN_TOKEN };

  test("knows no such host", async () => {
    const env = { ...token, KOOK_BASE_URL: "https://kook.invalid/api/v3" };
    // Without any network the system says EAI_AGAIN.
    const text = (await firstCall(env)).replace(
      "the host name cannot be looked up just now (EAI_AGAIN)",
      "the host name is not known (ENOTFOUND)",
    );
    expect(text).toBe(quoted("no name"));
  });

  test("has nothing at that address", async () => {
    const env = { ...token, KOOK_BASE_URL: `http://127.0.0.1:${await closedPort()}/api/v3` };
    expect(await firstCall(env)).toBe(quoted("nothing listens"));
  });

  test("is silent", async () => {
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

  test("goes by a proxy that does not run", async () => {
    const proxy = `http://127.0.0.1:${await closedPort()}`;
    const env = { ...token, KOOK_BASE_URL: "https://kook.invalid/api/v3", HTTPS_PROXY: proxy };
    expect(await firstCall(env)).toBe(quoted("proxy down"));
  });

  test("goes by a proxy that wants a password", async () => {
    const server = createServer();
    server.on("connect", (_request, socket) =>
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n"),
    );
    const proxy = `http://127.0.0.1:${await listen(server)}`;
    const env = { ...token, KOOK_BASE_URL: "https://kook.invalid/api/v3", HTTPS_PROXY: proxy };
    expect(await firstCall(env)).toBe(quoted("proxy password"));
  });

  test("opens the encryption, until its certificate is given to Node", async () => {
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

  test("shows a page of its own instead of KOOK", async () => {
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

test("every failure that the document quotes was caused above", () => {
  expect([...quotes.keys()].filter((name) => !tried.has(name))).toEqual([]);
});

test("a file with a comma too many is no JSON, and the document's command says so", () => {
  const program = "JSON.parse(process.argv[1])";
  const { status, stderr } = spawnSync(process.execPath, ["-e", program, '{"a": 1,}'], {
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toContain("in JSON at position 8");
});

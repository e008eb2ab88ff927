import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { faults } from "../../src/sandbox/faults/all.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { serveSandbox } from "../../src/sandbox/serve.ts";

async function serve() {
  const lines: string[] = [];
  const served = await serveSandbox(new Sandbox(), 0, {
    onRequest: (line) => lines.push(line),
  });
  onTestFinished(served.close);
  const list = () =>
    fetch(`${served.url}/user-chat/list?page_size=1`, {
      headers: { Authorization: `Bot ${SANDBOX_TOKEN}` },
    });
  return { ...served, lines, list };
}

test("the sandbox answers over HTTP and reports each request", async () => {
  const { list, lines } = await serve();
  expect(await (await list()).json()).toMatchObject({ code: 0, data: { meta: { total: 480 } } });
  expect(lines).toEqual(["GET /api/v3/user-chat/list?page_size=1 200"]);
});

/** Sends raw bytes and returns the whole response. */
async function send(url: string, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  // The server may reset a connection whose request it does not read to the end.
  socket.on("error", () => {});
  socket.end(bytes);
  return text(socket).catch(() => "");
}

const requestFor = (line: string, ...headers: string[]) =>
  [`${line} HTTP/1.1`, "Host: x", "Connection: close", ...headers, "\r\n"].join("\r\n");

test.each([
  ["OPTIONS *", 400],
  ["GET //", 400],
  ["GET //kook.invalid/api/v3/user/me", 400],
  ["GET http://kook.invalid/api/v3/user/me", 400],
  ["GET /api/v3/user-chat/view?chat_code=%zz", 400],
  ["GET \\", 400],
  ["GET /", 404],
  ["OPTIONS /api/v3/user/me", 401],
])("%s is answered with %i, and the next request with 200", async (line, status) => {
  const { url, lines, list } = await serve();
  expect(await send(url, requestFor(line))).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect((await list()).status).toBe(200);
  expect(lines.at(-1)).toBe("GET /api/v3/user-chat/list?page_size=1 200");
});

// Node 24 may reset the connection before the client has read the refusal.
const post = "POST /api/v3/user-chat/create";
test.each([
  ["headers of 100 kB", requestFor("GET /", `X: ${"x".repeat(100_000)}`), /^(HTTP\/1.1 431 |$)/],
  ["text that is not HTTP", "hello\r\n\r\n", /^HTTP\/1.1 400 /],
  ["a request to open a tunnel", requestFor("CONNECT kook.invalid:443"), /^$/],
  ["an incomplete request", `${requestFor(post, "Content-Length: 100")}{`, /^/],
  ["a body of 2 MiB", requestFor(post, `Content-Length: ${2 ** 21}`) + "x".repeat(2 ** 21), /^$/],
])("%s does not end the sandbox", async (_, request, answer) => {
  const { url, list } = await serve();
  expect(await send(url, request)).toMatch(answer);
  expect((await list()).status).toBe(200);
});

test("an exception while a request is handled is answered with KOOK's 500 and logged", async () => {
  const broken = new Sandbox();
  broken.handle = () => {
    throw new Error("broken handler");
  };
  const lines: string[] = [];
  const { url, close } = await serveSandbox(broken, 0, { onRequest: (line) => lines.push(line) });
  onTestFinished(close);
  for (const _ of [1, 2]) {
    const answer = await fetch(`${url}/user/me`);
    expect(answer.status).toBe(500);
    expect(await answer.json()).toMatchObject({ code: 500, message: "系统错误" });
  }
  expect(lines[0]).toBe("GET /api/v3/user/me 500 Error: broken handler");
});

test("a client that leaves in the middle of an answer does not end the sandbox", async () => {
  const huge = faults.get("huge-body");
  const { url, close } = await serveSandbox(new Sandbox(), 0, {
    fault: ({ url }) => (url.endsWith("/user/me") ? huge : undefined),
  });
  onTestFinished(close);
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write(requestFor("GET /api/v3/user/me"));
  await once(socket, "data");
  socket.destroy();
  await once(socket, "close");
  expect((await fetch(`${url}/user-chat/list`)).status).toBe(401);
});

test("close() also closes connections that clients keep open", async () => {
  const { url, close } = await serve();
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => {});
  const ended = once(socket, "close");
  close();
  await ended;
  await expect(fetch(url)).rejects.toThrow();
});

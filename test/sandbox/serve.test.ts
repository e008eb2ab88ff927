import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
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

test("the sandbox answers over HTTP and tells of each request", async () => {
  const { list, lines } = await serve();
  expect(await (await list()).json()).toMatchObject({ code: 0, data: { meta: { total: 480 } } });
  expect(lines).toEqual(["GET /api/v3/user-chat/list?page_size=1 200"]);
});

const post = "POST /api/v3/user-chat/create HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{";
test.each([
  ["a path that is no URL", "GET // HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"],
  ["a request cut short", post],
])("it survives %s", async (_, request) => {
  const { url, list } = await serve();
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.end(request);
  await text(socket);
  expect((await list()).status).toBe(200);
});

test("it stops when it is closed, though a client keeps its connection open", async () => {
  const { url, close } = await serve();
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  await once(socket, "connect");
  socket.on("error", () => {});
  const ended = once(socket, "close");
  close();
  await ended;
  await expect(fetch(url)).rejects.toThrow();
});

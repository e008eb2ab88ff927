import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import type { FetchInit } from "../../../src/kook/client.ts";
import { ConnectionError, TimeoutError } from "../../../src/kook/errors.ts";
import { createNetworkFetch } from "../../../src/kook/network/network.ts";

const fetch = createNetworkFetch({});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const get = (signal = new AbortController().signal): FetchInit => ({
  method: "GET",
  headers: { "Accept-Language": "zh-CN" },
  signal,
});

const bodyOf = async ({ body }: Awaited<ReturnType<typeof fetch>>) =>
  text(body ?? Readable.from([]));

test("sends method, path, headers and body, and returns status, headers and body", async () => {
  const url = await serve(async (request, response) => {
    const { method, url, headers } = request;
    const body = await text(request);
    response.writeHead(404, { "X-Rate-Limit-Limit": "5" });
    response.end(JSON.stringify({ method, url, language: headers["accept-language"], body }));
  });
  const init: FetchInit = { ...get(), method: "POST", body: "{}" };
  const answer = await fetch(`${url}/api/view?a=%20b`, init);
  expect(answer.status).toBe(404);
  expect(answer.headers.get("x-rate-limit-LIMIT")).toBe("5");
  expect(answer.headers.get("X-Rate-Limit-Reset")).toBeNull();
  const received = { method: "POST", url: "/api/view?a=%20b", language: "zh-CN", body: "{}" };
  expect(JSON.parse(await bodyOf(answer))).toEqual(received);
});

test("reads a compressed answer", async () => {
  const url = await serve((request, response) => {
    expect(request.headers["accept-encoding"]).toBe("gzip");
    response.writeHead(200, { "Content-Encoding": "gzip" });
    response.end(gzipSync("私信"));
  });
  expect(await bodyOf(await fetch(url, get()))).toBe("私信");
});

test.each([
  ["is not gzip", (): Buffer => Buffer.from("plain")],
  ["ends too early", (): Buffer => gzipSync("x".repeat(10_000)).subarray(0, -9)],
])("fails when a compressed answer %s", async (_, made) => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { "Content-Encoding": "gzip" });
    response.end(made());
  });
  await expect(fetch(url, get()).then(bodyOf)).rejects.toMatchObject({
    code: expect.stringMatching(/^Z_/),
  });
});

test.each([["plain"], ["gzip"]])(
  "fails when the connection breaks in a %s body",
  async (coding) => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { ...(coding === "gzip" && { "Content-Encoding": "gzip" }) });
      response.write(coding === "gzip" ? gzipSync("x").subarray(0, 12) : "x", () => {
        setImmediate(() => response.destroy());
      });
    });
    const failure = await fetch(url, get())
      .then(bodyOf)
      .catch((error) => error);
    expect(failure).toBeInstanceOf(ConnectionError);
    expect(failure).toMatchObject({ sent: true, code: "UND_ERR_SOCKET" });
  },
);

test("follows no redirect", async () => {
  const url = await serve((_request, response) => {
    response.writeHead(302, { Location: "http://127.0.0.1:9/" }).end();
  });
  expect((await fetch(url, get())).status).toBe(302);
});

test.each([
  ["before the answer", false],
  ["in the middle of the answer", true],
])("stops with the signal's reason when aborted %s", async (_, begun) => {
  const url = await serve((_request, response) => {
    if (begun) response.writeHead(200).write("x");
  });
  const controller = new AbortController();
  const reason = new Error("enough");
  const reading = fetch(url, get(controller.signal)).then(bodyOf);
  setTimeout(() => controller.abort(reason), 100);
  await expect(reading).rejects.toBe(reason);
});

test.each([
  ["is longer than the part that is read", () => gzipSync(Buffer.alloc(6 * 1024 * 1024, "x"))],
  ["is not gzip", () => Buffer.alloc(1024 * 1024, "x")],
])("a compressed answer that %s frees its socket", async (_, made) => {
  const body = made();
  const sockets = new Set<object>();
  const url = await serve((request, response) => {
    sockets.add(request.socket);
    request.socket.once("close", () => sockets.delete(request.socket));
    response.on("error", () => {});
    response.writeHead(200, { "Content-Encoding": "gzip" }).end(body);
  });
  // More calls than sockets: with a leak the last ones would wait forever.
  for (let call = 0; call < 18; call++) {
    const answer = await fetch(url, get());
    const read = async () => {
      for await (const _chunk of answer.body ?? []) break;
    };
    await read().catch(() => undefined);
  }
  await expect.poll(() => sockets.size).toBeLessThan(3);
});

test("sends nothing when aborted before the call", async () => {
  let connections = 0;
  const url = await serve(() => connections++);
  await expect(fetch(url, get(AbortSignal.abort("enough")))).rejects.toBe("enough");
  expect(connections).toBe(0);
});

test("stops at once when aborted while all sockets are busy, and knows that nothing was sent", async () => {
  const url = await serve(() => {});
  const busy = new AbortController();
  const waiting = Array.from({ length: 16 }, () => fetch(url, get(busy.signal)).catch(() => 0));
  const controller = new AbortController();
  const queued = fetch(url, get(controller.signal));
  setTimeout(() => controller.abort("enough"), 50);
  await expect(queued).rejects.toBe("enough");
  const timedOut = new AbortController();
  const late = fetch(url, get(timedOut.signal));
  timedOut.abort(new TimeoutError(50));
  await expect(late).rejects.toMatchObject({ name: "ConnectionError", sent: false });
  busy.abort();
  await Promise.all(waiting);
});

test.each(["GZIP", "x-gzip"])("reads an answer with the coding %s as gzip", async (coding) => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { "Content-Encoding": coding }).end(gzipSync("私信"));
  });
  expect(await bodyOf(await fetch(url, get()))).toBe("私信");
});

// Downloads over real sockets on loopback.
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { expect, test } from "vitest";
import { KookClient } from "../../src/kook/client.ts";
import { createNetworkFetch } from "../../src/kook/network/network.ts";
import { listen } from "../support/fake-kook.ts";

const limits = { accept: "image/*", maxBytes: 100_000 };

async function over(listener: RequestListener) {
  const server = createServer(listener);
  const port = await listen(server);
  const client = new KookClient({
    fetch: createNetworkFetch({}),
    token: { scheme: "Bot", value: "1/MTIzNDU=/c2FuZGJveC10b2tlbg==" },
    baseUrl: `http://127.0.0.1:${port}/api/v3`,
    timeoutMs: 5_000,
    maxWaitMs: 1_000,
  });
  return { client, server, url: `http://127.0.0.1:${port}/a.png` };
}

test("a file of the base URL's own host is read over http on loopback, without the token", async () => {
  let authorization: string | undefined = "";
  const { client, url } = await over((request, response) => {
    authorization = request.headers.authorization;
    response.end("bytes");
  });
  const { bytes } = await client.download(url, limits);
  expect(Buffer.from(bytes).toString()).toBe("bytes");
  expect(authorization).toBeUndefined();
});

test("a redirect is not followed", async () => {
  const paths: (string | undefined)[] = [];
  const { client, url } = await over((request, response) => {
    paths.push(request.url);
    response.writeHead(302, { Location: "/other.png" }).end();
  });
  await expect(client.download(url, limits)).rejects.toMatchObject({
    reason: "redirect",
    status: 302,
  });
  expect(paths).toEqual(["/a.png"]);
});

test("an endless file is left after the bound, and its connection is closed", async () => {
  let sent = 0;
  const { client, server, url } = await over((_, response) => {
    const chunk = Buffer.alloc(16_384);
    const write = () => {
      do sent += chunk.length;
      while (response.writable && response.write(chunk));
    };
    response.on("drain", write);
    write();
  });
  const connected = once(server, "connection");
  await expect(client.download(url, limits)).rejects.toMatchObject({ reason: "too_large" });
  const [socket] = await connected;
  // once() would reject: the socket ends with an error.
  if (!socket.destroyed) await new Promise((closed) => socket.once("close", closed));
  expect(sent).toBeLessThan(20_000_000);
});

test("a compressed answer is measured as it unpacks", async () => {
  const { gzipSync } = await import("node:zlib");
  const { client, url } = await over((request, response) => {
    expect(request.headers["accept-encoding"]).toBe("identity");
    response.setHeader("Content-Encoding", "gzip").end(gzipSync(Buffer.alloc(10_000_000)));
  });
  await expect(client.download(url, limits)).rejects.toMatchObject({ reason: "too_large" });
});

test("a call whose time is up sends nothing", async () => {
  let requests = 0;
  const { client, url } = await over(() => void requests++);
  const late = { deadline: performance.now() - 1 };
  await expect(client.download(url, limits, late)).rejects.toMatchObject({ name: "DeadlineError" });
  expect(requests).toBe(0);
});

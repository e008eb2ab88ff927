// Every failure is caused on real sockets; the server counts the requests, to check `sent`.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { inspect } from "node:util";
import { expect, onTestFinished, test, vi } from "vitest";
import type { FetchInit } from "../../../src/kook/client.ts";
import { ConnectionError, ProxyError, TimeoutError } from "../../../src/kook/errors.ts";
import { connectionErrorOf } from "../../../src/kook/network/failure.ts";
import { createNetworkFetch } from "../../../src/kook/network/network.ts";

const TOKEN = "1/MTExMTE=/c2VjcmV0LXNlY3JldA==";
const pem = (name: string) =>
  readFileSync(new URL(`../../fixtures/tls/${name}.pem`, import.meta.url), "utf8");
const certificate = (name: string) => ({ key: pem("key"), cert: pem(name) });

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A port that refuses connections. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Sends a POST and returns its failure, which must not contain a secret. */
async function failureOf(
  url: string,
  { env = {}, signal = new AbortController().signal }: { env?: object; signal?: AbortSignal } = {},
): Promise<ConnectionError> {
  const init: FetchInit = {
    method: "POST",
    headers: { Authorization: `Bot ${TOKEN}` },
    body: '{"chat_code":"hush"}',
    signal,
  };
  const failure = await createNetworkFetch({ ...env })(`${url}/api?code=hush`, init).then(
    ({ status }) => expect.fail(`answered with HTTP ${status}`),
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ConnectionError);
  expect(inspect(failure, { depth: 9, showHidden: true })).not.toMatch(/hush|c2VjcmV0|s3cret/);
  return failure as ConnectionError;
}

test("a closed port: nothing was sent", async () => {
  expect(await failureOf(`http://127.0.0.1:${await closedPort()}`)).toMatchObject({
    sent: false,
    code: "ECONNREFUSED",
    message: "KOOK cannot be reached: nothing listens at the address (ECONNREFUSED).",
  });
});

test("an unknown host name: nothing was sent", async () => {
  const failure = await failureOf("https://kook.invalid");
  expect(failure).toMatchObject({ sent: false });
  // Without any network the system says EAI_AGAIN.
  expect(failure.message).toMatch(/the host name .*\((ENOTFOUND|EAI_AGAIN)\)\.$/);
});

test.each([
  ["localhost", "127.0.0.1", "the certificate is not trusted (DEPTH_ZERO_SELF_SIGNED_CERT)"],
  ["expired", "localhost", "the certificate has expired"],
])("the untrusted certificate %s at %s: nothing was sent", async (name, host, told) => {
  let requests = 0;
  const port = await listen(createHttpsServer(certificate(name), () => requests++));
  const failure = await failureOf(`https://${host}:${port}`);
  expect(failure).toMatchObject({ sent: false, message: expect.stringContaining(told) });
  expect(requests).toBe(0);
});

test("a server without TLS where https: is asked: nothing was sent", async () => {
  let requests = 0;
  const port = await listen(createHttpServer(() => requests++));
  const failure = await failureOf(`https://127.0.0.1:${port}`);
  expect(failure.message).toContain("the TLS handshake failed (");
  expect(failure.sent).toBe(false);
  expect(requests).toBe(0);
});

test("a connection that is closed during the TLS handshake: nothing was sent", async () => {
  const port = await listen(createServer((socket) => socket.once("data", () => socket.destroy())));
  expect(await failureOf(`https://127.0.0.1:${port}`)).toMatchObject({
    sent: false,
    code: "ECONNRESET",
  });
});

// TLS 1.3 lets the client write before the server has checked its certificate.
test("a TLS alert that arrives after the request was written: it may have been sent", async () => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  onTestFinished(() => void vi.unstubAllEnvs());
  const options = { ...certificate("localhost"), requestCert: true, rejectUnauthorized: true };
  const port = await listen(createHttpsServer(options));
  const failure = await failureOf(`https://127.0.0.1:${port}`);
  expect(failure.code).toMatch(/^ERR_SSL_|^ECONNRESET$|^EPIPE$|^UND_ERR_SOCKET$/);
  expect(failure.sent).toBe(true);
});

test.each<[string, RequestListener]>([
  ["resets the connection", ({ socket }) => void socket.resetAndDestroy()],
  ["closes the connection", ({ socket }) => void socket.end()],
])("a server that reads the request and %s: it may have been sent", async (_, answer) => {
  const bodies: string[] = [];
  const port = await listen(
    createHttpServer(async (request, response) => {
      bodies.push(await text(request));
      answer(request, response);
    }),
  );
  expect(await failureOf(`http://127.0.0.1:${port}`)).toMatchObject({ sent: true });
  expect(bodies).toEqual(['{"chat_code":"hush"}']);
});

test("a server that resets without reading: the request was written, so it may have been sent", async () => {
  const port = await listen(
    createServer((socket) => socket.once("data", () => socket.resetAndDestroy())),
  );
  expect(await failureOf(`http://127.0.0.1:${port}`)).toMatchObject({
    sent: true,
    code: expect.stringMatching(/^(ECONNRESET|UND_ERR_SOCKET)$/),
  });
});

test("a timeout before the TLS handshake ends: nothing was sent", async () => {
  const silent = createServer();
  const port = await listen(silent);
  const attempt = new AbortController();
  silent.once("connection", (socket: Socket) =>
    socket.once("data", () => attempt.abort(new TimeoutError(100))),
  );
  const failure = await failureOf(`https://127.0.0.1:${port}`, { signal: attempt.signal });
  expect(failure).toMatchObject({
    sent: false,
    message: "KOOK cannot be reached: there was no connection in time (UND_ERR_CONNECT_TIMEOUT).",
  });
});

test("a timeout after the request was written stays a timeout", async () => {
  const attempt = new AbortController();
  const timeout = new TimeoutError(100);
  const port = await listen(createHttpServer(() => attempt.abort(timeout)));
  const call = createNetworkFetch({})(`http://127.0.0.1:${port}`, {
    method: "GET",
    headers: {},
    signal: attempt.signal,
  });
  await expect(call).rejects.toBe(timeout);
});

test("an error of another Fetch may have been thrown after the request was sent", () => {
  const refused = Object.assign(new Error(`connect ${TOKEN}`), { code: "ECONNREFUSED" });
  const failure = connectionErrorOf(new TypeError("fetch failed", { cause: refused }));
  expect(failure).toMatchObject({ sent: true, code: "ECONNREFUSED" });
  expect(inspect(failure)).not.toContain(TOKEN);
  expect(connectionErrorOf(failure)).toBe(failure);
});

/** A proxy; `tunnel` gets the client's socket and the request for a tunnel. */
async function startProxy(tunnel: (socket: Socket, authority: string) => void): Promise<number> {
  const proxy = createHttpServer();
  proxy.on("connect", ({ url = "" }, socket: Socket) => tunnel(socket, url));
  return listen(proxy);
}

const unreachable = "KOOK cannot be reached: the proxy that HTTPS_PROXY names";

test.each([
  [
    "407 Proxy Authentication Required",
    "wants a user name and a password; add them to HTTPS_PROXY as http://user:password@host:port (HTTP 407).",
  ],
  ["403 Forbidden", "does not allow connections to KOOK (HTTP 403)."],
  ["502 Bad Gateway", "cannot reach KOOK (HTTP 502)."],
  ["418 I'm a teapot", "refuses the connection to KOOK (HTTP 418)."],
])("a proxy that answers %s: nothing was sent", async (refusal, told) => {
  const port = await startProxy((socket) =>
    socket.end(`HTTP/1.1 ${refusal}\r\nContent-Length: 0\r\n\r\n`),
  );
  const env = { HTTPS_PROXY: `http://me:s3cret@127.0.0.1:${port}` };
  const failure = await failureOf("https://kook.test", { env });
  expect(failure).toBeInstanceOf(ProxyError);
  expect(failure).toMatchObject({
    sent: false,
    variable: "HTTPS_PROXY",
    status: Number(refusal.slice(0, 3)),
    message: `${unreachable} ${told}`,
  });
});

test.each<[string, (socket: Socket) => void]>([
  ["resets the connection", (socket) => void socket.resetAndDestroy()],
  [
    "opens the tunnel and closes it",
    (socket) => void socket.end("HTTP/1.1 200 Connection established\r\n\r\n"),
  ],
])("a proxy that %s: nothing was sent", async (_, tunnel) => {
  const env = { HTTPS_PROXY: `http://127.0.0.1:${await startProxy(tunnel)}` };
  const failure = await failureOf("https://kook.test", { env });
  expect(failure).toBeInstanceOf(ProxyError);
  expect(failure).toMatchObject({ sent: false, message: expect.stringContaining(unreachable) });
});

test.each([
  ["HTTPS_PROXY", "https://kook.test"],
  ["HTTP_PROXY", "https://kook.test"],
  ["all_proxy", "https://kook.test"],
  ["http_proxy", "http://kook.test"],
])("a proxy that is not running is named by its variable, %s", async (variable, url) => {
  const env = { [variable]: `127.0.0.1:${await closedPort()}` };
  const failure = await failureOf(url, { env });
  expect(failure).toBeInstanceOf(ProxyError);
  expect(failure).toMatchObject({
    sent: false,
    variable,
    message: `KOOK cannot be reached: the proxy that ${variable} names cannot be reached: nothing listens at the address (ECONNREFUSED).`,
  });
});

test("a proxy that does not answer in time: nothing was sent", async () => {
  const attempt = new AbortController();
  const port = await startProxy(() => attempt.abort(new TimeoutError(100)));
  const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
  const failure = await failureOf("https://kook.test", { env, signal: attempt.signal });
  expect(failure).toBeInstanceOf(ProxyError);
  expect(failure).toMatchObject({ sent: false });
});

test("KOOK's untrusted certificate behind a proxy is KOOK's: nothing was sent", async () => {
  const target = await listen(createHttpsServer(certificate("localhost")));
  const port = await startProxy((socket) => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    const far = connect(target, "127.0.0.1").on("error", () => {});
    socket.pipe(far).pipe(socket);
  });
  const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
  const failure = await failureOf("https://localhost", { env });
  expect(failure).not.toBeInstanceOf(ProxyError);
  expect(failure).toMatchObject({ sent: false, code: "DEPTH_ZERO_SELF_SIGNED_CERT" });
});

test("an https: proxy with an untrusted certificate: nothing was sent", async () => {
  const port = await listen(createHttpsServer(certificate("localhost")));
  const env = { HTTPS_PROXY: `https://localhost:${port}` };
  const failure = await failureOf("https://kook.test", { env });
  expect(failure).toBeInstanceOf(ProxyError);
  expect(failure).toMatchObject({ sent: false, variable: "HTTPS_PROXY" });
  expect(failure.message).toContain("for the proxy or for KOOK, the certificate is not trusted");
});

// undici 7 reconnects in a loop, also after the timeout (nodejs/undici#3897).
test("a port that is not an HTTP proxy is connected to once, and named", async () => {
  let connections = 0;
  const socks = createServer((socket) => {
    connections++;
    socket.once("data", () => socket.end());
  });
  const env = { HTTPS_PROXY: `http://127.0.0.1:${await listen(socks)}` };
  const failure = await failureOf("https://kook.test", { env });
  expect(failure).toBeInstanceOf(ProxyError);
  expect(failure).toMatchObject({
    sent: false,
    message: `${unreachable} closes the connection instead of opening a tunnel; it may not be an HTTP proxy (UND_ERR_PRX_CONN).`,
  });
  expect(connections).toBe(1);
});

test("a proxy that does not answer in HTTP: nothing was sent", async () => {
  const port = await listen(
    createServer((socket) => void socket.once("data", () => socket.end("\x05\xff"))),
  );
  const env = { HTTPS_PROXY: `http://127.0.0.1:${port}` };
  const failure = await failureOf("https://kook.test", { env });
  expect(failure).toBeInstanceOf(ProxyError);
  expect(failure.message).toContain("the answer is not HTTP (HPE)");
  expect(failure.sent).toBe(false);
});

test("a connection that breaks inside the tunnel: it may have been sent", async () => {
  const port = await startProxy((socket) => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    socket.once("data", () => socket.end());
  });
  const failure = await failureOf("http://kook.test", {
    env: { HTTP_PROXY: `http://127.0.0.1:${port}` },
  });
  expect(failure).not.toBeInstanceOf(ProxyError);
  expect(failure).toMatchObject({ sent: true });
});

test.each([
  [
    { HTTP_PROXY: "socks5://me:s3cret@127.0.0.1:1080" },
    "HTTP_PROXY names is a SOCKS proxy, which this server cannot use; set an HTTP proxy, for example HTTP_PROXY=http://127.0.0.1:7890.",
  ],
  [
    { all_proxy: "socks5h://127.0.0.1:1080" },
    "all_proxy names is a SOCKS proxy, which this server cannot use; set an HTTP proxy, for example HTTPS_PROXY=http://127.0.0.1:7890.",
  ],
  [
    { http_proxy: "ftp://127.0.0.1" },
    "http_proxy names has a scheme that this server cannot use; set an HTTP proxy, for example http_proxy=http://127.0.0.1:7890.",
  ],
  [
    { HTTP_PROXY: "http://" },
    "HTTP_PROXY names has no address that can be used; set an HTTP proxy, for example HTTP_PROXY=http://127.0.0.1:7890.",
  ],
  [
    { HTTP_PROXY: "http://me:s3cret%@127.0.0.1:9" },
    "HTTP_PROXY names has a bare % in its user name or password; write %25.",
  ],
])("with the unusable proxy %j no request is sent, not even directly", async (env, told) => {
  let connections = 0;
  const server = createHttpServer((_, response) => void response.end("{}"));
  server.on("connection", () => connections++);
  const port = await listen(server);
  const failure = await failureOf(`http://127.0.0.1:${port}`, { env });
  expect(failure).toBeInstanceOf(ProxyError);
  expect(failure).toMatchObject({
    sent: false,
    variable: Object.keys(env)[0],
    message: `KOOK cannot be reached: the proxy that ${told}`,
  });
  expect(connections).toBe(0);
});

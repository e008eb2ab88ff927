// The built server behind a real CONNECT proxy, with a real TLS server instead of KOOK; all on loopback.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, connect as connectSocket, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { serveSandbox } from "../../src/sandbox/serve.ts";
import { call } from "../support/connect.ts";
import { MAIN, projectFile } from "../support/paths.ts";
import { attach } from "../support/stdio-client.ts";

// Made with openssl for kook.test and 127.0.0.1, self-signed, valid until 2126. No secret.
const CERT_FILE = projectFile("test/fixtures/tls.cert.pem");
const KEY_FILE = projectFile("test/fixtures/tls.key.pem");

/** Only the proxy resolves this host, so a request that arrives came through it. */
const PROXIED_URL = "https://kook.test/api/v3";

let tlsPort = 0;
const closers: (() => void)[] = [];

beforeAll(async () => {
  const sandbox = await serveSandbox(new Sandbox(), 0);
  const options = { cert: readFileSync(CERT_FILE), key: readFileSync(KEY_FILE) };
  const tls = createTlsServer(options, (socket) =>
    tunnel(socket, Number(new URL(sandbox.url).port)),
  );
  tlsPort = await listen(tls);
  closers.push(() => tls.close(), sandbox.close);
});
afterAll(() => {
  for (const close of closers) close();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

function tunnel(near: Socket, port: number): Socket {
  const far = connectSocket(port, "127.0.0.1");
  for (const socket of [near, far]) {
    socket.on("error", () => {
      near.destroy();
      far.destroy();
    });
  }
  near.pipe(far).pipe(near);
  return far;
}

/** A proxy that connects every tunnel to the TLS server, or refuses each with a status. */
async function startProxy(refusal?: string) {
  const seen = { tunnels: [] as (string | undefined)[], authorization: "", bytes: "" };
  const proxy = createServer();
  proxy.on("connect", ({ url, headers }: IncomingMessage, socket: Socket) => {
    seen.tunnels.push(url);
    seen.authorization = headers["proxy-authorization"] ?? "";
    if (refusal !== undefined)
      return socket.end(`HTTP/1.1 ${refusal}\r\nContent-Length: 0\r\n\r\n`);
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    socket.on("data", (bytes) => {
      seen.bytes += bytes.toString("latin1");
    });
    return tunnel(socket, tlsPort);
  });
  const port = await listen(proxy);
  closers.push(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return { port, seen };
}

/** Makes one call, then pings the server; `shown` is the answer and the log at debug level. */
async function listChats(env: Record<string, string>) {
  const entry = {
    args: [MAIN, "--log-level", "debug"],
    env: {
      KOOK_TOKEN: SANDBOX_TOKEN,
      KOOK_BASE_URL: PROXIED_URL,
      NODE_EXTRA_CA_CERTS: CERT_FILE,
      ...env,
    },
  };
  // The tests are concurrent: end() closes the client.
  const { client, end } = await attach(entry, () => {});
  const answer = await call(client, "list_chats");
  await client.ping();
  return { ...answer, shown: JSON.stringify(answer) + (await end()) };
}

test.concurrent("a call goes through the tunnel of HTTPS_PROXY, encrypted", async () => {
  const { port, seen } = await startProxy();
  const { structured } = await listChats({ HTTPS_PROXY: `http://127.0.0.1:${port}` });
  expect(structured).toMatchObject({ total: 480 });
  expect(seen.tunnels).toEqual(["kook.test:443"]);
  expect(seen.bytes.length).toBeGreaterThan(500);
  expect(seen.bytes).not.toContain("user-chat");
});

test.concurrent("hosts in NO_PROXY are reached without the proxy", async () => {
  const { port, seen } = await startProxy();
  const { structured } = await listChats({
    HTTPS_PROXY: `http://127.0.0.1:${port}`,
    NO_PROXY: "example.com,127.0.0.1",
    KOOK_BASE_URL: `https://127.0.0.1:${tlsPort}/api/v3`,
  });
  expect(structured).toMatchObject({ total: 480 });
  expect(seen.tunnels).toEqual([]);
});

test.concurrent.each([undefined, "407 Proxy Authentication Required"])(
  "a proxy's user name and password reach only the proxy, also if it answers %s",
  async (refusal) => {
    const { port, seen } = await startProxy(refusal);
    const url = `http://someone:p%40ssw0rd@127.0.0.1:${port}`;
    const { shown } = await listChats({ HTTPS_PROXY: url });
    const sent = btoa("someone:p@ssw0rd");
    expect(seen.authorization).toBe(`Basic ${sent}`);
    for (const secret of ["ssw0rd", "someone", sent, SANDBOX_TOKEN])
      expect(shown).not.toContain(secret);
  },
);

test.concurrent("a proxy that refuses the tunnel is explained", async () => {
  const { port } = await startProxy("407 Proxy Authentication Required");
  const { text: message, isError } = await listChats({ HTTP_PROXY: `127.0.0.1:${port}` });
  expect(isError).toBe(true);
  expect(message).toContain(
    "KOOK cannot be reached: the proxy that HTTP_PROXY names wants a user name and a password; add them to HTTP_PROXY as http://user:password@host:port (HTTP 407).",
  );
});

test.concurrent.each([
  ["http://127.0.0.1:2", "cannot be reached: nothing listens at the address (ECONNREFUSED)"],
  ["http://proxy.invalid:8080", "cannot be reached: the host name"],
  ["socks5://127.0.0.1:7890", "is a SOCKS proxy, which this server cannot use; set an HTTP proxy"],
  ["http://", "has no address that can be used; set an HTTP proxy, for example HTTPS_PROXY=http"],
])("the proxy address %s is explained, and the server keeps serving", async (HTTPS_PROXY, told) => {
  const { text: message } = await listChats({ HTTPS_PROXY });
  expect(message).toContain(`KOOK cannot be reached: the proxy that HTTPS_PROXY names ${told}`);
});

test.concurrent("a proxy without scheme, in quotation marks, is used", async () => {
  const { port, seen } = await startProxy();
  const { structured } = await listChats({ HTTPS_PROXY: `"127.0.0.1:${port}"` });
  expect(structured).toMatchObject({ total: 480 });
  expect(seen.tunnels).toEqual(["kook.test:443"]);
});

test.concurrent("an untrusted certificate ends the connection, and is named", async () => {
  const { port } = await startProxy();
  const env = { HTTPS_PROXY: `http://127.0.0.1:${port}`, NODE_EXTRA_CA_CERTS: "" };
  const { text: message } = await listChats(env);
  expect(message).toContain("KOOK cannot be reached: the certificate is not trusted (DEPTH_ZERO");
});

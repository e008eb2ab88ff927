// Failures of the connection to KOOK, each caused on real sockets.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { Agent, fetch as undiciFetch } from "undici";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { Fetch } from "../../src/kook/client.ts";
import { createNetworkFetch } from "../../src/kook/network/network.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { serveSandbox } from "../../src/sandbox/serve.ts";
import { examined, factOf, told } from "./examined.ts";

// No random backoff before the client's retries.
beforeEach(() => {
  const random = vi.spyOn(Math, "random").mockReturnValue(0);
  return () => random.mockRestore();
});

const pem = (name: string) =>
  readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), "utf8");

const network: Fetch = (url, init) => undiciFetch(url, init);

/** Trusts this certificate, as NODE_EXTRA_CA_CERTS makes Node do. */
function trusting(ca: string): Fetch {
  const dispatcher = new Agent({ connect: { ca } });
  onTestFinished(() => dispatcher.close());
  return (url, init) => undiciFetch(url, { ...init, dispatcher });
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function serve(): Promise<string> {
  const { url, close } = await serveSandbox(new Sandbox(), 0);
  onTestFinished(close);
  return url;
}

/** Relays to a served sandbox, with a certificate. */
async function serveTls(certificate: string): Promise<number> {
  const sandbox = new Sandbox();
  const server = createTlsServer(
    { key: pem("key"), cert: pem(certificate) },
    (request, response) => {
      const headers = new Headers({ Authorization: request.headers.authorization ?? "" });
      const answer = sandbox.handle({ method: "GET", url: request.url ?? "", headers, body: "" });
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      void answer.text().then((text) => response.end(text));
    },
  );
  return listening(server);
}

const answer: RequestListener = (_, response) => response.end("<html>log in first</html>");
const withToken = (KOOK_BASE_URL: string, env = {}) => ({
  env: { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_BASE_URL, ...env },
});

test("over real sockets KOOK is reached, with clock, latency and limits", async () => {
  const url = await serve();
  const { findings } = await examined({ ...withToken(url), fetch: network });
  expect(told(findings, "connection")).toEqual([`ok: ${url} answers (HTTP 200)`]);
  expect(told(findings, "tls")).toEqual([]);
  expect(told(findings, "clock")[0]).toMatch(/^ok: [01] s off KOOK's clock$/);
  expect(told(findings, "latency")[0]).toMatch(/^ok: \d+ ms \(median of 3 requests\)$/);
  expect(told(findings, "rate-limit")[0]).toMatch(/^ok: 117 of 120 requests left/);
});

test("a valid certificate is named", async () => {
  const url = `https://localhost:${await serveTls("localhost")}/api/v3`;
  const { findings } = await examined({ ...withToken(url), fetch: trusting(pem("localhost")) });
  expect(told(findings, "tls")).toEqual(["ok: KOOK's certificate is valid"]);
  expect(told(findings, "token")[0]).toMatch(/^ok/);
});

test.each([
  [
    "nobody trusted",
    "localhost",
    "localhost",
    undefined,
    "Node does not trust the certificate's issuer (DEPTH_ZERO_SELF_SIGNED_CERT)",
  ],
  [
    "the past",
    "expired",
    "localhost",
    "expired",
    "has expired or is not valid yet (CERT_HAS_EXPIRED)",
  ],
  [
    "another host",
    "localhost",
    "127.0.0.1",
    "localhost",
    "is for another host name (ERR_TLS_CERT_ALTNAME_INVALID)",
  ],
])("a certificate of %s is named", async (_, certificate, host, trusted, text) => {
  const url = `https://${host}:${await serveTls(certificate)}`;
  const fetch = trusted ? trusting(pem(trusted)) : network;
  const { findings } = await examined({ ...withToken(url), fetch });
  expect(told(findings, "tls")[0]).toMatch(/^error/);
  expect(told(findings, "tls")[0]).toContain(text);
  expect(told(findings, "connection")).toEqual([]);
  expect(told(findings, "token")).toEqual(["note: not checked: KOOK cannot be reached"]);
});

test("an http server behind https: is named", async () => {
  const url = `https://127.0.0.1:${await listening(createServer(answer))}`;
  const { findings } = await examined({ ...withToken(url), fetch: network });
  expect(told(findings, "tls")[0]).toMatch(/^error: The other side does not speak TLS/);
});

test("a port on which nothing listens is named", async () => {
  const server = createServer();
  const port = await listening(server);
  server.close();
  const { findings } = await examined({ ...withToken(`http://127.0.0.1:${port}`), fetch: network });
  expect(told(findings, "connection")).toEqual([
    `error: Nothing listens at 127.0.0.1:${port} (ECONNREFUSED)`,
  ]);
});

test("a host name that does not exist is named", async () => {
  const { findings } = await examined({ ...withToken("https://kook.invalid/api"), fetch: network });
  expect(told(findings, "connection")[0]).toMatch(
    /^error: The host name kook\.invalid cannot be resolved \((ENOTFOUND|EAI_AGAIN)\)$/,
  );
});

test("a broken connection is named with the system's code", async () => {
  const port = await listening(createServer((request) => request.socket.resetAndDestroy()));
  const { findings } = await examined({ ...withToken(`http://127.0.0.1:${port}`), fetch: network });
  expect(told(findings, "connection")[0]).toMatch(
    /^error: The connection failed \((ECONNRESET|UND_ERR_SOCKET)\)$/,
  );
});

test("a KOOK that never answers is a timeout", async () => {
  const url = `http://127.0.0.1:${await listening(createServer(() => {}))}`;
  const { findings } = await examined({
    ...withToken(url, { KOOK_TIMEOUT_MS: "40" }),
    fetch: network,
  });
  expect(told(findings, "connection")).toEqual(["error: No response within 40 ms"]);
});

test("a web page instead of KOOK's API is named", async () => {
  const url = `http://127.0.0.1:${await listening(createServer(answer))}`;
  const { findings } = await examined({ ...withToken(url), fetch: network });
  expect(told(findings, "connection")[0]).toMatch(
    /^error: The response \(HTTP 200\) is not from KOOK's API/,
  );
});

const answering = (headers: Record<string, string>): Fetch => {
  const data = { id: "1", username: "bot", bot: true };
  return async () => new Response(JSON.stringify({ code: 0, message: "", data }), { headers });
};
const at = (seconds: number) => ({ Date: new Date(Date.now() + seconds * 1000).toUTCString() });

test.each([
  [-300, "ahead of"],
  [300, "behind"],
])("a clock that is %d s off is a warning", async (seconds, direction) => {
  const { findings } = await examined({ fetch: answering(at(seconds)) });
  const [text = ""] = told(findings, "clock");
  expect(text).toMatch(/^warning: This computer's clock is (299|300|301) s/);
  expect(text).toContain(direction);
});

const limits = (limit: string, remaining: string) => ({
  "X-Rate-Limit-Limit": limit,
  "X-Rate-Limit-Remaining": remaining,
  "X-Rate-Limit-Reset": "30",
});

test("a response without a date or limits is no problem", async () => {
  const { findings } = await examined({ fetch: answering({}) });
  expect(told(findings, "clock")).toEqual(["note: not checked: the response has no date"]);
  expect(told(findings, "rate-limit")).toEqual(["note: KOOK's response has no limits"]);
});

test("a limit that is nearly or entirely used up is a warning, and doctor does not wait for it", async () => {
  const low = await examined({ fetch: answering(limits("120", "8")) });
  expect(told(low.findings, "rate-limit")).toEqual(["warning: Only 8 of 120 requests are left"]);
  const used = await examined({ fetch: answering(limits("120", "0")) });
  expect(told(used.findings, "rate-limit")).toEqual([
    "warning: The rate limit is used up for 30 s",
  ]);
  expect(told(used.findings, "token")[0]).toMatch(/^ok: accepted/);
  expect(used.sent).toHaveLength(1);
});

test("a slow KOOK is compared with the timeout", async () => {
  const slow: Fetch = async (url, init) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return new Sandbox().fetch(url, init);
  };
  const env = { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_TIMEOUT_MS: "50" };
  const { findings } = await examined({ env, fetch: slow });
  expect(told(findings, "latency")[0]).toMatch(
    /^warning: \d+ ms a request, more than half of the timeout of 50 ms/,
  );
});

test.each([403, 407, 502])(
  "a proxy that refuses with %d is named without its credentials",
  async (status) => {
    const proxy = createServer();
    proxy.on("connect", (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
    const address = `127.0.0.1:${await listening(proxy)}`;
    const HTTPS_PROXY = `http://me:hush@${address}`;
    const { findings } = await examined({
      ...withToken("https://kook.invalid/api/v3", { HTTPS_PROXY }),
      fetch: createNetworkFetch({ HTTPS_PROXY }),
    });
    expect(told(findings, "proxy")).toEqual([`note: requests use http://${address} (HTTPS_PROXY)`]);
    expect(told(findings, "connection")).toEqual([
      `error: The proxy http://${address} refuses the request (HTTP ${status})`,
    ]);
    expect(JSON.stringify(findings.map(factOf))).not.toContain("hush");
  },
);

test("a proxy that does not run is named", async () => {
  const server = createServer();
  const HTTPS_PROXY = `http://127.0.0.1:${await listening(server)}`;
  server.close();
  const { findings } = await examined({
    ...withToken("https://kook.invalid/api/v3", { HTTPS_PROXY }),
    fetch: createNetworkFetch({ HTTPS_PROXY }),
  });
  expect(told(findings, "connection")).toEqual([
    `error: The proxy ${HTTPS_PROXY} cannot be reached (ECONNREFUSED)`,
  ]);
});

test("a proxy that cannot be used leaves the connection unchecked", async () => {
  const HTTPS_PROXY = "socks5://127.0.0.1:9";
  const { findings } = await examined({
    ...withToken("https://kook.invalid/api/v3", { HTTPS_PROXY }),
    fetch: createNetworkFetch({ HTTPS_PROXY }),
  });
  expect(told(findings, "proxy")[0]).toMatch(/^error: HTTPS_PROXY is a SOCKS proxy/);
  expect(told(findings, "connection")).toEqual(["note: not checked: the proxy cannot be used"]);
});

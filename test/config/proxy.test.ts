import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import * as fc from "fast-check";
import { EnvHttpProxyAgent, fetch } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { agentOptions, proxyFor, readProxySettings } from "../../src/config/proxy.ts";

const KOOK = "https://www.kookapp.cn/api/v3";
const PROXY = "http://127.0.0.1:7890";
const proxy = (variable: string, address = PROXY) => ({ kind: "proxy", variable, address });
const unusable = (variable: string, problem: string) => ({ kind: "unusable", variable, problem });

test.each<[Record<string, string>, object]>([
  [{}, { kind: "direct" }],
  [{ HTTPS_PROXY: PROXY }, proxy("HTTPS_PROXY")],
  [{ https_proxy: PROXY, HTTPS_PROXY: "x" }, proxy("https_proxy")],
  [{ https_proxy: "", HTTPS_PROXY: PROXY }, proxy("HTTPS_PROXY")],
  [{ HTTP_PROXY: PROXY }, proxy("HTTP_PROXY")],
  [{ HTTPS_PROXY: PROXY, http_proxy: "http://127.0.0.1:1" }, proxy("HTTPS_PROXY")],
  [{ ALL_PROXY: PROXY }, proxy("ALL_PROXY")],
  [{ HTTP_PROXY: PROXY, ALL_PROXY: "socks5://127.0.0.1:1" }, proxy("HTTP_PROXY")],
  [{ HTTPS_PROXY: PROXY, HTTP_PROXY: "socks5://127.0.0.1:1" }, proxy("HTTPS_PROXY")],
])("an https: request with %j goes through %j", (env, route) => {
  expect(proxyFor(KOOK, env)).toEqual(route);
});

test.each<[Record<string, string>, object]>([
  [{ HTTPS_PROXY: PROXY }, { kind: "direct" }],
  [{ http_proxy: PROXY }, proxy("http_proxy")],
  [{ all_proxy: PROXY }, proxy("all_proxy")],
])("an http: request with %j goes through %j", (env, route) => {
  expect(proxyFor("http://127.0.0.1:9/api/v3", env)).toEqual(route);
});

test.each([
  ["  http://127.0.0.1:7890\r\n", proxy("HTTPS_PROXY")],
  ['"http://127.0.0.1:7890"', proxy("HTTPS_PROXY")],
  ["' http://127.0.0.1:7890 '", proxy("HTTPS_PROXY")],
  ["“http://127.0.0.1:7890”", proxy("HTTPS_PROXY")],
  ["`127.0.0.1:7890`", proxy("HTTPS_PROXY")],
  ["127.0.0.1:7890", proxy("HTTPS_PROXY")],
  ["localhost:7890", proxy("HTTPS_PROXY", "http://localhost:7890")],
  ["me:hush@proxy.example:8080", proxy("HTTPS_PROXY", "http://proxy.example:8080")],
  ["HTTPS://proxy.example:8443/", proxy("HTTPS_PROXY", "https://proxy.example:8443")],
  ["http://127.0.0.1:7890/pac?x=1#y", proxy("HTTPS_PROXY")],
  ["[::1]:7890", proxy("HTTPS_PROXY", "http://[::1]:7890")],
  [`\${HTTPS_PROXY}`, { kind: "direct" }],
  [`"\${user_config.proxy}"`, { kind: "direct" }],
  ['""', { kind: "direct" }],
  ["   ", { kind: "direct" }],
  ["socks5://127.0.0.1:7890", unusable("HTTPS_PROXY", "socks")],
  ["SOCKS5h://127.0.0.1:7890", unusable("HTTPS_PROXY", "socks")],
  ["ftp://127.0.0.1", unusable("HTTPS_PROXY", "scheme")],
  ["file:///etc/proxy", unusable("HTTPS_PROXY", "scheme")],
  ["7890", unusable("HTTPS_PROXY", "no_address")],
  [":7890", unusable("HTTPS_PROXY", "no_address")],
  ["http://", unusable("HTTPS_PROXY", "no_address")],
  ["http://127.0.0.1:99999", unusable("HTTPS_PROXY", "no_address")],
  ["http://me:100%@127.0.0.1:7890", unusable("HTTPS_PROXY", "credentials")],
])("HTTPS_PROXY=%j is read as %j", (HTTPS_PROXY, route) => {
  expect(proxyFor(KOOK, { HTTPS_PROXY })).toEqual(route);
});

test("NO_PROXY is named where it exempts the host, also from an unusable proxy", () => {
  const exempt = (variable: string) => ({ kind: "exempt", variable });
  const route = (env: Record<string, string>) => proxyFor(KOOK, { HTTPS_PROXY: PROXY, ...env });
  expect(route({ NO_PROXY: ".kookapp.cn" })).toEqual(exempt("NO_PROXY"));
  expect(route({ no_proxy: ' "*" ', NO_PROXY: "x" })).toEqual(exempt("no_proxy"));
  expect(route({ NO_PROXY: `\${NO_PROXY}` })).toEqual(proxy("HTTPS_PROXY"));
  expect(route({ HTTPS_PROXY: "socks5://x", NO_PROXY: "*" })).toEqual(exempt("NO_PROXY"));
  expect(proxyFor(KOOK, { NO_PROXY: "*" })).toEqual({ kind: "direct" });
});

// undici routes the requests, so its reading of NO_PROXY decides.
test.each([
  "",
  "*",
  "kookapp.cn",
  "www.kookapp.cn",
  "*.kookapp.cn",
  ".cn",
  "okapp.cn",
  "kookapp.cn:443",
  "kookapp.cn:80",
  "example.com, www.KOOKapp.cn",
  "example.com",
  " * ",
  '"kookapp.cn"',
])("NO_PROXY=%j exempts KOOK exactly when undici does not use the proxy", async (NO_PROXY) => {
  let tunnels = 0;
  const server = createServer();
  server.on("connect", (_, socket) => {
    tunnels++;
    socket.end("HTTP/1.1 502 No\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const env = { HTTPS_PROXY: `127.0.0.1:${(server.address() as AddressInfo).port}`, NO_PROXY };
  const dispatcher = new EnvHttpProxyAgent({
    ...agentOptions(readProxySettings(env)),
    // A direct request must not leave this machine.
    connect: (_, callback) => callback(new Error("direct"), null),
  });
  onTestFinished(() => dispatcher.close());
  await fetch(KOOK, { dispatcher }).catch(() => undefined);
  expect(proxyFor(KOOK, env).kind).toBe(tunnels > 0 ? "proxy" : "exempt");
});

const value = fc.oneof(
  fc.string(),
  fc.webUrl({ withQueryParameters: true }),
  fc
    .tuple(fc.constantFrom("http://", "https:", "socks5://", "", '"'), fc.string(), fc.string())
    .map(([scheme, user, host]) => `${scheme}${user}:hush@${host}:80`),
);

test("undici accepts each proxy that is read as usable, and no route has a password", () => {
  const check = fc.property(value, fc.string(), (HTTPS_PROXY: string, NO_PROXY: string) => {
    const env = { HTTPS_PROXY, NO_PROXY };
    const agent = new EnvHttpProxyAgent(agentOptions(readProxySettings(env)));
    void agent.close();
    const route = proxyFor(KOOK, env);
    if (route.kind === "proxy") expect(route.address).not.toMatch(/@/);
  });
  void fc.assert(check, { numRuns: 300 });
});

import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { EnvHttpProxyAgent, fetch } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { observeProxy, proxyFor } from "../../src/doctor/proxy.ts";

const KOOK = "https://www.kookapp.cn/api/v3";
const PROXY = "http://me:hush@127.0.0.1:9";

test.each([
  [{}, "no proxy"],
  [{ HTTPS_PROXY: PROXY }, "through the proxy http://127.0.0.1:9 of HTTPS_PROXY"],
  [{ https_proxy: PROXY, HTTPS_PROXY: "x" }, "through the proxy http://127.0.0.1:9 of https_proxy"],
  [{ HTTP_PROXY: PROXY }, "through the proxy http://127.0.0.1:9 of HTTP_PROXY"],
  [
    { HTTPS_PROXY: "socks5://127.0.0.1:9" },
    "through the proxy socks5://127.0.0.1:9 of HTTPS_PROXY",
  ],
  [{ HTTPS_PROXY: "127.0.0.1:9" }, "HTTPS_PROXY holds no proxy address"],
  [{ ALL_PROXY: PROXY }, "ALL_PROXY is set, but not used"],
  [{ HTTPS_PROXY: PROXY, NO_PROXY: ".kookapp.cn" }, "no proxy for www.kookapp.cn: NO_PROXY"],
])("of %j it is told: %s", (env, told) => {
  const [observation] = observeProxy(KOOK, env);
  expect(observation?.text.en).toContain(told);
  expect(JSON.stringify(observation)).not.toContain("hush");
});

// The rules are undici's; here they are held against undici itself.
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
])("NO_PROXY %j is understood as undici does", async (NO_PROXY) => {
  let tunnels = 0;
  const proxy = createServer();
  proxy.on("connect", (_, socket) => {
    tunnels++;
    socket.end("HTTP/1.1 502 No\r\n\r\n");
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => void proxy.close());
  const HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: "",
    httpsProxy: HTTPS_PROXY,
    noProxy: NO_PROXY,
    // What goes past the proxy must not leave this machine.
    connect: (_, callback) => callback(new Error("direct"), null),
  });
  onTestFinished(() => dispatcher.close());
  await fetch(KOOK, { dispatcher }).catch(() => undefined);
  expect(proxyFor(KOOK, { HTTPS_PROXY, NO_PROXY }) !== undefined).toBe(tunnels > 0);
});

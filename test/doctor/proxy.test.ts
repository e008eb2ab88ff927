import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { EnvHttpProxyAgent, fetch } from "undici";
import { expect, onTestFinished, test } from "vitest";
import { checkProxy } from "../../src/doctor/checks/proxy.ts";
import { proxyFor } from "../../src/doctor/proxy-for.ts";
import { factOf, fixOf } from "./examined.ts";

const KOOK = "https://www.kookapp.cn/api/v3";
const PROXY = "http://me:hush@127.0.0.1:9";

test.each([
  [{}, "ok: none", ""],
  [{ HTTPS_PROXY: PROXY }, "note: requests use http://127.0.0.1:9 (HTTPS_PROXY)", ""],
  [
    { https_proxy: PROXY, HTTPS_PROXY: "x" },
    "note: requests use http://127.0.0.1:9 (https_proxy)",
    "",
  ],
  [{ HTTP_PROXY: PROXY }, "note: requests use http://127.0.0.1:9 (HTTP_PROXY)", ""],
  [{ http_proxy: "on" }, "error: http_proxy is not a usable proxy address", "http_proxy=http://"],
  [{ ALL_PROXY: PROXY }, "warning: ALL_PROXY is set, but not used", "set HTTPS_PROXY"],
  [
    { HTTPS_PROXY: PROXY, NO_PROXY: ".kookapp.cn" },
    "note: not used for www.kookapp.cn (NO_PROXY)",
    "",
  ],
])("with %j doctor says: %s", (env, fact, fix) => {
  const observation = checkProxy(KOOK, env);
  const finding = { check: "proxy", ...observation } as const;
  expect(`${observation.status}: ${factOf(finding)}`).toContain(fact);
  expect(fixOf(finding)).toContain(fix);
  expect(factOf(finding)).not.toContain("hush");
});

// Compares the rules with undici, whose rules they are.
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
])("NO_PROXY %j is read as undici reads it", async (NO_PROXY) => {
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
    // A request without the proxy must not leave this computer.
    connect: (_, callback) => callback(new Error("direct"), null),
  });
  onTestFinished(() => dispatcher.close());
  await fetch(KOOK, { dispatcher }).catch(() => undefined);
  expect(proxyFor(KOOK, { HTTPS_PROXY, NO_PROXY }).kind === "proxy").toBe(tunnels > 0);
});

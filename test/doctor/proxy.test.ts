import { expect, test } from "vitest";
import { checkProxy } from "../../src/doctor/checks/proxy.ts";
import { factOf, fixOf } from "./examined.ts";

const KOOK = "https://www.kookapp.cn/api/v3";
const PROXY = "http://me:hush@127.0.0.1:9";
const SOCKS = "socks5://127.0.0.1:9";

test.each([
  [{}, "ok: none", ""],
  [{ HTTPS_PROXY: PROXY }, "note: requests use http://127.0.0.1:9 (HTTPS_PROXY)", ""],
  [{ http_proxy: PROXY }, "note: requests use http://127.0.0.1:9 (http_proxy)", ""],
  [
    { HTTPS_PROXY: PROXY, NO_PROXY: ".kookapp.cn" },
    "note: not used for www.kookapp.cn (NO_PROXY)",
    "",
  ],
  [{ HTTPS_PROXY: "127.0.0.1:9" }, "note: requests use http://127.0.0.1:9 (HTTPS_PROXY)", ""],
  [{ HTTPS_PROXY: "localhost:9" }, "note: requests use http://localhost:9 (HTTPS_PROXY)", ""],
  [{ HTTPS_PROXY: `"${PROXY}"` }, "note: requests use http://127.0.0.1:9 (HTTPS_PROXY)", ""],
  [
    { https_proxy: "", HTTPS_PROXY: PROXY },
    "note: requests use http://127.0.0.1:9 (HTTPS_PROXY)",
    "",
  ],
  [
    { https_proxy: `$\{P}`, HTTPS_PROXY: PROXY },
    "note: requests use http://127.0.0.1:9 (HTTPS_PROXY)",
    "",
  ],
  [{ HTTPS_PROXY: `$\{P}` }, "ok: none", ""],
  [
    { HTTPS_PROXY: "http://me:50%@127.0.0.1:9" },
    "error: HTTPS_PROXY has a bare % in its user name or password",
    "Write %25",
  ],
  [
    { http_proxy: "http://" },
    "error: http_proxy is not a proxy address, so no request can be sent",
    "for example http_proxy=http://127.0.0.1:7890",
  ],
  [
    { HTTPS_PROXY: "ftp://127.0.0.1" },
    "error: HTTPS_PROXY has a scheme that this server cannot use",
    "for example HTTPS_PROXY=http://127.0.0.1:7890",
  ],
  [
    { ALL_PROXY: SOCKS },
    "error: ALL_PROXY is a SOCKS proxy, which this server cannot use",
    "for example HTTPS_PROXY=http://127.0.0.1:7890",
  ],
])("with %j doctor says: %s", (env, fact, fix) => {
  const finding = { check: "proxy", ...checkProxy(KOOK, env) } as const;
  expect(`${finding.status}: ${factOf(finding)}`).toContain(fact);
  expect(fixOf(finding)).toContain(fix);
  expect(factOf(finding)).not.toContain("hush");
});

import { expect, test } from "vitest";
import { ProxyError } from "../../src/kook/errors.ts";
import { connectionErrorOf } from "../../src/kook/network-failure.ts";

test("a dead proxy with several addresses is told from a dead KOOK", () => {
  const refused = (port: number) =>
    Object.assign(new Error("refused"), { code: "ECONNREFUSED", port, address: "127.0.0.1" });
  const all = (port: number) =>
    Object.assign(new AggregateError([refused(port), refused(port)]), { code: "ECONNREFUSED" });
  const base = "https://kook.example/api/v3";
  expect(connectionErrorOf(all(7890), base)).toBeInstanceOf(ProxyError);
  expect(connectionErrorOf(all(443), base)).not.toBeInstanceOf(ProxyError);
});

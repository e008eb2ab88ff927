import { expect, test } from "vitest";
import { parseCommandLine } from "../../src/cli/commands.ts";
import { readSandboxOptions } from "../../src/cli/sandbox.ts";
import { faults } from "../../src/sandbox/faults/all.ts";

const parse = (...argv: string[]) =>
  readSandboxOptions(parseCommandLine(["sandbox", ...argv]).flags);

test("without options the port is free and there are no faults", async () => {
  expect(await parse()).toMatchObject({ port: 0, decimalReset: false, faults: [] });
});

test("port, limit, window, form of the reset and seed can be set", async () => {
  const argv = "--port 8080 --limit 30 --window 2 --decimal-reset --seed 7".split(" ");
  expect(await parse(...argv)).toMatchObject({
    port: 8080,
    limit: 30,
    windowSeconds: 2,
    decimalReset: true,
    seed: 7,
  });
});

test("a fault strikes every request, or a share of them; several can be named", async () => {
  const { faults: rates } = await parse("--fault", "drip", "--fault", "html-502:0.01");
  expect(rates.map(({ fault, rate }) => [fault.name, rate])).toEqual([
    ["drip", 1],
    ["html-502", 0.01],
  ]);
});

test("all means every fault that can strike a single request", async () => {
  const { faults: rates } = await parse("--fault", "all:0.01");
  const ofAddress = [...faults.values()].filter((fault) => "readdress" in fault);
  expect(rates.map(({ fault }) => fault.name)).toContain("reset-mid-body");
  expect(rates.length).toBe(faults.size - ofAddress.length);
});

test.each([
  ["--fault", "html-205", "must be one of html-200, html-502,", "did you mean html-200?"],
  ["--fault", "drip:2", "a share from 0 to 1 such as drip:0.01", 'not "drip:2"'],
  ["--fault", "refused:0.5", "an address fault strikes every request or none", "refused"],
  ["--fault", "1/MTk4NzY=/AbCdEfGhIjKlMnOpQrStUv==", "[token]", "must be one of"],
  ["--limit", "0", "--limit must be a number from 1", 'not "0"'],
  ["--window", "1.5", "--window must be a number", 'not "1.5"'],
  ["--port", "0x50", "--port must be a number from 0 to 65535", 'not "0x50"'],
  ["--port", "70000", "--port must be a number from 0 to 65535", 'not "70000"'],
])("%s %s is refused, and the message says what is valid", async (flag, value, ...told) => {
  for (const part of told) await expect(parse(flag, value)).rejects.toThrow(part);
});

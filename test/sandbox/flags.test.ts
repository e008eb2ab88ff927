import { expect, test } from "vitest";
import { sandboxFlags, sandboxHelpText } from "../../src/cli/sandbox-flags.ts";
import { parseConfig } from "../../src/config/config.ts";
import { faults } from "../../src/sandbox/faults.ts";

const parse = (...argv: string[]) =>
  parseConfig({ argv: ["sandbox", ...argv], env: {}, readFile: () => "" }).served;

test("limit, window, seed and decimals of the reset can be set", () => {
  expect(parse("--limit", "30", "--window", "2", "--decimal-reset", "--seed", "7")).toMatchObject({
    limit: 30,
    windowSeconds: 2,
    decimalReset: true,
    seed: 7,
  });
});

test("a fault strikes every request, or a share of them; several can be named", () => {
  const { faults: rates } = parse("--fault", "drip", "--fault", "html-502:0.01");
  expect(rates.map(({ fault, rate }) => [fault.name, rate])).toEqual([
    ["drip", 1],
    ["html-502", 0.01],
  ]);
});

test("all means every fault except those of the address", () => {
  const names = parse("--fault", "all:0.01").faults.map(({ fault }) => fault.name);
  expect(names).toContain("reset-mid-body");
  expect(names).not.toContain("refused");
  const perRequest = [...faults.values()].filter((fault) => !("readdress" in fault));
  expect(names).toHaveLength(perRequest.length);
});

test.each([
  ["--fault", "html-205", "must be one of html-200, html-502,", "did you mean html-200?"],
  ["--fault", "drip:2", "a share from 0 to 1 such as drip:0.01", 'not "drip:2"'],
  ["--fault", "refused:0.5", "an address cannot be wrong by chance", "refused"],
  ["--limit", "0", "--limit must be a number from 1", 'not "0"'],
  ["--window", "1.5", "--window must be a number", 'not "1.5"'],
])("%s %s stops the start and says what is valid", (flag, value, ...told) => {
  for (const part of told) expect(() => parse(flag, value)).toThrow(part);
});

test("sandbox --help names each flag, each fault and what it does", () => {
  const help = sandboxHelpText();
  for (const flag of Object.keys(sandboxFlags)) expect(help).toContain(`  --${flag} `);
  for (const { name, does } of faults.values()) {
    expect(help).toContain(`  ${name} `);
    expect(help).toContain(does);
  }
  // With concurrent requests the order of arrival decides, so the help must not promise the same run.
  expect(help).not.toContain("the same run");
  const { command } = parseConfig({ argv: ["sandbox", "--help"], env: {}, readFile: () => "" });
  expect(command).toBe("sandbox help");
});

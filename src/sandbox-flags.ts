// The flags of the `sandbox` command: where it is served, what it allows, and which faults it has.
import { ConfigError, nearest } from "./config-error.ts";
import { type FaultRate, parseFaultRate } from "./sandbox/fault-choice.ts";
import { faults } from "./sandbox/faults.ts";

/** How the sandbox is served. */
export interface SandboxFlags {
  /** 0 for a free one. */
  port: number;
  /** Requests that each bucket allows in a window, and its length. */
  limit: number;
  windowSeconds: number;
  /** Give `X-Rate-Limit-Reset` with decimals. */
  decimalReset: boolean;
  faults: FaultRate[];
  /** Of the chance by which faults strike; the same seed gives the same run. */
  seed: number;
}

/** For parseArgs. */
export const sandboxFlags = {
  port: { type: "string" },
  limit: { type: "string" },
  window: { type: "string" },
  "decimal-reset": { type: "boolean" },
  fault: { type: "string", multiple: true },
  seed: { type: "string" },
} as const;

type Values = Readonly<Record<string, unknown>>;

/** @throws ConfigError */
export function parseSandboxFlags(values: Values): SandboxFlags {
  return {
    port: wholeNumber(values, "port", 0, 65_535) ?? 0,
    limit: wholeNumber(values, "limit", 1, 1_000_000_000) ?? 120,
    windowSeconds: wholeNumber(values, "window", 1, 86_400) ?? 60,
    decimalReset: values["decimal-reset"] === true,
    faults: ((values["fault"] ?? []) as string[]).flatMap(faultRates),
    seed: wholeNumber(values, "seed", 0, 4_294_967_295) ?? 1,
  };
}

/** A line for each fault, for `--help`. */
export function faultsHelp(): string {
  return [...faults.values()].map(({ name, does }) => `  ${name.padEnd(19)}${does}`).join("\n");
}

function wholeNumber(values: Values, flag: string, min: number, max: number): number | undefined {
  const text = values[flag];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(String(text)) && number >= min && number <= max) return number;
  throw new ConfigError(
    `--${flag} must be a number from ${min} to ${max}, not ${JSON.stringify(text)}`,
  );
}

function faultRates(text: string): FaultRate[] {
  const rates = parseFaultRate(text);
  if (rates) return rates;
  const name = text.replace(/:.*$/, "");
  const names = [...faults.keys(), "all"];
  const problem = names.includes(name)
    ? `must be a name, or a name, a colon and a share from 0 to 1 such as ${name}:0.01; an address cannot be wrong by chance; not ${JSON.stringify(text)}`
    : `must be one of ${names.join(", ")}, not ${JSON.stringify(name)}${nearest(name, names)}`;
  throw new ConfigError(`--fault ${problem}`);
}

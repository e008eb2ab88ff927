// The flags of the `sandbox` command: port, rate limit and faults.
import { ConfigError, nearest } from "../config/config-error.ts";
import { type FaultRate, parseFaultRate } from "../sandbox/faults/choice.ts";
import { faults } from "../sandbox/faults.ts";

/** How the sandbox is served. */
export interface SandboxFlags {
  /** 0 for a free one. */
  port: number;
  /** Requests that each bucket allows in a window. */
  limit: number;
  windowSeconds: number;
  /** Send `X-Rate-Limit-Reset` with decimals. */
  decimalReset: boolean;
  faults: FaultRate[];
  /** For the random choice of requests that a fault strikes. */
  seed: number;
}

const DEFAULTS = { port: 0, limit: 120, windowSeconds: 60, seed: 1 };

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
    port: wholeNumber(values, "port", 0, 65_535) ?? DEFAULTS.port,
    limit: wholeNumber(values, "limit", 1, 1_000_000_000) ?? DEFAULTS.limit,
    windowSeconds: wholeNumber(values, "window", 1, 86_400) ?? DEFAULTS.windowSeconds,
    decimalReset: values["decimal-reset"] === true,
    faults: ((values["fault"] ?? []) as string[]).flatMap(faultRates),
    seed: wholeNumber(values, "seed", 0, 4_294_967_295) ?? DEFAULTS.seed,
  };
}

/** The text of `sandbox --help`. */
export function sandboxHelpText(): string {
  const rows = [...faults.values()].map(({ name, does }) => `  ${name.padEnd(19)}${does}`);
  return `kook-chat-mcp sandbox: a fake KOOK over HTTP on 127.0.0.1, for any client

Prints {"url": …, "token": …} as its first line, and logs requests to stderr.

Flags
  --port N           default: a free one
  --limit N          requests that each endpoint allows in a window; default ${DEFAULTS.limit}
  --window N         length of that window in seconds; default ${DEFAULTS.windowSeconds}
  --decimal-reset    send X-Rate-Limit-Reset with decimals
  --fault NAME[:P]   strike every request with a fault, or a share P of them such as 0.01;
                     repeatable; all:P means every fault except those of the address
  --seed N           seed for the choice of requests; requests sent one by one get the same faults
                     with the same seed, concurrent ones depend on their order; default ${DEFAULTS.seed}

Faults
${rows.join("\n")}
`;
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

// The `sandbox` command: a made-up KOOK over HTTP. It alone loads the faults.
import { ConfigError, nearest } from "../config/config-error.ts";
import type { Flags } from "../config/options.ts";
import type { FaultRate } from "../sandbox/faults/choice.ts";
import type { Language } from "../text/language.ts";
import { wrapped } from "./columns.ts";
import type { Log } from "./log.ts";

const loadFaults = async () => ({
  ...(await import("../sandbox/faults/all.ts")),
  ...(await import("../sandbox/faults/choice.ts")),
});

const DEFAULTS = { port: 0, limit: 120, windowSeconds: 60, seed: 1 };

/** How the sandbox is served. */
interface SandboxOptions {
  /** 0 for a free one. */
  port: number;
  /** Requests that each bucket allows in a window, and the window's length. */
  limit: number;
  windowSeconds: number;
  /** Send `X-Rate-Limit-Reset` with decimals. */
  decimalReset: boolean;
  faults: FaultRate[];
  /** For the random choice of faults. */
  seed: number;
}

/** @throws ConfigError */
export async function runSandbox(flags: Flags, log: Log): Promise<void> {
  const options = await readSandboxOptions(flags);
  const { port, faults, seed } = options;
  const { SANDBOX_TOKEN, Sandbox } = await import("../sandbox/sandbox.ts");
  const { serveSandbox } = await import("../sandbox/serve.ts");
  const { readdress, chooseByChance } = await loadFaults();
  const serving = { onRequest: log.info, fault: chooseByChance(faults, seed) };
  // The inbox leaves out what is older than seven days, as the seed's fixed times would be.
  const sandbox = new Sandbox({ ...options, anchor: Date.now() });
  const { url } = await serveSandbox(sandbox, port, serving).catch((error) => {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError({
      en: `--port ${port} cannot be served (${code}); leave it out for a free one`,
      zh: `无法使用 --port ${port}（${code}）；不写就会用一个空闲的端口`,
    });
  });
  const address = faults.reduce((given, { fault }) => readdress(fault, given), url);
  process.stdout.write(`${JSON.stringify({ url: address, token: SANDBOX_TOKEN })}\n`);
}

/** @throws ConfigError */
export async function readSandboxOptions(flags: Flags): Promise<SandboxOptions> {
  const named = (flags["fault"] ?? []) as string[];
  return {
    port: wholeNumber(flags, "port", 0, 65_535) ?? DEFAULTS.port,
    limit: wholeNumber(flags, "limit", 1, 1_000_000_000) ?? DEFAULTS.limit,
    windowSeconds: wholeNumber(flags, "window", 1, 86_400) ?? DEFAULTS.windowSeconds,
    decimalReset: flags["decimal-reset"] === true,
    faults: (await Promise.all(named.map(faultRates))).flat(),
    seed: wholeNumber(flags, "seed", 0, 4_294_967_295) ?? DEFAULTS.seed,
  };
}

/** The text of `sandbox --help`. The faults are described in English: developers of clients read them. */
export async function sandboxHelpText(language: Language): Promise<string> {
  const { faults } = await loadFaults();
  const rows = [...faults.values()].map(({ name, does }) => {
    const label = `  ${name.padEnd(19)}`;
    return label + wrapped(does, " ".repeat(label.length)).trimStart();
  });
  return `${frames[language]}\n${rows.join("\n")}\n`;
}

const frames: Record<Language, string> = {
  en: `kook-chat-mcp sandbox: serve a made-up KOOK over HTTP on 127.0.0.1

Prints {"url": …, "token": …} as its first line, and logs requests to stderr.

Options
  --port N           default: a free one
  --limit N          requests that each endpoint allows in a window; default ${DEFAULTS.limit}
  --window N         length of that window in seconds; default ${DEFAULTS.windowSeconds}
  --decimal-reset    send the time until the reset with decimals
  --fault NAME[:P]   strike every request with a fault, or a share P of them
                     such as 0.01; repeatable; all:P means every fault except
                     those of the address
  --seed N           for the random choice of faults; requests that come one at
                     a time meet the same faults again; default ${DEFAULTS.seed}

Faults`,
  zh: `kook-chat-mcp sandbox：在 127.0.0.1 上提供模拟的 KOOK 接口（HTTP）

第一行输出 {"url": …, "token": …}，请求记录写到 stderr。

参数
  --port N           端口；默认用一个空闲的端口
  --limit N          每个接口在一个限速窗口内允许的请求数；默认 ${DEFAULTS.limit}
  --window N         限速窗口的长度（秒）；默认 ${DEFAULTS.windowSeconds}
  --decimal-reset    恢复时间带小数
  --fault NAME[:P]   让每个请求出现某种故障，或按比例 P（如 0.01）出现；
                     可以重复；all:P 表示地址类以外的所有故障
  --seed N           随机选择故障的种子；逐个发送请求时，故障可以重现；
                     默认 ${DEFAULTS.seed}

故障（英文）`,
};

function wholeNumber(flags: Flags, flag: string, min: number, max: number): number | undefined {
  const text = flags[flag];
  if (text === undefined) return undefined;
  const number = Number(text);
  if (/^\d+$/.test(String(text)) && number >= min && number <= max) return number;
  const given = JSON.stringify(text);
  throw new ConfigError({
    en: `--${flag} must be a number from ${min} to ${max}, not ${given}`,
    zh: `--${flag} 的值 ${given} 无效，应为 ${min} 到 ${max} 的整数`,
  });
}

async function faultRates(text: string): Promise<FaultRate[]> {
  const { faults, parseFaultRate } = await loadFaults();
  const rates = parseFaultRate(text);
  if (rates) return rates;
  const name = text.replace(/:.*$/, "");
  const names = [...faults.keys(), "all"];
  if (names.includes(name)) {
    throw new ConfigError({
      en: `--fault must be a name, or a name, a colon and a share from 0 to 1 such as ${name}:0.01; an address fault strikes every request or none; not ${JSON.stringify(text)}`,
      zh: `--fault 的值 ${JSON.stringify(text)} 无效，应为名称，或名称、冒号和 0 到 1 的比例，如 ${name}:0.01；地址类故障不能按比例出现`,
    });
  }
  const { en, zh } = nearest(name, names);
  throw new ConfigError({
    en: `--fault must be one of ${names.join(", ")}, not ${JSON.stringify(name)}${en}`,
    zh: `--fault 的值 ${JSON.stringify(name)} 无效，可用的值：${names.join("、")}${zh}`,
  });
}

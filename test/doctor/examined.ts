// An examination of a made-up computer: files from memory, KOOK from a sandbox unless told otherwise.
import { parseConfig } from "../../src/config/config.ts";
import { examine } from "../../src/doctor/doctor.ts";
import type { Finding } from "../../src/doctor/finding.ts";
import type { Fetch } from "../../src/kook/client.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";

export interface Computer {
  argv?: string[];
  env?: Record<string, string>;
  /** Their texts; null for one that may not be read. */
  files?: Record<string, string | null>;
  platform?: NodeJS.Platform;
  home?: string;
  folder?: string;
  fetch?: Fetch;
  nodeVersion?: string;
}

/** What `doctor` finds; `requests` counts what KOOK was asked. */
export async function examined({
  argv = [],
  env = { KOOK_TOKEN: SANDBOX_TOKEN },
  files = {},
  platform = "linux",
  home = "/home/me",
  folder = "/project",
  fetch = new Sandbox().fetch,
  nodeVersion = "20.20.2",
}: Computer = {}) {
  const all: Record<string, string | null> = { "/usr/bin/node": "", ...files };
  const readFile = (path: string) => {
    const text = all[path];
    if (typeof text === "string") return text;
    throw Object.assign(new Error(path), { code: text === null ? "EACCES" : "ENOENT" });
  };
  let requests = 0;
  const whole = "Path" in env ? env : { PATH: "/usr/bin", ...env };
  const config = parseConfig({ argv: ["doctor", ...argv], env: whole, readFile });
  const token = { scheme: "Bot", value: SANDBOX_TOKEN } as const;
  const examination = await examine({
    config: config.sandbox ? { ...config, token } : config,
    argv: ["doctor", ...argv],
    env: whole,
    platform,
    home,
    folder,
    node: { version: nodeVersion, needed: "20.18.1" },
    readFile,
    exists: (path) => path in all,
    fetch: (url, init) => {
      requests++;
      return fetch(url, init);
    },
  });
  return { ...examination, requests };
}

/** `status: text` of the findings of one check, in English; those about a host's entry apart. */
export function told(findings: Finding[], check: Finding["check"], subject?: string): string[] {
  return findings
    .filter((finding) => finding.check === check)
    .filter((finding) =>
      subject === undefined
        ? check === "host" || !finding.subject
        : finding.subject?.includes(subject),
    )
    .map(({ status, text }) => `${status}: ${text.en}`);
}

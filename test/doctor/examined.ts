// A computer for doctor to examine: real files in a temporary home folder; KOOK is a sandbox unless a test says otherwise.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished } from "vitest";
import { parseCommandLine } from "../../src/cli/commands.ts";
import { readRegularFile } from "../../src/cli/read-regular-file.ts";
import { readConfig } from "../../src/config/config.ts";
import { examine } from "../../src/doctor/doctor.ts";
import type { Finding } from "../../src/doctor/finding.ts";
import { hostFiles } from "../../src/doctor/hosts.ts";
import { en } from "../../src/doctor/messages.en.ts";
import { zh } from "../../src/doctor/messages.zh.ts";
import type { Fetch } from "../../src/kook/client.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";

const MAX_FILE_BYTES = 64 * 1024 * 1024;

export interface Circumstances {
  argv?: string[];
  env?: Record<string, string>;
  fetch?: Fetch;
  nodeVersion?: string;
  /** The current folder; undefined for one that was deleted. */
  folder?: string | undefined;
}

export function computer() {
  const home = mkdtempSync(join(tmpdir(), "kook-chat-mcp-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  const project = join(home, "project");
  const place = { platform: process.platform, home, folder: project };
  const files = hostFiles({ ...place, env: {} });
  return {
    home,
    project,
    write,
    /** The built server. */
    main: write(join(home, "kook-chat-mcp", "dist", "main.js"), ""),
    /** All files in the table of hosts. */
    files,
    /** A host's own file, or the one in the project. */
    fileOf: (host: string, isShared = false): string => {
      const file = files.find((file) => file.name === host && file.isShared === isShared);
      return file?.path ?? "";
    },
    examine: (circumstances: Circumstances = {}) => run({ ...place, ...circumstances }),
  };
}

/** Doctor's findings on a computer without any host's file. */
export const examined = (circumstances?: Circumstances) => computer().examine(circumstances);

type Run = Circumstances & { platform: NodeJS.Platform; home: string };

async function run({ platform, home, folder, fetch = new Sandbox().fetch, ...rest }: Run) {
  const { argv = [], env = { KOOK_TOKEN: SANDBOX_TOKEN }, nodeVersion = "20.20.2" } = rest;
  /** The Authorization header of each request. */
  const sent: (string | undefined)[] = [];
  const read: string[] = [];
  const readFile = (path: string) => {
    read.push(path);
    return readRegularFile(path, MAX_FILE_BYTES);
  };
  const { flags } = parseCommandLine(["doctor", ...argv]);
  const config = readConfig({ flags, env, readFile, systemLocale: () => "en-US" });
  const token = { scheme: "Bot", value: SANDBOX_TOKEN } as const;
  const examination = await examine({
    config: config.sandbox ? { ...config, token } : config,
    env,
    platform,
    home,
    folder,
    node: { version: nodeVersion, needed: "20.18.1" },
    readFile,
    exists: existsSync,
    fetch: (url, init) => {
      sent.push(init.headers["Authorization"]);
      return fetch(url, init);
    },
  });
  for (const finding of examination.findings) expectBothLanguages(finding);
  return { ...examination, sent, read };
}

/** Every warning and error has a fact and a fix, in both languages. */
function expectBothLanguages({ status, say }: Finding): void {
  const [english, chinese] = [say(en), say(zh)];
  expect(typeof chinese).toBe(typeof english);
  if (status !== "warning" && status !== "error") return;
  expect(english).toEqual({ fact: expect.stringMatching(/\w/), fix: expect.stringMatching(/\w/) });
  expect(chinese).toEqual({
    fact: expect.stringMatching(/\p{Script=Han}/u),
    fix: expect.stringMatching(/\p{Script=Han}/u),
  });
}

export const factOf = ({ say }: Finding): string => {
  const said = say(en);
  return typeof said === "string" ? said : said.fact;
};

export const fixOf = (finding: Finding | undefined): string => {
  const said = finding?.say(en);
  return typeof said === "object" ? said.fix : "";
};

/** `status: fact` of one check, in English; of hosts, those whose file or entry has `subject` in its name. */
export function told(findings: Finding[], check: Finding["check"], subject?: string): string[] {
  return findings
    .filter((finding) => finding.check === check)
    .filter((finding) => subject === undefined || finding.subject?.includes(subject))
    .map((finding) => `${finding.status}: ${factOf(finding)}`);
}

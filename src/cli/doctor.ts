// The `doctor` command: prints what is wrong with the set-up.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import type { Config } from "../config/config.ts";
import { problemLine } from "../config/config-error.ts";
import type { Environment } from "../config/environment.ts";
import type { Flags } from "../config/options.ts";
import { createNetworkFetch } from "../kook/network/network.ts";
import { exitAfter } from "./process.ts";
import { readRegularFile } from "./read-regular-file.ts";

/** Claude Code keeps its history beside the servers. */
const HOST_FILE_MAX_BYTES = 64 * 1024 * 1024;

interface DoctorOptions {
  config: Config;
  flags: Flags;
  env: Environment;
  version: string;
  /** The lowest version of Node that the server needs. */
  nodeNeeded: string;
}

/** Exits with 0 if the server can work, 1 if it cannot, 2 if a setting is wrong. */
export async function runDoctor(options: DoctorOptions): Promise<void> {
  const { config, flags, env, version, nodeNeeded } = options;
  const { examine } = await import("../doctor/doctor.ts");
  const { jsonReport, plainReport, works } = await import("../doctor/report.ts");
  const { platform, stdout, stderr } = process;
  const sandbox = config.sandbox && (await import("../sandbox/sandbox.ts"));
  const examination = await examine({
    config: sandbox
      ? { ...config, token: { scheme: "Bot", value: sandbox.SANDBOX_TOKEN } }
      : config,
    env,
    platform,
    home: homedir(),
    folder: currentFolder(),
    node: { version: process.versions.node, needed: nodeNeeded },
    readFile: (path) => readRegularFile(path, HOST_FILE_MAX_BYTES),
    exists: existsSync,
    fetch: sandbox ? new sandbox.Sandbox().fetch : createNetworkFetch(env),
  });
  const report = (flags["json"] ? jsonReport : plainReport)(examination, {
    version,
    language: config.language,
    coloured: stdout.isTTY === true && !env["NO_COLOR"],
    verbose: flags["verbose"] === true,
  });
  const { problemText, language } = config;
  if (problemText) stderr.write(`kook-chat-mcp: ${problemLine(problemText[language])}\n`);
  exitAfter(stdout, report, problemText ? 2 : works(examination) ? 0 : 1);
}

/** Undefined if the folder was deleted: process.cwd() throws then. */
function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

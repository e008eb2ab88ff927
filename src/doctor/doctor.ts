// `doctor` checks the set-up and reports a fix for each problem. It changes nothing, sends
// KOOK at most a few requests, sends only the token in force, and shows no token.
import type { Config, SettingInForce } from "../config/config.ts";
import { proxyFor } from "../config/proxy.ts";
import type { Fetch } from "../kook/client.ts";
import { checkConnection } from "./checks/connection.ts";
import { checkHosts } from "./checks/hosts.ts";
import { checkNode } from "./checks/node.ts";
import { checkProxy } from "./checks/proxy.ts";
import { checkSettings, isBaseUrlWrong } from "./checks/settings.ts";
import { checkAcceptance, checkOwnToken } from "./checks/token.ts";
import { type Finding, note, of, ok } from "./finding.ts";
import type { Machine } from "./hosts.ts";
import { type Probe, probeKook } from "./probe.ts";

export interface Circumstances extends Machine {
  config: Config;
  /** The network's, or the sandbox's. */
  fetch: Fetch;
  /** The Node that runs this, and the oldest that is supported; both without a `v`. */
  node: { version: string; needed: string };
}

export interface Examination {
  settings: SettingInForce[];
  findings: Finding[];
  /** The bot of the token in force. */
  bot: { id: string; username: string } | undefined;
}

/** Requests of which the latency is the median. */
const SAMPLES = 3;

/** The sandbox needs no network. */
const inSandbox = ok(({ connection }) => connection.sandbox);

/** Runs all checks. A failure is a finding, never an exception. */
export async function examine(circumstances: Circumstances): Promise<Examination> {
  const { config, env, node } = circumstances;
  const { settings } = config;
  const hosts = checkHosts(circumstances);
  const token = checkOwnToken(config, settings, circumstances, hosts.hasToken);
  const { findings, bot } = isBaseUrlWrong(settings)
    ? { findings: unchecked(), bot: undefined }
    : await checkKook(circumstances, token.isUsable);
  return {
    settings,
    findings: [
      ...of("node", checkNode(node)),
      ...of("settings", ...checkSettings(settings, env)),
      ...findings,
      ...of("token", ...token.observations),
      ...hosts.findings,
    ],
    bot,
  };
}

/** Send nothing: the token must not go to the default address instead of the one that was meant. */
function unchecked(): Finding[] {
  const observation = note(({ connection }) => connection.noAddress);
  return [...of("connection", observation), ...of("token", observation)];
}

/** Without a usable token, probe with a dummy: KOOK's refusal proves the connection as well. */
async function checkKook(
  { config, env, fetch }: Circumstances,
  isUsable: boolean,
): Promise<Pick<Examination, "findings" | "bot">> {
  const { baseUrl, timeoutMs, sandbox } = config;
  const token = isUsable ? config.token : ({ scheme: "Bot", value: "none" } as const);
  const probe = await probeKook({ fetch, token, baseUrl, timeoutMs }, SAMPLES);
  return {
    findings: [
      ...(sandbox ? of("connection", inSandbox) : networkFindings(probe, config, env)),
      ...(isUsable ? of("token", checkAcceptance(probe, token)) : []),
    ],
    bot: isUsable ? probe.me : undefined,
  };
}

function networkFindings(probe: Probe, { baseUrl, timeoutMs }: Config, env: Machine["env"]) {
  return [
    ...of("proxy", checkProxy(baseUrl, env)),
    ...checkConnection(probe, { baseUrl, timeoutMs, route: proxyFor(baseUrl, env) }),
  ];
}

// `doctor`: looks at everything that a working set-up needs and says what is wrong and what to do. It changes nothing, asks
// KOOK a handful of times at most, and neither shows a token nor anything that host files hold of other servers.
import {
  type Config,
  type SettingInForce,
  settingsInForce,
  unknownVariables,
} from "../config/config.ts";
import type { Fetch } from "../kook/client.ts";
import { connectionFindings } from "./connection.ts";
import { error, type Finding, note, type Observation, ok, warning } from "./finding.ts";
import type { Machine } from "./host-files.ts";
import { examineHosts, type HostFindings } from "./hosts.ts";
import { askWhoseToken, type Inquiry } from "./inquiry.ts";
import { observeProxy, proxyFor } from "./proxy.ts";
import { isPlaceholder, observeAcceptance } from "./token.ts";
import { connectionWords, hostWords, nodeWords, settingWords, tokenWords } from "./wording.ts";

export interface Circumstances extends Machine {
  config: Config;
  argv: readonly string[];
  /** The network's, or the sandbox's. */
  fetch: Fetch;
  /** Node's version that runs this, and the lowest that will do; both without a `v`. */
  node: { version: string; needed: string };
}

export interface Examination {
  settings: SettingInForce[];
  findings: Finding[];
  /** The bot of the token in force. */
  bot: { id: string; username: string } | undefined;
}

/** Requests that the latency is the median of. */
const SAMPLES = 3;

/** Looks at everything; what goes wrong on the way is a finding, never an exception. */
export async function examine(circumstances: Circumstances): Promise<Examination> {
  const { config, env, argv, node } = circumstances;
  const inForce = settingsInForce({ argv, env });
  const hosts = examineHosts(circumstances);
  const ask = createAsk(circumstances.fetch);
  const own = observeOwnToken(config, inForce, hosts);
  const asked = own ? (hosts.find(({ toAsk }) => toAsk)?.toAsk ?? probing(config)) : config;
  const inquiry = await ask(asked, SAMPLES);
  return {
    settings: inForce,
    findings: [
      { check: "node", ...observeNode(node) },
      ...settingFindings(inForce, env),
      ...wayFindings(inquiry, asked, env),
      { check: "token", ...(own ?? observeAcceptance(inquiry, asked.token)) },
      ...(await hostFindings(hosts, config.sandbox ? undefined : ask)),
    ],
    bot: own ? undefined : inquiry.me,
  };
}

type Ask = (config: Config, times: number) => Promise<Inquiry>;

/** Asks about the same token at the same address once, however many hosts have it. */
function createAsk(fetch: Fetch): Ask {
  const inquiries = new Map<string, Promise<Inquiry>>();
  return (config, times) => {
    const { token, baseUrl, timeoutMs } = config;
    const key = JSON.stringify([baseUrl, token]);
    const known = inquiries.get(key);
    if (known) return known;
    const inquiry = askWhoseToken({ fetch, token, baseUrl, timeoutMs }, times);
    inquiries.set(key, inquiry);
    return inquiry;
  };
}

/** Without a token, KOOK's refusal of one that is none tells as much of the way there. */
function probing(config: Config): Config {
  return { ...config, token: { scheme: "Bot", value: "none" } };
}

/** What is wrong with the token in force, as far as it can be told without KOOK; undefined if it can be tried. */
function observeOwnToken(
  { token, sandbox }: Config,
  inForce: SettingInForce[],
  hosts: HostFindings[],
): Observation | undefined {
  if (sandbox) return undefined;
  const textOf = (wanted: SettingInForce["name"]) =>
    inForce.find(({ name }) => name === wanted)?.text;
  const fromFile = textOf("tokenFile") !== undefined;
  const text = textOf("token");
  if (!fromFile && text !== undefined && isPlaceholder(text)) {
    return error(...tokenWords.placeholder());
  }
  // The default address stands in for a wrong one, but the token is not for it.
  if (inForce.some(({ name, problem }) => name === "baseUrl" && problem !== undefined)) {
    return note(tokenWords.nowhereToGo);
  }
  if (!("problem" in token)) return undefined;
  if (fromFile || text !== undefined) return error(...tokenWords.unusable(token.problem));
  const elsewhere = hosts.some(({ toAsk }) => toAsk);
  return elsewhere ? note(tokenWords.elsewhere) : error(...tokenWords.missing());
}

function observeNode({ version, needed }: Circumstances["node"]): Observation {
  const fits = version.localeCompare(needed, "en", { numeric: true }) >= 0;
  return fits ? ok(nodeWords.fits(version, needed)) : error(...nodeWords.old(version, needed));
}

function settingFindings(inForce: SettingInForce[], env: Circumstances["env"]): Finding[] {
  const observations = [
    ...inForce.flatMap(({ problem }) => (problem ? error(...settingWords.wrong(problem)) : [])),
    ...unknownVariables(env).map(({ name, meant }) =>
      warning(...settingWords.unknown(name, meant)),
    ),
    ...(env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0" ? [warning(...settingWords.unverified())] : []),
  ];
  return observations.map((observation) => ({ check: "settings", ...observation }));
}

function wayFindings(
  inquiry: Inquiry,
  { sandbox, baseUrl, timeoutMs }: Config,
  env: Circumstances["env"],
): Finding[] {
  const proxy = proxyFor(baseUrl, env);
  const findings = connectionFindings(inquiry, { baseUrl, timeoutMs, proxy });
  if (sandbox) {
    // There is no network between the sandbox and this.
    const own = findings.filter(({ check }) => check === "latency" || check === "rate-limit");
    return [{ check: "connection", ...ok(connectionWords.sandbox) }, ...own];
  }
  const through = observeProxy(baseUrl, env);
  return [
    ...through.map((observation): Finding => ({ check: "proxy", ...observation })),
    ...findings,
  ];
}

/** The hosts' findings, with KOOK's word on the token of each entry where it may be asked. */
async function hostFindings(hosts: HostFindings[], ask: Ask | undefined): Promise<Finding[]> {
  const all: Finding[] = [];
  for (const { findings, toAsk, subject } of hosts) {
    all.push(...findings);
    if (!toAsk) continue;
    const observation = ask
      ? observeAcceptance(await ask(toAsk, 1), toAsk.token)
      : note(hostWords.notTried);
    all.push({ check: "token", subject, ...observation });
  }
  return all;
}

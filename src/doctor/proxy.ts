// Which proxy the requests to KOOK go through. The rules are those of undici's EnvHttpProxyAgent, which does the work.
import { error, note, type Observation, ok, warning } from "./finding.ts";
import { proxyWords as words } from "./wording.ts";

type Env = Readonly<Record<string, string | undefined>>;

export interface ProxyInForce {
  /** The variable that names it. */
  variable: string;
  /** Scheme, host and port; undefined where the variable holds no address. */
  address: string | undefined;
}

/** The proxy for a URL, or undefined for none. Credentials in the variable are left out. */
export function proxyFor(url: string, env: Env): ProxyInForce | undefined {
  const { protocol } = new URL(url);
  const names = protocol === "https:" ? ["https_proxy", "http_proxy"] : ["http_proxy"];
  const variable = names.map((name) => variableOf(name, env)).find((name) => env[name ?? ""]);
  if (variable === undefined || exemptionOf(url, env) !== undefined) return undefined;
  return { variable, address: addressOf(env[variable] ?? "") };
}

export function observeProxy(url: string, env: Env): Observation[] {
  const proxy = proxyFor(url, env);
  if (proxy?.address !== undefined) return [note(words.through(proxy.variable, proxy.address))];
  if (proxy) return [error(...words.noAddress(proxy.variable))];
  const all = variableOf("all_proxy", env);
  const exemption = exemptionOf(url, env);
  if (exemption !== undefined) return [note(words.exempt(new URL(url).hostname, exemption))];
  if (all && env[all]) return [warning(...words.ignored(all))];
  return [ok(words.none)];
}

/** The lower-case spelling wins, even when it is empty. */
function variableOf(name: string, env: Env): string | undefined {
  return [name, name.toUpperCase()].find((spelling) => env[spelling] !== undefined);
}

function addressOf(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, host } = new URL(text);
  return /^(https?|socks5?):$/.test(protocol) && host ? `${protocol}//${host}` : undefined;
}

/** The variable that exempts the URL's host from every proxy. */
function exemptionOf(url: string, env: Env): string | undefined {
  const variable = variableOf("no_proxy", env);
  const list = env[variable ?? ""] ?? "";
  const { protocol, host, port } = new URL(url);
  const hostname = host.replace(/:\d*$/, "");
  const usedPort = port || (protocol === "https:" ? "443" : "80");
  const exempt = list.split(/[,\s]/).some((entry) => {
    const [, name = entry, entryPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
    if (name === "" || (entryPort && entryPort !== usedPort)) return false;
    const domain = name.replace(/^\*?\./, "").toLowerCase();
    return hostname === domain || hostname.endsWith(`.${domain}`);
  });
  return list === "*" || exempt ? variable : undefined;
}

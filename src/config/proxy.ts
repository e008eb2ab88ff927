// Which proxy a request goes through: https_proxy, http_proxy, all_proxy and no_proxy, read as settings are.

import { type Environment, textIfSet, unquoted } from "./environment.ts";

/** Why a variable's value is not usable as a proxy. */
export type ProxyProblem = "socks" | "scheme" | "no_address" | "credentials";

/** `url` may hold a password: never show it. `address` is scheme, host and port. */
type Proxy =
  | { variable: string; url: string; address: string; problem?: undefined }
  | { variable: string; problem: ProxyProblem };

/** How a request reaches its host. `exempt`: a proxy is set, but `variable` (NO_PROXY) excludes the host. */
export type Route =
  | { kind: "direct" }
  | { kind: "exempt"; variable: string }
  | { kind: "proxy"; variable: string; address: string }
  | { kind: "unusable"; variable: string; problem: ProxyProblem };

export interface ProxySettings {
  /** In force for `http:` and for `https:`, fallbacks applied. */
  http: Proxy | undefined;
  https: Proxy | undefined;
  noProxy: Variable | undefined;
}

interface Variable {
  name: string;
  text: string;
}

export function readProxySettings(env: Environment): ProxySettings {
  return {
    http: firstProxy(["http_proxy", "all_proxy"], env),
    https: firstProxy(["https_proxy", "http_proxy", "all_proxy"], env),
    noProxy: readVariable("no_proxy", env),
  };
}

/** The options of undici's EnvHttpProxyAgent. Empty means none; for what is left out it would read the environment. */
export function agentOptions({ http, https, noProxy }: ProxySettings): {
  httpProxy: string;
  httpsProxy: string;
  noProxy: string;
} {
  const urlOf = (proxy: Proxy | undefined) =>
    (proxy?.problem === undefined ? proxy?.url : "") ?? "";
  return { httpProxy: urlOf(http), httpsProxy: urlOf(https), noProxy: noProxy?.text ?? "" };
}

/** The route to a URL's host, without credentials. */
export function proxyFor(url: string, env: Environment): Route {
  return routeOf(url, readProxySettings(env));
}

export function routeOf(url: string, settings: ProxySettings): Route {
  const target = new URL(url);
  const proxy = target.protocol === "https:" ? settings.https : settings.http;
  if (proxy === undefined) return { kind: "direct" };
  const { noProxy } = settings;
  if (noProxy && isExempt(target, noProxy.text)) return { kind: "exempt", variable: noProxy.name };
  const { variable } = proxy;
  if (proxy.problem !== undefined) return { kind: "unusable", variable, problem: proxy.problem };
  return { kind: "proxy", variable, address: proxy.address };
}

function firstProxy(names: string[], env: Environment): Proxy | undefined {
  for (const name of names) {
    const variable = readVariable(name, env);
    if (variable) return parseProxy(variable);
  }
  return undefined;
}

/** Lower case wins. An empty value and an unsubstituted `${…}` count as unset. */
function readVariable(lowerCase: string, env: Environment): Variable | undefined {
  for (const name of [lowerCase, lowerCase.toUpperCase()]) {
    const text = textIfSet(unquoted(env[name] ?? ""));
    if (text !== undefined) return { name, text };
  }
  return undefined;
}

function parseProxy({ name: variable, text }: Variable): Proxy {
  const withScheme = /^[a-z][a-z\d+.-]*:\//i.test(text) ? text : `http://${text}`;
  // A lone port would parse as an IPv4 address: 7890 is 0.0.30.210.
  if (/^\d+$/.test(text) || !URL.canParse(withScheme)) return { variable, problem: "no_address" };
  const { protocol, host, username, password } = new URL(withScheme);
  if (protocol.startsWith("socks")) return { variable, problem: "socks" };
  if (protocol !== "http:" && protocol !== "https:") return { variable, problem: "scheme" };
  // undici throws on a bare % in credentials, and on a query.
  if (!canDecode(username) || !canDecode(password)) return { variable, problem: "credentials" };
  const address = `${protocol}//${host}`;
  const credentials = username || password ? `${username}:${password}@` : "";
  return { variable, url: `${protocol}//${credentials}${host}`, address };
}

function canDecode(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The rules of undici's EnvHttpProxyAgent, which routes the requests. */
function isExempt({ protocol, host, port }: URL, list: string): boolean {
  if (list === "*") return true;
  const hostname = host.replace(/:\d*$/, "");
  const usedPort = port || (protocol === "https:" ? "443" : "80");
  return list.split(/[,\s]/).some((entry) => {
    const [, name = entry, entryPort] = /^(.+):(\d+)$/.exec(entry) ?? [];
    if (name === "" || (entryPort && entryPort !== usedPort)) return false;
    const domain = name.replace(/^\*?\./, "").toLowerCase();
    return hostname === domain || hostname.endsWith(`.${domain}`);
  });
}

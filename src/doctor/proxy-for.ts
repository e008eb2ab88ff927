// Which proxy the requests to a URL use, by the rules of undici's EnvHttpProxyAgent, which sends them.
type Env = Readonly<Record<string, string | undefined>>;

type ProxyProblem = "socks" | "scheme" | "no_address" | "credentials";

/** `variable` is the environment variable that decides; `address` is scheme, host and port, without credentials. */
export type Route =
  | { kind: "direct" }
  | { kind: "exempt"; variable: string }
  | { kind: "proxy"; variable: string; address: string }
  | { kind: "unusable"; variable: string; problem: ProxyProblem };

export function proxyFor(url: string, env: Env): Route {
  const { protocol } = new URL(url);
  const names = [...(protocol === "https:" ? ["https_proxy"] : []), "http_proxy", "all_proxy"];
  const variable = names.map((name) => variableOf(name, env)).find((name) => env[name ?? ""]);
  if (variable === undefined) return { kind: "direct" };
  const exemption = exemptionOf(url, env);
  if (exemption !== undefined) return { kind: "exempt", variable: exemption };
  const text = env[variable] ?? "";
  if (!URL.canParse(text)) return { kind: "unusable", variable, problem: "no_address" };
  const { protocol: scheme, host } = new URL(text);
  if (scheme.startsWith("socks")) return { kind: "unusable", variable, problem: "socks" };
  if (!/^https?:$/.test(scheme)) return { kind: "unusable", variable, problem: "scheme" };
  return { kind: "proxy", variable, address: `${scheme}//${host}` };
}

/** The lower-case spelling wins, even if it is empty. */
function variableOf(name: string, env: Env): string | undefined {
  return [name, name.toUpperCase()].find((spelling) => env[spelling] !== undefined);
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

// Which proxy the requests to a URL use, by the rules of undici's EnvHttpProxyAgent, which sends them.
type Env = Readonly<Record<string, string | undefined>>;

/** `variable` is the environment variable that decides. */
export type ProxyRoute =
  | { kind: "direct" }
  /** `address` is scheme, host and port, without credentials. */
  | { kind: "proxy"; variable: string; address: string }
  | { kind: "unusable"; variable: string }
  | { kind: "exempt"; variable: string }
  /** ALL_PROXY, which undici does not read. */
  | { kind: "ignored"; variable: string };

export function proxyFor(url: string, env: Env): ProxyRoute {
  const { protocol } = new URL(url);
  const exemption = exemptionOf(url, env);
  if (exemption !== undefined) return { kind: "exempt", variable: exemption };
  const names = protocol === "https:" ? ["https_proxy", "http_proxy"] : ["http_proxy"];
  const variable = names.map((name) => variableOf(name, env)).find((name) => env[name ?? ""]);
  if (variable !== undefined) {
    const address = addressOf(env[variable] ?? "");
    return address === undefined
      ? { kind: "unusable", variable }
      : { kind: "proxy", variable, address };
  }
  const all = variableOf("all_proxy", env);
  return all !== undefined && env[all] ? { kind: "ignored", variable: all } : { kind: "direct" };
}

/** The lower-case spelling wins, even if it is empty. */
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

// Maps network failures to errors.ts by their codes. Messages and causes are dropped: they may quote URLs, headers and passwords.
import type { ProxyProblem, Route } from "../../config/proxy.ts";
import { ConnectionError, InstallationError, ProxyError, TimeoutError } from "../errors.ts";

/** A failure before the answer's status. `sent` tells whether undici had begun to write the request. */
export function requestFailure(
  error: unknown,
  { route, sent, signal }: { route: Route; sent: boolean; signal: AbortSignal },
): unknown {
  const timedOut = signal.aborted && !sent && signal.reason instanceof TimeoutError;
  if (signal.aborted && !timedOut) return signal.reason;
  const code = timedOut ? "UND_ERR_CONNECT_TIMEOUT" : codeOf(error);
  const reason = reasonOf(code);
  // Without a proxy, or once the tunnel is open, the failure is KOOK's.
  if (sent || route.kind !== "proxy") return new ConnectionError(reason, { sent, code });
  const { variable, address } = route;
  const status = refusalStatus(error);
  if (status !== undefined) return new ProxyError(variable, refusal(status, variable), { status });
  if (code === "UND_ERR_PRX_CONN") return new ProxyError(variable, reason, { code });
  if (!isTls(code)) return new ProxyError(variable, `cannot be reached: ${reason}`, { code });
  // A handshake inside the tunnel is with KOOK; the one with an https: proxy fails with the same codes.
  return address.startsWith("https:")
    ? new ProxyError(variable, `cannot be used: for the proxy or for KOOK, ${reason}`, { code })
    : new ConnectionError(reason, { sent, code });
}

/** A failure while the answer's body is read. */
export function bodyFailure(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  const code = codeOf(error);
  // zlib's: the connection is sound, the answer is not. readBody() reports it.
  if (code?.startsWith("Z_")) return error;
  return new ConnectionError(reasonOf(code), { sent: true, code });
}

export function loadFailure(error: unknown): InstallationError {
  const code = codeOf(error);
  const problem = `a file of this server cannot be loaded (${code}); install or build it again`;
  return new InstallationError(problem, code);
}

/** For an error of any Fetch. One that is not ours may have been thrown after the request was sent. */
export function connectionErrorOf(error: unknown): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const code = codeOf(error);
  return new ConnectionError(reasonOf(code), { sent: true, code });
}

export function unusableProxy({ variable, problem }: Route & { kind: "unusable" }): ProxyError {
  if (problem === "credentials") {
    return new ProxyError(variable, "has a bare % in its user name or password; write %25");
  }
  // all_proxy may stay as it is, because https_proxy wins over it.
  const example = /^all_proxy$/i.test(variable) ? "HTTPS_PROXY" : variable;
  const fix = `set an HTTP proxy, for example ${example}=http://127.0.0.1:7890`;
  return new ProxyError(variable, `${unusable[problem]}; ${fix}`);
}

const unusable: Record<Exclude<ProxyProblem, "credentials">, string> = {
  socks: "is a SOCKS proxy, which this server cannot use",
  scheme: "has a scheme that this server cannot use",
  no_address: "has no address that can be used",
};

/** The status with which a proxy refused the tunnel: undici gives it in the message only. */
function refusalStatus(error: unknown): number | undefined {
  const [, status] = /^Proxy response \((\d{3})\)/.exec((error as Error)?.message) ?? [];
  return status === undefined ? undefined : Number(status);
}

function refusal(status: number, variable: string): string {
  if (status === 407) {
    return `wants a user name and a password; add them to ${variable} as http://user:password@host:port (HTTP 407)`;
  }
  return `${refusals[status] ?? "refuses the connection to KOOK"} (HTTP ${status})`;
}

const refusals: Record<number, string> = {
  403: "does not allow connections to KOOK",
  502: "cannot reach KOOK",
  503: "cannot reach KOOK",
  504: "cannot reach KOOK in time",
};

/** The code of the first cause that has one. */
function codeOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { code, name } = cause as NodeJS.ErrnoException;
    // undici's parser leaves llhttp's code (HPE_…) out.
    if (name === "HTTPParserError") return "HPE";
    if (typeof code === "string" && /^[A-Z][A-Z0-9_]*$/.test(code)) return code;
  }
  return undefined;
}

const isCertificate = (code: string) =>
  /CERT|^UNABLE_TO_|^INVALID_CA$|^HOSTNAME_MISMATCH$/.test(code);

const isTls = (code = "") => isCertificate(code) || /^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code);

function reasonOf(code: string | undefined): string {
  if (code === undefined) return "the connection failed";
  const known = reasons[code];
  if (known !== undefined) return `${known} (${code})`;
  if (isCertificate(code)) return `the certificate is not trusted (${code})`;
  return `${isTls(code) ? "the TLS handshake failed" : "the connection failed"} (${code})`;
}

const reasons: Record<string, string> = {
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name cannot be looked up now",
  ECONNREFUSED: "nothing listens at the address",
  EHOSTUNREACH: "there is no route to the host",
  ENETUNREACH: "the network is unreachable",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
  UND_ERR_SOCKET: "the connection was closed in the middle",
  HPE: "the answer is not HTTP",
  UND_ERR_PRX_CONN:
    "closes the connection instead of opening a tunnel; it may not be an HTTP proxy",
  UND_ERR_CONNECT_TIMEOUT: "there was no connection in time",
  CERT_HAS_EXPIRED: "the certificate has expired, or this machine's clock is wrong",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate is for another host name",
};

// What the network layer throws, in words. Only codes are passed on: its messages and causes may quote URLs and headers.
import { ConnectionError, ProxyError } from "./errors.ts";

/** Makes the error for an attempt that failed below HTTP; `baseUrl` tells KOOK's own address from a proxy's. */
export function connectionErrorOf(error: unknown, baseUrl: string): ConnectionError {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    // undici has no code of its own for this, and no other place for the status.
    const status = /^Proxy response \((\d{3})\)/.exec(cause.message)?.[1];
    if (status !== undefined) return new ProxyError(proxyRefusals[status] ?? `said HTTP ${status}`);
    const { code } = cause as NodeJS.ErrnoException;
    if (typeof code !== "string" || !/^[A-Z][A-Z0-9_]*$/.test(code)) continue;
    // The agent could not be made; KOOK's own address has been looked at before the start.
    if (code === "ERR_INVALID_URL" || code === "UND_ERR_INVALID_ARG") {
      return new ProxyError("has no address that can be used");
    }
    const reason = reasonOf(code);
    return isElsewhere(cause, baseUrl)
      ? new ProxyError(`cannot be reached: ${reason}`)
      : new ConnectionError(reason);
  }
  return new ConnectionError("the connection failed");
}

const proxyRefusals: Record<string, string> = {
  407: "wants a user name and a password, which belong into HTTPS_PROXY (HTTP 407)",
  403: "does not allow connections to KOOK (HTTP 403)",
  502: "cannot reach KOOK (HTTP 502)",
  503: "cannot reach KOOK (HTTP 503)",
  504: "cannot reach KOOK in time (HTTP 504)",
};

/** What the system says of the address that it tried; it is not KOOK's when there is a proxy in between. */
function isElsewhere(cause: Error, baseUrl: string): boolean {
  // A name with several addresses has a failure for each.
  const first = cause instanceof AggregateError ? cause.errors[0] : cause;
  const { hostname, port } = first as { hostname?: unknown; port?: unknown };
  const base = new URL(baseUrl);
  if (typeof hostname === "string") return hostname !== base.hostname;
  const basePort = base.port || (base.protocol === "https:" ? "443" : "80");
  return typeof port === "number" && String(port) !== basePort;
}

function reasonOf(code: string): string {
  const known = reasons[code];
  if (known !== undefined) return `${known} (${code})`;
  if (/CERT/.test(code)) return `the certificate is not trusted (${code})`;
  if (/^(ERR_SSL_|ERR_TLS_|EPROTO$)/.test(code)) return `no secure connection came about (${code})`;
  return `the connection failed (${code})`;
}

const reasons: Record<string, string> = {
  MODULE_NOT_FOUND: "the installation is incomplete; install or build it again",
  ENOTFOUND: "the host name is not known",
  EAI_AGAIN: "the host name cannot be looked up just now",
  ECONNREFUSED: "nothing listens at the address",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
  UND_ERR_SOCKET: "the connection was closed in the middle",
  UND_ERR_CONNECT_TIMEOUT: "no connection came about in time",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "the certificate is not trusted",
};

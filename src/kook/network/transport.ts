// HTTP by undici: the only file that imports it. Loaded on the first call, because undici costs 8 MiB.
import { subscribe } from "node:diagnostics_channel";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { type Dispatcher, EnvHttpProxyAgent } from "undici";
import type { FetchInit } from "../client.ts";

/** KOOK's rate limits allow fewer requests than 16 sockets carry; more would only cost memory. */
const MAX_CONNECTIONS = 16;

interface Answer {
  status: number;
  headers: { get(name: string): string | null };
  body: Readable;
}

/** Explicit, so that undici does not read the environment itself. */
export type ProxyOptions = Required<
  Pick<EnvHttpProxyAgent.Options, "httpProxy" | "httpsProxy" | "noProxy">
>;

/** `onSend` is called just before the first byte is written. An error before that means that nothing was sent. */
export type Transport = (url: string, init: FetchInit, onSend: () => void) => Promise<Answer>;

/** Stands on undici's request(): its fetch() adds web streams and takes twice the time and memory. */
export function createTransport(proxies: ProxyOptions): Transport {
  const dispatcher = new EnvHttpProxyAgent({ connections: MAX_CONNECTIONS, ...proxies }).compose(
    reportSend,
  );
  return async (url, { method, headers, body, signal }, onSend) => {
    signal.throwIfAborted();
    const { origin, pathname, search } = new URL(url);
    const answer = await dispatcher.request({
      origin,
      path: `${pathname}${search}`,
      method,
      headers: { "User-Agent": "kook-chat-mcp", "Accept-Encoding": "gzip", ...headers },
      body: body ?? null,
      signal,
      opaque: onSend,
    });
    const header = (name: string) => {
      const value = answer.headers[name.toLowerCase()];
      return (Array.isArray(value) ? value[0] : value) ?? null;
    };
    return {
      status: answer.statusCode,
      headers: { get: header },
      body: isGzip(header("Content-Encoding")) ? gunzip(answer.body) : answer.body,
    };
  };
}

/** undici calls onRequestStart once the request has a socket, after proxy and TLS, before it writes. */
const reportSend: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) => {
  const { opaque } = options as { opaque?: () => void };
  const start = handler.onRequestStart;
  handler.onRequestStart = (...args) => {
    opaque?.();
    start?.apply(handler, args);
  };
  return dispatch(options, handler);
};

/**
 * Works around nodejs/undici#3897: undici takes a proxy's UND_ERR_SOCKET for a broken connection to KOOK and connects again
 * in a loop that no signal ends. Under undici 8's code for it, the request fails.
 */
subscribe("undici:client:connectError", (message) => {
  const { error } = message as { error: NodeJS.ErrnoException };
  if (error.code === "UND_ERR_SOCKET") error.code = "UND_ERR_PRX_CONN";
});

const isGzip = (coding: string | null) => /^(x-)?gzip$/i.test(coding?.trim() ?? "");

function gunzip(body: Readable): Readable {
  const plain = createGunzip();
  // Propagate errors from body to gunzip; destroy the body when the reader stops, to free the socket.
  body.once("error", (error) => plain.destroy(error));
  plain.once("close", () => body.destroy());
  return body.pipe(plain);
}

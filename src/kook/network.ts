// The network's Fetch. The only file that knows undici, and one that is loaded late: nothing before the first call needs it.
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { EnvHttpProxyAgent } from "undici";
import type { Fetch } from "./client.ts";

/** KOOK's limits let through fewer requests than so many sockets carry. More only cost it, and this machine, memory. */
const MAX_CONNECTIONS = 16;

/**
 * Makes a fetch that goes through the proxy of the environment, if there is one, and keeps connections open.
 *
 * It stands on undici's request(), not its fetch(): that has web streams, and takes twice the time and memory of a call
 * for what is not used here.
 */
export function createNetworkFetch(): Fetch {
  const dispatcher = new EnvHttpProxyAgent({ connections: MAX_CONNECTIONS });
  return async (url, { method, headers, body, signal }) => {
    const { origin, pathname, search } = new URL(url);
    const requested = dispatcher.request({
      origin,
      path: `${pathname}${search}`,
      method,
      headers: { "User-Agent": "kook-chat-mcp", "Accept-Encoding": "gzip", ...headers },
      body: body ?? null,
      signal,
    });
    const answer = await unlessAborted(requested, signal);
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

/** undici looks at the signal of a request only once that has a socket, and all of those may be busy. */
async function unlessAborted<T>(requested: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal.reason);
  });
  signal.addEventListener("abort", abort);
  try {
    return await Promise.race([requested, aborted]);
  } finally {
    signal.removeEventListener("abort", abort);
    // Whichever came later is nobody's business any more.
    requested.catch(() => undefined);
  }
}

const isGzip = (coding: string | null) => /^(x-)?gzip$/i.test(coding?.trim() ?? "");

function gunzip(body: Readable): Readable {
  const plain = createGunzip();
  // What breaks the transfer has to break the reading, and what is read no further must not keep its socket.
  body.once("error", (error) => plain.destroy(error));
  plain.once("close", () => body.destroy());
  return body.pipe(plain);
}

// The network's Fetch: routes a request through the proxy in force, and turns each failure into one of errors.ts.
import type { Environment } from "../../config/environment.ts";
import { agentOptions, readProxySettings, routeOf } from "../../config/proxy.ts";
import { unlessAborted } from "../abort.ts";
import type { Fetch } from "../client.ts";
import { InstallationError } from "../errors.ts";
import { bodyFailure, loadFailure, requestFailure, unusableProxy } from "./failure.ts";
import type { Transport } from "./transport.ts";

/** The proxy variables are read once, here; later changes of the environment have no effect. */
export function createNetworkFetch(env: Environment): Fetch {
  const proxies = readProxySettings(env);
  const load = loadOnce(async () => {
    const { createTransport } = await import("./transport.ts");
    return createTransport(agentOptions(proxies));
  });
  return async (url, init) => {
    const route = routeOf(url, proxies);
    // Fail closed: without this check undici would send the request past a proxy that it was not given.
    if (route.kind === "unusable") throw unusableProxy(route);
    if (!("WebAssembly" in globalThis)) {
      throw new InstallationError(
        "Node runs without WebAssembly (--jitless), which this server needs; remove --jitless from NODE_OPTIONS and from the host's entry",
      );
    }
    const send = await load();
    let sent = false;
    const { signal } = init;
    try {
      const sending = send(url, init, () => {
        sent = true;
      });
      // undici ignores the signal until the request has a socket, and all sockets may be busy.
      const answer = await unlessAborted(sending, signal);
      return { ...answer, body: ownFailures(answer.body, signal) };
    } catch (error) {
      throw requestFailure(error, { route, sent, signal });
    }
  };
}

/** Keeps the transport, but not a failure to load it: its file may be back after a reinstallation. */
function loadOnce(create: () => Promise<Transport>): () => Promise<Transport> {
  let transport: Promise<Transport> | undefined;
  return async () => {
    transport ??= create();
    try {
      return await transport;
    } catch (error) {
      transport = undefined;
      throw loadFailure(error);
    }
  };
}

async function* ownFailures(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw bodyFailure(error, signal);
  }
}

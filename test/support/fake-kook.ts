// KOOK on a loopback socket: the sandbox, or a server that the test writes. All are closed when the test ends.
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, Server } from "node:net";
import { onTestFinished } from "vitest";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { type ServeOptions, serveSandbox } from "../../src/sandbox/serve.ts";
import type { Env } from "./built.ts";

/** A token of the documented form that no KOOK knows. */
export const UNKNOWN_TOKEN = "1/abc=/def==";

/** The settings for a KOOK on this port. */
export const envOf = (port: number, token = UNKNOWN_TOKEN): Env => ({
  KOOK_BASE_URL: `http://127.0.0.1:${port}/api/v3`,
  KOOK_TOKEN: token,
});

/** Listens on a free port of loopback. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    if ("closeAllConnections" in server) (server.closeAllConnections as () => void)();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A port that nothing listens on. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, "close");
  return port;
}

/** The sandbox over HTTP, as settings. */
export async function sandboxEnv(
  token: string = SANDBOX_TOKEN,
  options: ServeOptions = {},
): Promise<Env & { KOOK_BASE_URL: string }> {
  const { url, close } = await serveSandbox(new Sandbox(), 0, options);
  onTestFinished(close);
  return { KOOK_BASE_URL: url, KOOK_TOKEN: token };
}

/** A web server instead of KOOK, as settings. */
export async function fakeKook(listener: RequestListener): Promise<Env> {
  return envOf(await listen(createServer(listener)));
}

/** A KOOK that accepts requests and never answers. `requested` resolves at the first one. */
export async function silentKook(): Promise<{ env: Env; requested: Promise<unknown> }> {
  const server = createServer();
  const requested = once(server, "request");
  return { env: envOf(await listen(server)), requested };
}

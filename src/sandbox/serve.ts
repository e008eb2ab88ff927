// The sandbox over HTTP on loopback, for any KOOK client.
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { Sandbox } from "./sandbox.ts";

export interface ServedSandbox {
  /** Base URL, to be used as KOOK_BASE_URL. */
  url: string;
  close(): void;
}

/**
 * Serves a sandbox on 127.0.0.1.
 * @param port 0 for a free one
 * @param onRequest told of every answered request, e.g. `GET /api/v3/user-chat/list?page=1 200`
 * @throws the system's error where the port cannot be had
 */
export async function serveSandbox(
  sandbox: Sandbox,
  port: number,
  onRequest: (line: string) => void = () => {},
): Promise<ServedSandbox> {
  const server = createServer(async (request, response) => {
    const body = await text(request).catch(() => undefined);
    // The client went away in the middle of its request.
    if (body === undefined) return void response.destroy();
    const answer = sandbox.handle({
      method: request.method ?? "GET",
      url: request.url ?? "/",
      headers: headersOf(request),
      body,
    });
    onRequest(`${request.method} ${request.url} ${answer.status}`);
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.end(await answer.text());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}/api/v3`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function headersOf(request: IncomingMessage): Headers {
  const entries = Object.entries(request.headers);
  return new Headers(entries.map(([name, value]): [string, string] => [name, String(value)]));
}

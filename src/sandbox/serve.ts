// The sandbox over HTTP on loopback, for any KOOK client, with faults where they are wanted.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { Fault } from "./faults.ts";
import type { Sandbox, SandboxRequest } from "./sandbox.ts";

export interface ServedSandbox {
  /** Base URL, to be used as KOOK_BASE_URL. */
  url: string;
  close(): void;
}

export interface ServeOptions {
  /** Told of every request, e.g. `GET /api/v3/user-chat/list?page=1 200`, with the fault that struck it. */
  onRequest?: (line: string) => void;
  /** Chooses the fault that strikes a request. */
  fault?: (request: SandboxRequest) => Fault | undefined;
}

/**
 * Serves a sandbox on 127.0.0.1.
 * @param port 0 for a free one
 * @throws the system's error where the port cannot be had
 */
export async function serveSandbox(
  sandbox: Sandbox,
  port: number,
  { onRequest = () => {}, fault = () => undefined }: ServeOptions = {},
): Promise<ServedSandbox> {
  const server = createServer(async (incoming, response) => {
    const body = await text(incoming).catch(() => undefined);
    // The client went away in the middle of its request.
    if (body === undefined) return void response.destroy();
    const request = requestOf(incoming, body);
    const struckBy = fault(request);
    const status = await answer(sandbox, request, response, struckBy);
    const name = struckBy ? ` ${struckBy.name}` : "";
    onRequest(`${request.method} ${request.url} ${status}${name}`);
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

/** Answers, well or badly, and gives the status that was meant to be seen. */
async function answer(
  sandbox: Sandbox,
  request: SandboxRequest,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<number | string> {
  if (fault && "unheard" in fault) {
    fault.mistreat(response, { status: 0, body: "" });
    return "-";
  }
  const good = sandbox.handle(request);
  if (!fault || "readdress" in fault) {
    send(response, good);
    return good.status;
  }
  const { status, headers } = good;
  const body = await good.text();
  if ("mistreat" in fault) {
    fault.mistreat(response, { status, body });
    return status;
  }
  const token = request.headers.get("Authorization")?.replace(/^\w+ /, "") ?? "";
  const bad = fault.spoil({ status, headers, body, token });
  send(response, bad);
  return bad.status;
}

function send(response: ServerResponse, { status, headers, body }: Response): void {
  response.writeHead(status, Object.fromEntries(headers));
  if (!body) return void response.end();
  // A client that goes away in the middle is nobody's trouble.
  pipeline(Readable.fromWeb(body as never), response).catch(() => response.destroy());
}

function requestOf({ method = "GET", url = "/", headers }: IncomingMessage, body: string) {
  const entries = Object.entries(headers);
  const read = new Headers(entries.map(([name, value]): [string, string] => [name, String(value)]));
  return { method, url, headers: read, body };
}

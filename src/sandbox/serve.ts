// Serves the sandbox over HTTP on loopback, for any KOOK client, with faults on request.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { refusals, toResponse } from "./envelope.ts";
import type { Fault } from "./faults/fault.ts";
import { BASE_PATH, type Sandbox, type SandboxRequest } from "./sandbox.ts";

export interface ServedSandbox {
  /** Base URL, for KOOK_BASE_URL. */
  url: string;
  close(): void;
}

export interface ServeOptions {
  /** Gets a line for each request, e.g. `GET /api/v3/user-chat/list?page=1 200`, with the fault that struck it. */
  onRequest?: (line: string) => void;
  /** Chooses the fault that strikes a request. */
  fault?: (request: SandboxRequest) => Fault | undefined;
}

/** KOOK's requests have a few hundred bytes. */
const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Serves a sandbox on 127.0.0.1.
 * @param port 0 for a free one
 * @throws the system's error if the port cannot be used
 */
export async function serveSandbox(
  sandbox: Sandbox,
  port: number,
  options: ServeOptions = {},
): Promise<ServedSandbox> {
  const server = createServer((incoming, response) => {
    void respond(sandbox, incoming, response, options);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}${BASE_PATH}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Never rejects: an unhandled rejection would end the process. */
async function respond(
  sandbox: Sandbox,
  incoming: IncomingMessage,
  response: ServerResponse,
  { onRequest = () => {}, fault = () => undefined }: ServeOptions,
): Promise<void> {
  const body = await readBody(incoming).catch(() => undefined);
  // The client left in the middle of its request, or sends too much.
  if (body === undefined) return void response.destroy();
  const line = `${incoming.method} ${incoming.url}`;
  try {
    const request = requestOf(incoming, body);
    const struckBy = fault(request);
    const status = await answer(sandbox, request, response, struckBy);
    onRequest(`${line} ${status}${struckBy ? ` ${struckBy.name}` : ""}`);
  } catch (error) {
    if (response.headersSent) return void response.destroy();
    const failed = toResponse(refusals.serverError);
    send(response, failed);
    onRequest(`${line} ${failed.status} ${error}`);
  }
}

/** Answers, with or without the fault, and returns the status for the log. */
async function answer(
  sandbox: Sandbox,
  request: SandboxRequest,
  response: ServerResponse,
  fault: Fault | undefined,
): Promise<number | string> {
  if (!fault || "readdress" in fault) {
    const good = sandbox.handle(request);
    send(response, good);
    return good.status;
  }
  const handling = "handling" in fault ? fault.handling : undefined;
  const good = fault.unheard ? undefined : sandbox.handle(request, handling);
  const status = good?.status ?? 0;
  const body = (await good?.text()) ?? "";
  if ("mistreat" in fault) {
    fault.mistreat(response, { status, body });
    return good ? status : "-";
  }
  const token = request.headers.get("Authorization")?.replace(/^\w+ /, "") ?? "";
  const bad = fault.spoil({ status, headers: good?.headers ?? new Headers(), body, token });
  send(response, bad);
  return bad.status;
}

function send(response: ServerResponse, { status, headers, body }: Response): void {
  response.writeHead(status, Object.fromEntries(headers));
  if (!body) return void response.end();
  // A client that leaves in the middle of an answer is not an error.
  pipeline(Readable.fromWeb(body as never), response).catch(() => response.destroy());
}

/** @throws an error if the client leaves or sends more than MAX_BODY_BYTES */
async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) throw new Error("The request's body is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function requestOf({ method = "GET", url = "/", headers }: IncomingMessage, body: string) {
  const entries = Object.entries(headers);
  const read = new Headers(entries.map(([name, value]): [string, string] => [name, String(value)]));
  return { method, url, headers: read, body };
}

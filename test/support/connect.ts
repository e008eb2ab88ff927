// A real MCP client connected to the server in this process, with a sandbox instead of KOOK.
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import {
  type ElicitRequestFormParams,
  ElicitRequestSchema,
  type ElicitResult,
} from "@modelcontextprotocol/sdk/types.js";
import { onTestFinished } from "vitest";
import type { SendTo } from "../../src/access/access.ts";
import { type Fetch, KookClient, type Token } from "../../src/kook/client.ts";
import { Audit, type AuditFile } from "../../src/mcp/audit.ts";
import { createServer, type ServerOptions } from "../../src/mcp/server.ts";
import { createServices } from "../../src/mcp/services.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { TimeZone } from "../../src/text/time.ts";

interface ConnectOptions extends Partial<ServerOptions> {
  /** Where each change is recorded. */
  auditFile?: AuditFile;
  fetch?: Fetch;
  token?: Token;
  allowTargets?: string[];
  scanBudgetMs?: number;
  /** The messages in the chats may be read. */
  readMessages?: boolean;
  /** Messages may be sent. */
  send?: { to: SendTo; limit: number } | undefined;
  /** Of one attempt, and of the wait for a rate limit. */
  timeoutMs?: number;
  maxWaitMs?: number;
  /** Changes the server's end of the connection, before it is used. */
  onTransport?: (transport: InMemoryTransport) => void;
  /** The person's answer to a form; without it the host cannot ask. */
  elicit?: (
    form: ElicitRequestFormParams,
    signal: AbortSignal,
  ) => ElicitResult | Promise<ElicitResult>;
}

/**
 * Connects a client; it is closed when the test ends.
 * @param atEnd registers the closing, for hooks and `test.concurrent`
 */
export async function connect(
  {
    fetch = new Sandbox().fetch,
    token = { scheme: "Bot", value: SANDBOX_TOKEN },
    allowTargets,
    scanBudgetMs = 1000,
    readMessages,
    send,
    auditFile,
    timeoutMs = 1000,
    maxWaitMs = 1000,
    onTransport,
    elicit,
    ...options
  }: ConnectOptions = {},
  atEnd: (close: () => Promise<void>) => void = onTestFinished,
): Promise<Client> {
  const kook = new KookClient({
    fetch,
    token,
    baseUrl: "https://kook.invalid/api/v3",
    timeoutMs,
    maxWaitMs,
  });
  const services = createServices(kook, { allowTargets, scanBudgetMs, readMessages, send });
  const server = createServer(services, {
    version: "1.2.3",
    readOnly: false,
    confirmDelete: "ask",
    confirmSend: "always",
    language: "zh",
    timeZone: new TimeZone("UTC"),
    output: "both",
    audit: new Audit(auditFile),
    ...options,
  });
  const capabilities = elicit ? { elicitation: {} } : {};
  const client = new Client({ name: "test", version: "1.0.0" }, { capabilities });
  if (elicit) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }, { signal }) =>
      elicit(params as ElicitRequestFormParams, signal),
    );
  }
  const [near, far] = InMemoryTransport.createLinkedPair();
  onTransport?.(far);
  await Promise.all([server.connect(far), client.connect(near)]);
  atEnd(() => client.close());
  return client;
}

/** Counts the notifications that the list of resources has changed. */
export function countListChanges(client: Client): { count: number } {
  const changes = { count: 0 };
  client.fallbackNotificationHandler = async ({ method }) => {
    if (method === "notifications/resources/list_changed") changes.count++;
  };
  return changes;
}

/** Calls a tool; `text` is all of its text content. */
export async function call(client: Client, name: string, args: Record<string, unknown> = {}) {
  const result = await client.callTool({ name, arguments: args });
  const content = result.content as { type: string; text: string }[];
  return {
    text: content.map((part) => part.text).join("\n"),
    structured: result.structuredContent as Record<string, unknown> | undefined,
    isError: result.isError === true,
  };
}

/** A KOOK that never answers. */
export const silent: Fetch = (_url, { signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

/** A KOOK with the same answer to every request. */
export function answering(status: number, body: unknown, headers?: Record<string, string>): Fetch {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return async () => new Response(text, { status, ...(headers && { headers }) });
}

// A real MCP client connected to the built server over stdio.
import { Client, type ClientOptions } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import {
  type ElicitRequestFormParams,
  ElicitRequestSchema,
  type ElicitResult,
} from "@modelcontextprotocol/sdk/types.js";
import { onTestFinished } from "vitest";
import { basicEnv, type Env } from "./built.ts";
import { MAIN } from "./paths.ts";

/** A host's entry for the server, and what the host can do. */
export interface Entry {
  /** This Node unless given. */
  command?: string;
  /** Arguments of the command: the built server's path unless given. */
  args?: readonly string[];
  env?: Env;
  cwd?: string;
  /** The person's answer to a form; without it the host cannot ask. */
  elicit?: (form: ElicitRequestFormParams) => ElicitResult | Promise<ElicitResult>;
}

/** A client, and what its host sees of the process. */
export interface Attached {
  client: Client;
  transport: StdioClientTransport;
  /** Messages of the client's own errors, such as a closed connection. */
  errors: Set<string>;
  /** stderr so far. */
  readonly log: string;
  /** Closes the client. @returns all of stderr */
  end(): Promise<string>;
}

/**
 * Starts an entry as a host does. A failed connection is in `errors`.
 * @param atEnd registers the closing of the client; `test.concurrent` cannot use the global onTestFinished
 */
export async function attach(
  { command = process.execPath, args = [MAIN], env = {}, cwd, elicit }: Entry = {},
  atEnd: (close: () => Promise<void>) => void = onTestFinished,
): Promise<Attached> {
  const capabilities: ClientOptions["capabilities"] = elicit ? { elicitation: { form: {} } } : {};
  const client = new Client({ name: "test", version: "1.0.0" }, { capabilities });
  if (elicit) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) =>
      elicit(params as ElicitRequestFormParams),
    );
  }
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: basicEnv(env),
    stderr: "pipe",
    ...(cwd !== undefined && { cwd }),
  });
  let log = "";
  const stderrEnded = new Promise<void>((resolve) => transport.stderr?.once("end", resolve));
  transport.stderr?.on("data", (chunk) => {
    log += chunk;
  });
  const errors = new Set<string>();
  client.onerror = (error) => errors.add(error.message);
  atEnd(() => client.close());
  await client.connect(transport).catch((error: Error) => errors.add(error.message));
  const end = async () => {
    await client.close();
    await stderrEnded;
    return log;
  };
  return {
    client,
    transport,
    errors,
    end,
    get log() {
      return log;
    },
  };
}

/** Starts the built server with these flags. The client is closed when the test ends. @throws where it does not connect */
export async function connectBuilt(
  flags: readonly string[] = [],
  env: Env = {},
  options: Pick<Entry, "command" | "elicit"> & { main?: string } = {},
): Promise<Client> {
  const { main = MAIN, ...entry } = options;
  const { client, errors, log } = await attach({ ...entry, args: [main, ...flags], env });
  if (!client.getServerVersion()) throw new Error(`${[...errors].join(", ")}: ${log}`);
  return client;
}

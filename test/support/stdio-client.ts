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

export interface StdioOptions {
  args?: readonly string[];
  env?: Env;
  /** The program that runs `main`: this Node unless given. */
  command?: string;
  /** The script that `command` runs. */
  main?: string;
  cwd?: string;
  /** The person's answer to a form; without it the host cannot ask. */
  elicit?: (form: ElicitRequestFormParams) => ElicitResult | Promise<ElicitResult>;
}

/** A client, and the process behind it as the host sees it. */
export interface Attached {
  client: Client;
  transport: StdioClientTransport;
  /** Messages of the client's own errors, such as a closed connection. */
  errors: Set<string>;
  /** stderr so far. */
  log(): string;
  /** Closes the client. @returns all of stderr */
  end(): Promise<string>;
}

/**
 * Starts the server and connects a client. A failed connection is in `errors`.
 * The caller ends it: `test.concurrent` has no test to attach a clean-up to.
 */
export async function attach(options: StdioOptions = {}): Promise<Attached> {
  const { args = [], env = {}, command = process.execPath, main = MAIN, cwd, elicit } = options;
  const capabilities: ClientOptions["capabilities"] = elicit ? { elicitation: { form: {} } } : {};
  const client = new Client({ name: "test", version: "1.0.0" }, { capabilities });
  if (elicit) {
    client.setRequestHandler(ElicitRequestSchema, ({ params }) =>
      elicit(params as ElicitRequestFormParams),
    );
  }
  const transport = new StdioClientTransport({
    command,
    args: [main, ...args],
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
  await client.connect(transport).catch((error: Error) => errors.add(error.message));
  const end = async () => {
    await client.close();
    await stderrEnded;
    return log;
  };
  return { client, transport, errors, log: () => log, end };
}

/** Starts the server and connects a client, which is closed when the test ends. @throws where it does not connect */
export async function connectBuilt(
  args: readonly string[] = [],
  env: Env = {},
  options: Omit<StdioOptions, "args" | "env"> = {},
): Promise<Client> {
  const { client, errors, log } = await attach({ ...options, args, env });
  onTestFinished(() => client.close());
  if (!client.getServerVersion()) throw new Error(`${[...errors].join(", ")}: ${log()}`);
  return client;
}

// undici is loaded on the first call: what a model reads when that fails.
import { cp, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { expect, onTestFinished, test } from "vitest";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { serveSandbox } from "../../src/sandbox/serve.ts";
import { call } from "../support/connect.ts";
import { DIST } from "../support/paths.ts";

/** A client of the built server, whose KOOK is a served sandbox. */
async function start(dist: string, nodeOptions: string[] = []): Promise<Client> {
  const sandbox = await serveSandbox(new Sandbox(), 0);
  onTestFinished(sandbox.close);
  const client = new Client({ name: "test", version: "1.0.0" });
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [...nodeOptions, join(dist, "main.js")],
    env: { KOOK_TOKEN: SANDBOX_TOKEN, KOOK_BASE_URL: sandbox.url },
    stderr: "ignore",
  });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

test("with --jitless the server starts, and a call says that WebAssembly is missing", async () => {
  const client = await start(DIST, ["--jitless"]);
  const { text, isError } = await call(client, "list_chats");
  expect(isError).toBe(true);
  expect(text).toBe(
    "KOOK cannot be reached: Node runs without WebAssembly (--jitless), which this server needs; remove --jitless from NODE_OPTIONS and from the host's entry. Nothing was sent. The person who runs this server must correct this and restart the server.",
  );
});

test("a missing network.js is reported, and used once it is back", async () => {
  const dist = await mkdtemp(join(tmpdir(), "dist-"));
  onTestFinished(() => rm(dist, { recursive: true }));
  await cp(DIST, dist, { recursive: true });
  const part = join(dist, "network.js");
  await rename(part, `${part}.away`);
  const client = await start(dist);
  const { text } = await call(client, "list_chats");
  expect(text).toBe(
    "KOOK cannot be reached: a file of this server cannot be loaded (MODULE_NOT_FOUND); install or build it again. Nothing was sent. The person who runs this server must correct this and restart the server.",
  );
  await rename(`${part}.away`, part);
  expect((await call(client, "list_chats")).structured).toMatchObject({ total: 480 });
});

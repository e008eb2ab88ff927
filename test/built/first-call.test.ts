// undici is loaded on the first call: what a model is told if that fails.
import { cpSync, renameSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { call } from "../support/connect.ts";
import { sandboxEnv } from "../support/fake-kook.ts";
import { temporaryFolder } from "../support/folder.ts";
import { DIST, MAIN } from "../support/paths.ts";
import { attach, connectBuilt } from "../support/stdio-client.ts";

test("with --jitless the server starts, and a call says that WebAssembly is missing", async () => {
  const { client } = await attach({ args: ["--jitless", MAIN], env: await sandboxEnv() });
  const { text, isError } = await call(client, "list_chats");
  expect(isError).toBe(true);
  expect(text).toBe(
    "KOOK cannot be reached: Node runs without WebAssembly (--jitless), which this server needs; remove --jitless from NODE_OPTIONS and from the host's entry. Nothing was sent. The person who runs this server must correct this and restart the server.",
  );
});

test("a missing network.js is reported, and loaded once it is back", async () => {
  const dist = temporaryFolder();
  cpSync(DIST, dist, { recursive: true });
  const part = join(dist, "network.js");
  renameSync(part, `${part}.away`);
  const client = await connectBuilt([], await sandboxEnv(), { main: join(dist, "main.js") });
  const { text } = await call(client, "list_chats");
  expect(text).toBe(
    "KOOK cannot be reached: a file of this server cannot be loaded (MODULE_NOT_FOUND); install or build it again. Nothing was sent. The person who runs this server must correct this and restart the server.",
  );
  renameSync(`${part}.away`, part);
  expect((await call(client, "list_chats")).structured).toMatchObject({ total: 480 });
});

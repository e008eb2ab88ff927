// An installation as files: what a start needs, what it writes, and what it says when a file of dist is missing.
import { once } from "node:events";
import { cpSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { SANDBOX_TOKEN } from "../../src/sandbox/sandbox.ts";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { runBuilt, startBuilt } from "../support/built.ts";
import { call } from "../support/connect.ts";
import { sandboxEnv } from "../support/fake-kook.ts";
import { temporaryFolder } from "../support/folder.ts";
import { DIST } from "../support/paths.ts";
import { connectBuilt } from "../support/stdio-client.ts";

const INCOMPLETE = /install or build it again/i;

/** Copies dist, without one file if that is given. @returns the path of its main.js */
function install(missing?: string): string {
  const folder = temporaryFolder();
  cpSync(DIST, folder, { recursive: true });
  if (missing !== undefined) rmSync(join(folder, missing));
  return join(folder, "main.js");
}

const lazyParts = readdirSync(DIST).filter(
  (file) => file.endsWith(".js") && file !== "main.js" && file !== "program.js",
);

test("main.js without the program says in one line that the installation is incomplete", async () => {
  const { code, stdout, stderr } = await runBuilt([], {}, { main: install("program.js") });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^kook-chat-mcp: .*program\.js is missing.*\n$/);
  expect(stderr).toMatch(INCOMPLETE);
});

test.each(lazyParts)(
  "without %s the server starts, and the failure says to install it again",
  async (part) => {
    const main = install(part);
    const flags = ["--messages", "send", "--send-to", "*", "--confirm-send", "never"];
    const client = await connectBuilt(flags, await sandboxEnv(), { main });
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain("list_chats");
    const message = { target_id: DOCUMENTED_CHAT.targetId, text: "你好" };
    const told = [
      (await call(client, "list_chats")).text,
      (await call(client, "send_messages", { messages: [message] })).text,
      ...(await Promise.all(
        [["--sandbox"], ["sandbox"], ["doctor"]].map((args) => log(main, args)),
      )),
    ];
    expect(told.filter((words) => INCOMPLETE.test(words))).not.toEqual([]);
    expect(told.join("\n")).not.toMatch(/\n {4}at |Require stack/);
  },
);

test("doctor without network.js says to install it again, not to check the network", async () => {
  const env = { KOOK_TOKEN: SANDBOX_TOKEN, HOME: temporaryFolder() };
  const { stdout } = await runBuilt(["doctor"], env, { main: install("network.js") });
  expect(stdout).toMatch(INCOMPLETE);
  expect(stdout).not.toContain("Check the network connection");
});

/** stderr of a command until it ends or prints to stdout. */
async function log(main: string, args: string[]): Promise<string> {
  const child = startBuilt(args, {}, { main });
  const stderr = text(child.stderr);
  child.stdin.end();
  await Promise.race([once(child, "exit"), once(child.stdout, "data")]);
  child.kill();
  return stderr;
}

test("a start writes only the compile cache of Node 22 and later", async () => {
  const main = install();
  const files = () =>
    readdirSync(join(main, ".."))
      .filter((file) => file !== "compile-cache")
      .map((file) => [file, statSync(join(main, "..", file)).mtimeMs]);
  const before = files();
  await (await connectBuilt(["--sandbox"], {}, { main })).close();
  expect(files()).toEqual(before);
});

// An installation as files: what a start needs, what it writes, and what it says when a file of dist is missing.
import { once } from "node:events";
import { cpSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { type Env, runBuilt, startBuilt } from "../support/built.ts";
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

/** Calls and commands that are run without a part of dist. */
const uses = ["list_chats", "send_messages", "--sandbox", "sandbox", "doctor"] as const;

/** The uses that each lazily loaded part of dist is needed for. */
const neededFor: Record<string, (typeof uses)[number][]> = {
  "doctor.js": ["doctor"],
  "faults.js": ["sandbox"],
  "markdown.js": ["send_messages"],
  "network.js": ["list_chats", "send_messages", "doctor"],
  "sandbox.js": ["--sandbox", "sandbox"],
};

test("each part of dist that is loaded on first use is in the table", () => {
  const parts = readdirSync(DIST).filter(
    (file) => file.endsWith(".js") && file !== "main.js" && file !== "program.js",
  );
  expect(Object.keys(neededFor)).toEqual(parts.sort());
});

test("main.js without the program says in one line that the installation is incomplete", async () => {
  const { code, stdout, stderr } = await runBuilt([], {}, { main: install("program.js") });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^kook-chat-mcp: .*program\.js is missing.*\n$/);
  expect(stderr).toMatch(INCOMPLETE);
});

test.each(Object.entries(neededFor))(
  "without %s the server starts, and %j say to install it again",
  async (part, broken) => {
    const main = install(part);
    const flags = ["--messages", "send", "--send-to", "*", "--confirm-send", "never"];
    const env = await sandboxEnv();
    const client = await connectBuilt(flags, env, { main });
    expect((await client.listTools()).tools.map(({ name }) => name)).toContain("list_chats");
    const message = { target_id: DOCUMENTED_CHAT.targetId, text: "你好" };
    const told = {
      list_chats: (await call(client, "list_chats")).text,
      send_messages: (await call(client, "send_messages", { messages: [message] })).text,
      "--sandbox": await printed(main, ["--sandbox"]),
      sandbox: await printed(main, ["sandbox"]),
      doctor: await printed(main, ["doctor"], { ...env, HOME: temporaryFolder() }),
    };
    expect(uses.filter((use) => INCOMPLETE.test(told[use]))).toEqual(broken);
    expect(Object.values(told).join("\n")).not.toMatch(
      /\n {4}at |Require stack|Check the network connection/,
    );
  },
);

/** The output of a command until it ends or first prints to stdout. */
async function printed(main: string, args: string[], env: Env = {}): Promise<string> {
  const child = startBuilt(args, env, { main });
  const stderr = text(child.stderr);
  let stdout = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stdin.end();
  await Promise.race([once(child, "exit"), once(child.stdout, "data")]);
  child.kill();
  return stdout + (await stderr);
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

// Runs each command in the documents. Those in `notRun` are only checked; a comment says why.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { nextLine, startBuilt } from "../support/built.ts";
import { allBlocks } from "../support/documents.ts";
import { projectFile } from "../support/paths.ts";
import { expectStarts } from "../support/server-start.ts";

const root = projectFile(".");

describe("the commands in the documents", () => {
  /** Splits a command into words as a shell does; knows quotation marks only. */
  const wordsOf = (command: string) =>
    [...command.matchAll(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g)].map(([word]) =>
      word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"),
    );

  function expectHostAdds(command: string): void {
    const words = wordsOf(command);
    const env = words.flatMap((word, index) => (word === "--env" ? [words[index + 1] ?? ""] : []));
    const pairs = env.map((pair) => pair.split("=", 2) as [string, string]);
    expectStarts(words, Object.fromEntries(pairs), command);
  }

  /** Commands that are run, and their output. */
  const run = new Map<RegExp, RegExp>([
    [/^node dist\/main\.js --help$/, /^kook-chat-mcp(: an MCP server|：)/],
    [/^node dist\/main\.js doctor --sandbox$/, /^kook-chat-mcp \d+\.\d+\.\d+ doctor\n/],
    [/^node dist\/main\.js --version$/, /^\d+\.\d+\.\d+\n$/],
    [/^echo '.+' \| node dist\/main\.js --sandbox$/, /^\{"result"/],
    [/^node -p "JSON\.stringify\(require\(.+\)\)"$/, /dist.+main\.js"\n$/],
    [/^node -p "JSON\.stringify\(process\.execPath\)"$/, /node/],
    [/^node -p "JSON\.parse\(.+\) && 'OK'"$/, /^OK\n$/],
    [/^npm run kmarkdown -- mcpb\/README\.md$/, /read back:\n\*\*KOOK private chats\*\*/],
  ]);

  /** Commands that are not run, and what is checked instead. */
  const notRun = new Map<RegExp, (command: string) => void>([
    // test/documents.test.ts checks the scripts' names. They run these tests, or build what these tests need.
    [/^(npm ci && )?npm run [\w:-]+$/, () => {}],
    [/^npm ci$/, () => {}],
    // A reader writes the repository's address.
    [/^git clone ADDRESS kook-chat-mcp$/, () => {}],
    [/^cd kook-chat-mcp$/, () => {}],
    [/^npm ci --prefix test\/hosts$/, () => {}],
    [/^npm cit$/, () => {}],
    // Sends requests to KOOK; test/doctor and test/built/doctor.test.ts test it.
    [/^node dist\/main\.js doctor$/, () => {}],
    // Would run tests within tests.
    [/^npx vitest run --project (unit|property|built|hosts)$/, () => {}],
    [
      /^npx vitest run (\S+)$/,
      (command) => expect(existsSync(join(root, command.split(" ").at(-1) ?? ""))).toBe(true),
    ],
    // The hosts' programs are not installed here.
    [/^(claude|codex|gemini|openclaw) mcp add /, expectHostAdds],
    [/^openclaw mcp probe kook$/, () => {}],
    // test/hosts runs Inspector; npx would download it.
    [/^npx @modelcontextprotocol\/inspector node /, expectHostAdds],
    // test/hosts packs the tarball, installs it and runs the command.
    [/^npm pack$/, () => {}],
    [
      /^npm install -g \.\/(.+)$/,
      (command) => expect(command).toContain(`./kook-chat-mcp-${manifest.version}.tgz`),
    ],
    [/^kook-chat-mcp --version$/, () => {}],
  ]);

  const commands = allBlocks("sh").flatMap((block) =>
    block.text.split("\n").map((command) => ({ path: block.path, command })),
  );
  const find = <T>(table: Map<RegExp, T>, command: string) =>
    [...table].find(([pattern]) => pattern.test(command))?.[1];
  const servesSandbox = (command: string) => command === "node dist/main.js sandbox --port 8080";

  test("are all run or checked", () => {
    for (const { path, command } of commands) {
      const known = find(run, command) ?? find(notRun, command) ?? servesSandbox(command);
      expect(known, `${path}: ${command}`).toBeTruthy();
    }
  });

  const different = [...new Set(commands.map(({ command }) => command))];

  // cmd.exe prints the quotation marks of echo '…', too.
  const works = (command: string) => process.platform !== "win32" || !command.startsWith("echo ");

  test.each(different.filter((command) => find(run, command) && works(command)))(
    "%s",
    (command) => {
      const { status, stdout, stderr } = spawnSync(command, {
        cwd: root,
        shell: true,
        encoding: "utf8",
      });
      expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toMatch(find(run, command) as RegExp);
    },
  );

  test.each(different.filter((command) => find(notRun, command)))("%s is right", (command) => {
    find(notRun, command)?.(command);
  });

  test("the one that serves the sandbox prints its address and token first", async () => {
    expect(different.filter(servesSandbox)).toHaveLength(1);
    // Another program may hold port 8080.
    const { stdout } = startBuilt(["sandbox", "--port", "0"]);
    expect(Object.keys(JSON.parse(await nextLine(stdout)))).toEqual(["url", "token"]);
  });
});

// Each command in the documents is run, or stands in a list that says why not and checks what can be checked.
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
  /** Words of a command as a shell would make them; quotation marks and no more. */
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

  /** Those that are run here, with what they print. */
  const run = new Map<RegExp, RegExp>([
    [/^node dist\/main\.js --help$/, /^kook-chat-mcp: an MCP server/],
    [/^node dist\/main\.js doctor --sandbox$/, /^kook-chat-mcp \d+\.\d+\.\d+ doctor\n/],
    [/^node dist\/main\.js --version$/, /^\d+\.\d+\.\d+\n$/],
    [/^echo '.+' \| node dist\/main\.js --sandbox$/, /^\{"result"/],
    [/^node -p "JSON\.stringify\(require\(.+\)\)"$/, /dist.+main\.js"\n$/],
    [/^node -p "JSON\.stringify\(process\.execPath\)"$/, /node/],
    [/^node -e "JSON\.parse\(.+\)" && echo OK$/, /^OK\n$/],
  ]);

  /** Those that are not, why, and what of them can be checked all the same. */
  const notRun = new Map<RegExp, (command: string) => void>([
    // Scripts of package.json, whose names have a test above; these tests are a part of them, or need what they make.
    [/^(npm ci && )?npm run [\w:-]+$/, () => {}],
    [/^npm ci --prefix test\/hosts$/, () => {}],
    [/^npm cit$/, () => {}],
    // Asks KOOK itself; its tests are in test/doctor.
    [/^node dist\/main\.js doctor$/, () => {}],
    // Would run tests within tests.
    [
      /^npx vitest run (\S+)$/,
      (command) => expect(existsSync(join(root, command.split(" ").at(-1) ?? ""))).toBe(true),
    ],
    // The hosts' own programs, which are not here.
    [/^(claude|codex|gemini|openclaw) mcp add /, expectHostAdds],
    [/^openclaw mcp probe kook$/, () => {}],
    // test/hosts runs Inspector; npx would fetch it.
    [/^npx @modelcontextprotocol\/inspector node /, expectHostAdds],
    // test/hosts packs and installs the tarball and runs the command by its name.
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

  test.each(different.filter((command) => find(run, command)))("%s", (command) => {
    const { status, stdout, stderr } = spawnSync(command, {
      cwd: root,
      shell: true,
      encoding: "utf8",
    });
    expect({ status, stderr: status === 0 ? "" : stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(find(run, command) as RegExp);
  });

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

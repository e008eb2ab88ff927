// What the documents say in other languages than prose: commands, configurations, programs, links.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parse as parseToml } from "smol-toml";
import { describe, expect, onTestFinished, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { parseConfig } from "../src/config.ts";
import { type Setting, settings } from "../src/settings.ts";
import {
  allBlocks,
  type Block,
  blocksOf,
  chineseOf,
  documents,
  fileText,
  proseOf,
  translated,
} from "./documents.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const settingsList: Setting[] = Object.values(settings);
const title = ({ path, text }: Block) => `${path}: ${text.split("\n")[0]}`;

describe("the documents in Chinese", () => {
  /** What a reader sees in place of the English words inside a block. */
  const inChinese = [
    ["paste the bot's token here", "在此粘贴机器人的令牌"],
    ["KOOK bot token", "KOOK 机器人令牌"],
    ["Which private chats have unread messages?", "哪些私信有未读消息？"],
    [
      "// Show a person params.message and the chat in params.requestedSchema, and return what they decide.",
      "// 把 params.message 和 params.requestedSchema 中的会话展示给用户，并返回用户的决定。",
    ],
    ["// for ", "// 用于 "],
    ["# for ", "# 用于 "],
  ] as const;
  const toChinese = (text: string) =>
    inChinese.reduce((result, [en, zh]) => result.replaceAll(en, zh), text);

  const headingsOf = (path: string) =>
    [...proseOf(path).matchAll(/^(#+) /gm)].map(([, level]) => level);
  /** Each row as its code spans, in no order: what is code is the same in both languages. */
  const rowsOf = (path: string) =>
    [...proseOf(path).matchAll(/^\|(.*)\|$/gm)].map(([, row = ""]) => ({
      cells: row.split("|").length,
      code: [...row.matchAll(/`[^`]+`/g)].map(([code]) => code).sort(),
    }));
  const linksOf = (path: string) =>
    [...proseOf(path).matchAll(/\]\(([^)#]*)/g)]
      .map(([, target = ""]) => target.replace(".zh-CN.md", ".md"))
      .filter((target) => !/^(README|tools|hosts|privacy|troubleshooting)\.md$/.test(target))
      .sort();

  test.each(translated)("%s has the same sections, tables, links and blocks", (path) => {
    const chinese = chineseOf(path);
    expect(headingsOf(chinese)).toEqual(headingsOf(path));
    expect(rowsOf(chinese)).toEqual(rowsOf(path));
    expect(linksOf(chinese)).toEqual(linksOf(path));
    const blocks = (of: string) =>
      blocksOf(of).map(({ mark, language, text }) => ({ mark, language, text }));
    expect(blocks(chinese)).toEqual(
      blocks(path).map((block) => ({ ...block, text: toChinese(block.text) })),
    );
  });
});

describe("links", () => {
  /** GitHub's way of making an anchor from a heading. */
  const anchorsOf = (path: string) =>
    [...proseOf(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M} _-]/gu, "")
        .replaceAll(" ", "-"),
    );

  test.each(documents)("%s leads to files and headings that exist", (path) => {
    for (const [, target = ""] of proseOf(path).matchAll(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [file = "", anchor] = target.split("#");
      const leadsTo = file === "" ? path : join(dirname(path), file);
      expect(existsSync(join(root, leadsTo)), `${path} → ${target}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(leadsTo), `${path} → ${target}`).toContain(anchor);
    }
  });
});

test("every variable that a document names is a setting", () => {
  const known = settingsList.map(({ env }) => env);
  for (const path of documents) {
    for (const [name] of fileText(path).matchAll(/\bKOOK_[A-Z_]+\b/g)) {
      expect(known, path).toContain(name);
    }
  }
});

test("every file of a version that a document names is of this version", () => {
  for (const path of documents) {
    for (const [, version] of fileText(path).matchAll(/kook-chat-mcp-(\d+\.\d+\.\d+)/g)) {
      expect(version, path).toBe(manifest.version);
    }
  }
});

test("every npm script that a document names exists", () => {
  const named = documents.flatMap((path) =>
    [...fileText(path).matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name = ""]) => name),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining([...named, "test"]));
});

/** Starts the server's own reading of its settings, as a host would start it with these arguments and variables. */
function expectStarts(args: readonly string[], env: Record<string, string>, where: string): void {
  const script = args.findIndex((arg) => /[\\/]dist[\\/]main\.js$|^kook-chat-mcp$/.test(arg));
  expect(script, `${where}: ${args.join(" ")}`).toBeGreaterThanOrEqual(0);
  const readFile = () => "token";
  const argv = args.slice(script + 1);
  expect(() => parseConfig({ argv, env, readFile }), where).not.toThrow();
  const known = [...settingsList.map((setting) => setting.env), "HTTPS_PROXY"];
  expect(known, where).toEqual(expect.arrayContaining(Object.keys(env)));
}

interface Entry {
  command: string;
  args: string[];
  env?: Record<string, string>;
}

/** Everything in a configuration that starts a program. */
function entriesIn(value: unknown): Entry[] {
  if (typeof value !== "object" || value === null) return [];
  if ("command" in value && "args" in value) return [value as Entry];
  return Object.values(value).flatMap(entriesIn);
}

function expectEntriesStart(config: unknown, where: string): number {
  const entries = entriesIn(config);
  for (const { command, args, env = {} } of entries) {
    expect(["node", "cmd"], where).toContain(command);
    if (command === "cmd") expect(args.slice(0, 2)).toEqual(["/c", "npx"]);
    expectStarts(args, env, where);
  }
  return entries.length;
}

test("every JSON block parses, and each server entry in one starts the server", () => {
  const blocks = [...allBlocks("json")];
  const started = blocks.map((block) => expectEntriesStart(JSON.parse(block.text), title(block)));
  expect(started.filter((count) => count > 0).length).toBeGreaterThan(16);
  expect(expectEntriesStart(JSON.parse(fileText("mcp.json.example")), "mcp.json.example")).toBe(2);
});

test("every TOML block parses, and its server entry starts the server", () => {
  const blocks = allBlocks("toml");
  expect(blocks.map((block) => expectEntriesStart(parseToml(block.text), title(block)))).toEqual([
    1, 1,
  ]);
});

describe("commands", () => {
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
    const child = spawn("node", ["dist/main.js", "sandbox", "--port", "0"], { cwd: root });
    onTestFinished(() => void child.kill());
    const [line] = await once(createInterface(child.stdout), "line");
    expect(Object.keys(JSON.parse(line))).toEqual(["url", "token"]);
  });
});

const python = spawnSync("python3", ["--version"]).status === 0;

test.skipIf(!python)("every Python block compiles", () => {
  const blocks = allBlocks("python");
  expect(blocks).toHaveLength(4);
  const program = "import sys; compile(sys.stdin.read(), 'example.py', 'exec')";
  for (const block of blocks) {
    const { status, stderr } = spawnSync("python3", ["-c", program], {
      input: block.text,
      encoding: "utf8",
    });
    expect(status, `${title(block)}\n${stderr}`).toBe(0);
  }
});

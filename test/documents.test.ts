// The documents against the program: configurations, programs, links, names of tools, settings and resources, and their
// Chinese twins.
import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse as parseToml } from "smol-toml";
import { describe, expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { type Setting, settings } from "../src/config/settings.ts";
import { Sandbox } from "../src/sandbox/sandbox.ts";
import { connect } from "./support/connect.ts";
import {
  allBlocks,
  type Block,
  blocksOf,
  chineseOf,
  documents,
  fileText,
  proseOf,
  translated,
} from "./support/documents.ts";
import { expectStarts, variables } from "./support/server-start.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
/** An argument of a tool, as its schema has it. */
interface ArgumentSchema {
  type: string;
  minimum?: number;
  maximum?: number;
  /** Of an array. */
  items?: ObjectSchema;
}

interface Argument {
  argument: string;
  type: string;
  isRequired: boolean;
}

interface ObjectSchema {
  properties?: Record<string, object> | undefined;
  required?: string[] | undefined;
}

/** Every tool, prompt and resource. */
const everything = { readMessages: true, send: { to: "*", limit: 30 } } as const;

const title = ({ path, text }: Block) => `${path}: ${text.split("\n")[0]}`;

describe("the documents in Chinese", () => {
  /** The words inside a block that are translated. */
  const inChinese = [
    ["paste the bot's token here", "在此粘贴机器人的 Token"],
    ["KOOK bot token", "KOOK 机器人 Token"],
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
  /** Each row as its code spans, sorted: code is the same in both languages, its order is not. */
  const rowsOf = (path: string) =>
    [...proseOf(path).matchAll(/^\|(.*)\|$/gm)].map(([, row = ""]) => ({
      cells: row.split("|").length,
      code: [...row.matchAll(/`[^`]+`/g)].map(([code]) => code).sort(),
    }));
  const linksOf = (path: string) =>
    [...proseOf(path).matchAll(/\]\(([^)#]*)/g)]
      .map(([, target = ""]) => target.replace(".zh-CN.md", ".md"))
      .filter(
        (target) =>
          !/^(README|clients|from-nothing|tools|hosts|privacy|troubleshooting)\.md$/.test(target),
      )
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

describe("what the program has", () => {
  const readmes = ["README.md", chineseOf("README.md")];
  const references = ["docs/tools.md", chineseOf("docs/tools.md")];

  /** The first cell of each table row that begins with code, and the row's other code spans. */
  const rowsIn = (path: string) =>
    new Map(
      [...proseOf(path).matchAll(/^\| `([^`]+)` \|(.*)$/gm)].map(([, name = "", rest = ""]) => [
        name,
        [...rest.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code),
      ]),
    );

  test.each(readmes)("%s has a row for each tool, with its arguments", async (path) => {
    const { tools } = await (await connect(everything)).listTools();
    const rows = rowsIn(path);
    for (const { name, inputSchema } of tools) {
      const { properties = {}, required = [] } = inputSchema;
      const args = Object.keys(properties).map((arg) => (required.includes(arg) ? arg : `${arg}?`));
      expect(rows.get(name), `${path} has no row for ${name}`).toBeDefined();
      expect(rows.get(name), `${path}: ${name}`).toEqual(expect.arrayContaining(args));
    }
  });

  test.each(references)("%s has a section for each tool", async (path) => {
    const { tools } = await (await connect(everything)).listTools();
    const sections = fileText(path).split(/^(?=## )/m);
    for (const { name } of tools) {
      const section = sections.find((text) => new RegExp(`^## .*\\b${name}\\b`).test(text));
      expect(section, `${path} has no section for ${name}`).toBeDefined();
    }
  });

  /** The rows of the one table of arguments: tool, argument, type, required. */
  const argumentRowsIn = (path: string) =>
    [...proseOf(path).matchAll(/^\| `(\w+)` \| `([\w[\].]+)` \| (`.+?) \| (\S+) \| .+ \|$/gm)].map(
      ([, tool, argument, type, required]) => ({ tool, argument, type, required }),
    );

  /** Arguments as the table has them: `messages[].text` is one of each message. */
  function argumentsOf({ properties = {}, required = [] }: ObjectSchema, prefix = ""): Argument[] {
    return Object.entries(properties).flatMap(([name, schema]) => {
      const { items, ...rest } = schema as ArgumentSchema;
      const argument = `${prefix}${name}`;
      const own = { argument, type: typeOf(rest), isRequired: required.includes(name) };
      return [own, ...(items ? argumentsOf(items, `${argument}[].`) : [])];
    });
  }

  /** A type as the table has it. */
  const typeOf = ({ type, minimum, maximum }: ArgumentSchema) => {
    const range = maximum === undefined ? `≥ ${minimum}` : `${minimum}–${maximum}`;
    return minimum === undefined ? `\`${type}\`` : `\`${type}\`, ${range}`;
  };

  test.each(references)("%s has a row for each argument, with its type", async (path) => {
    const words = path.endsWith(".zh-CN.md") ? ["否", "是"] : ["no", "yes"];
    const rows = argumentRowsIn(path);
    const { tools } = await (await connect(everything)).listTools();
    const real = tools.flatMap(({ name, inputSchema }) =>
      argumentsOf(inputSchema).map(({ argument, type, isRequired }) => ({
        ...{ tool: name, argument, type },
        required: words[Number(isRequired)],
      })),
    );
    expect(real).not.toEqual([]);
    expect(rows).toEqual(real);
  });

  test.each([...readmes, ...references])("%s names each resource", async (path) => {
    // Without chats the list has only the resources that are always there.
    const { fetch } = new Sandbox({ chats: 0 });
    const client = await connect({ ...everything, fetch });
    const { resourceTemplates } = await client.listResourceTemplates();
    const { resources } = await client.listResources();
    expect(resources).not.toEqual([]);
    const uris = [
      ...resources.map(({ uri }) => uri),
      ...resourceTemplates.map(({ uriTemplate }) => uriTemplate),
    ];
    for (const uri of uris) expect(proseOf(path), path).toContain(`\`${uri}\``);
  });

  test.each([...readmes, ...references])("%s names each prompt", async (path) => {
    const { prompts } = await (await connect(everything)).listPrompts();
    expect(prompts).not.toEqual([]);
    for (const { name } of prompts) expect(proseOf(path), path).toContain(`\`${name}\``);
  });

  test.each(readmes)("%s has a row for each setting, with its flag", (path) => {
    const rows = rowsIn(path);
    for (const { env, flag } of Object.values<Setting>(settings)) {
      expect(rows.get(env), `${path} has no row for ${env}`).toBeDefined();
      if (flag) expect(rows.get(env), `${path}: ${env}`).toContain(`--${flag}`);
    }
  });
});

test.each(["README.md", chineseOf("README.md")])("%s names each guard that warns", (path) => {
  const guards = Object.values<Setting>(settings).filter(({ isGuard }) => isGuard);
  const [list = ""] = /`\$\{…\}`[\s\S]*?(?:\n\n|。)/.exec(fileText(path)) ?? [];
  const named = [...list.matchAll(/`(KOOK_\w+)`/g)].map(([, name]) => name);
  expect(named).toEqual(guards.map(({ env }) => env));
});

test.each(["docs/hosts.md", chineseOf("docs/hosts.md")])(
  "%s says of each host whether it was tried, and where its documents are",
  (path) => {
    const byDocuments = path.endsWith(".zh-CN.md") ? "依据文档" : "by its documents";
    const mark =
      /^(?:tried by hand|tried by the tests|by its documents|手动试过|由测试运行|依据文档)$/;
    const sections = fileText(path).split(/^## /m);
    const [table = ""] = sections;
    const rows = [...table.matchAll(/^\| (.+) \|$/gm)]
      .slice(2)
      .map(([, row = ""]) => row.split(" | "));
    expect(rows.length).toBeGreaterThan(10);
    for (const [host = "", ...cells] of rows) {
      expect(cells.at(-1), `${path}: ${host}`).toMatch(mark);
      const section = sections.find((text) => text.startsWith(`${host}\n`));
      expect(section, `${path} has no section for ${host}`).toBeDefined();
      const isNew = /^(?:Cherry Studio|Trae|CodeBuddy|通义灵码)/.test(host);
      if (isNew && cells.at(-1) === byDocuments) expect(section, host).toMatch(/\]\(https:/);
    }
  },
);

test("every file that CONTRIBUTING.md names exists", () => {
  const named = /`((?:src|test|docs|scripts|mcpb|bench)\/[\w./-]+|\w+\.json)`/g;
  const paths = [...proseOf("CONTRIBUTING.md").matchAll(named)].map(([, path = ""]) => path);
  expect(paths.length).toBeGreaterThan(30);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test("no source and no document has the literary words that we do not write", () => {
  const words =
    /\b(shall|whoever|whatever|mend(s|ed|ing)?|anew|lies about|comes? about|of (its|their) own(?=[.,:;)]| (and|for|in|is|on|that|to|which)\b)|nobody's business|by the hand|is told of|in the place of|belongs? into|for want of)\b/i;
  const sources = ["src", "scripts"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(ts|mjs)$/.test(name))
      .map((name) => `${folder}/${name}`),
  );
  const english = documents.filter((path) => !path.includes("zh-CN"));
  const found = [...sources, ...english, "CHANGELOG.md", "bench/README.md"].flatMap((path) => {
    const text = fileText(path).replace(/\s+(\/\/|\*)?\s*/g, " ");
    return words.test(text) ? `${path}: ${words.exec(text)?.[0]}` : [];
  });
  expect(found).toEqual([]);
});

describe("links", () => {
  /** The anchor that GitHub makes from a heading. */
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

test("every variable that a document names is a setting, or the example of a typo", () => {
  for (const path of documents) {
    for (const [name] of fileText(path).matchAll(/\bKOOK_[A-Z_]+\b/g)) {
      expect([...variables, "KOOK_READONLY"], path).toContain(name);
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

test("every folder of the bundle that a document names is the one that it is built in", () => {
  const [, folder] = /^const bundle = resolve\("(.+?)"/m.exec(fileText("scripts/mcpb.mjs")) ?? [];
  const named = documents.flatMap((path) =>
    [
      ...fileText(path).matchAll(/(?:folder|文件夹) `([^`]+)`, which/g),
      ...fileText(path).matchAll(/新出现的 `([^`]+)` 文件夹/g),
      ...fileText(path).matchAll(/`([^`\s]+)\/[\w.-]+\.mcpb`/g),
    ].map(([, name]) => ({ path, name })),
  );
  expect(named.length).toBeGreaterThan(3);
  expect(named).toEqual(named.map(({ path }) => ({ path, name: folder })));
});

test.each(["docs/from-nothing.md", chineseOf("docs/from-nothing.md")])(
  "%s has a row for each field of the bundle's form",
  (path) => {
    const { user_config } = JSON.parse(fileText("mcpb/manifest.json"));
    const language = path.endsWith(".zh-CN.md") ? 0 : 1;
    const titles = Object.values<{ title: string }>(user_config).map(
      ({ title }) => title.split(" · ")[language],
    );
    const rows = [...proseOf(path).matchAll(/^ {3}\| (.+?) \|/gm)].map(([, cell]) => cell);
    expect(rows.slice(1)).toEqual(titles);
  },
);

test("every npm script that a document names exists", () => {
  const named = documents.flatMap((path) =>
    [...fileText(path).matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name = ""]) => name),
  );
  expect(named).not.toEqual([]);
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining([...named, "test"]));
});

interface Entry {
  command: string;
  args: string[];
  env?: Record<string, string>;
}

/** Every server entry of a configuration. */
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
  expect(started.some((count) => count > 0)).toBe(true);
  const example = JSON.parse(fileText("mcp.json.example"));
  expect(expectEntriesStart(example, "mcp.json.example")).toBe(
    Object.keys(example.mcpServers).length,
  );
});

test("every TOML block parses, and its server entry starts the server", () => {
  const blocks = allBlocks("toml");
  expect(blocks).not.toEqual([]);
  for (const block of blocks) {
    expect(expectEntriesStart(parseToml(block.text), title(block)), title(block)).toBe(1);
  }
});

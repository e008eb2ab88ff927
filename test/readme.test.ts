// The README's examples, tables and commands, held against the program.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { helpText } from "../src/config.ts";
import { call } from "./mcp/connect.ts";

const fileText = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const readme = fileText("README.md");

const client = new Client({ name: "test", version: "1.0.0" });
beforeAll(() =>
  client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [fileURLToPath(new URL("../dist/main.js", import.meta.url)), "--sandbox"],
      stderr: "ignore",
    }),
  ),
);
afterAll(() => client.close());

/** The code block that follows `<!-- example: name -->`. */
function example(name: string): string {
  const start = `<!-- example: ${name} -->\n\`\`\``;
  const [, after] = readme.split(start);
  if (after === undefined) throw new Error(`the README has no example ${name}`);
  return after.slice(after.indexOf("\n") + 1, after.indexOf("\n```"));
}

async function resource(uri: string): Promise<Record<string, unknown>> {
  const [content] = (await client.readResource({ uri })).contents;
  return JSON.parse((content as { text: string }).text);
}

/** The settings as the README's table has them: variable, flag and default, each without its quotes. */
function documentedSettings() {
  return [...readme.matchAll(/^\| `(KOOK_\w+)` \| (\S+) \| (\S+) \| .+ \|$/gm)].map(
    ([, env, ...cells]) => [env, ...cells.map((cell) => cell.replaceAll(/^–$|`/g, ""))],
  );
}

function realSettings() {
  return [...helpText().matchAll(/^ {2}(KOOK_\w+) +(?:(--\S+) +)?(.+)$/gm)].map(
    ([, env, flag = "", help = ""]) => [env, flag, /; default (\S+)$/.exec(help)?.[1] ?? ""],
  );
}

test("every JSON block of the README parses", () => {
  const blocks = [...readme.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(([, json = ""]) => json);
  expect(blocks.length).toBeGreaterThan(9);
  for (const block of blocks) expect(() => JSON.parse(block), block).not.toThrow();
});

test("the example configuration names the built file in both of its entries", () => {
  const { mcpServers } = JSON.parse(fileText("mcp.json.example"));
  expect(Object.keys(mcpServers)).toEqual(["kook", "kook-sandbox"]);
  for (const { args } of Object.values<{ args: string[] }>(mcpServers)) {
    expect(args[0]).toMatch(/\/dist\/main\.js$/);
  }
});

test("the tools' examples are what the sandbox answers", async () => {
  const { chat_code } = JSON.parse(example("create_chat structuredContent"));
  const calls: [string, Record<string, unknown>][] = [
    ["list_chats", { page_size: 3 }],
    ["view_chat", { chat_code: "5c7ec6d021216c136c9198285c15ed47" }],
    ["create_chat", { target_id: "2418200000" }],
    ["delete_chat", { chat_code }],
  ];
  for (const [name, args] of calls) {
    const { text, structured } = await call(client, name, args);
    expect(example(`${name} text`)).toBe(text);
    expect(JSON.parse(example(`${name} structuredContent`))).toEqual(structured);
  }
});

test("the resources' examples are what the sandbox answers", async () => {
  const directory = await resource("kook://chats");
  const first = (directory["chats"] as unknown[]).slice(0, 1);
  expect(JSON.parse(example("kook://chats"))).toEqual({ ...directory, chats: first });
  const uri = "kook://chats/5c7ec6d021216c136c9198285c15ed47";
  expect(JSON.parse(example(uri))).toEqual(await resource(uri));
});

test("the table of settings has the variables, flags and defaults of --help", () => {
  expect(realSettings().length).toBeGreaterThan(6);
  expect(documentedSettings()).toEqual(realSettings());
});

test("every npm script that the README names exists", () => {
  const names = [...readme.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, name = ""]) => name);
  expect(names.length).toBeGreaterThan(3);
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining([...names, "test"]));
});

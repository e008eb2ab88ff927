// The sources of an installation: the MCPB bundle, the registry's server.json and the install links.
import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, relative, sep } from "node:path";
import {
  getMcpConfigForManifest,
  hasRequiredConfigMissing,
  MANIFEST_SCHEMAS,
} from "@anthropic-ai/mcpb";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { Ajv } from "ajv";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { installLinks, mcpbManifest, registryEntry } from "../../scripts/packages.mjs";
import { type Setting, settings } from "../../src/config/settings.ts";
import { SANDBOX_TOKEN } from "../../src/sandbox/sandbox.ts";
import registrySchema from "../fixtures/mcp-registry-server.schema.json" with { type: "json" };
import { call } from "../support/connect.ts";
import { sandboxEnv } from "../support/fake-kook.ts";
import { temporaryFolder } from "../support/folder.ts";
import { DIST, projectFile } from "../support/paths.ts";
import { attach } from "../support/stdio-client.ts";

const root = projectFile(".");
const table: Setting[] = Object.values(settings);
const read = (path: string) => readFileSync(join(root, path), "utf8");

const folder = temporaryFolder(afterAll);

describe("the MCPB bundle", () => {
  let bundle: string;
  let installed: string;
  /** As they were unpacked: a start on Node 22 and later adds its compile cache. */
  let files: string[];
  const bundled = () =>
    MANIFEST_SCHEMAS["0.3"].parse(
      JSON.parse(readFileSync(join(installed, "manifest.json"), "utf8")),
    );

  beforeAll(() => {
    // Packed from the existing build; validated and unpacked by the program of the format.
    bundle = execFileSync(process.execPath, ["scripts/mcpb.mjs"], {
      cwd: root,
      encoding: "utf8",
    }).trim();
    installed = join(folder, "installed");
    const mcpb = join(root, "node_modules/@anthropic-ai/mcpb/dist/cli/cli.js");
    execFileSync(process.execPath, [mcpb, "unpack", bundle, installed]);
    files = readdirSync(installed, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) =>
        relative(installed, join(parentPath, name)).replaceAll(sep, "/"),
      );
  });

  /** The environment that a host makes from a filled-in form, by the rules of the format. */
  async function environment(userConfig: Record<string, string | boolean>) {
    const config = await getMcpConfigForManifest({
      manifest: bundled(),
      extensionPath: installed,
      systemDirs: {},
      userConfig,
      pathSeparator: "/",
    });
    return { args: config?.args ?? [], env: config?.env ?? {} };
  }

  async function start({ args, env }: { args: string[]; env: Record<string, string> }) {
    const { KOOK_BASE_URL } = await sandboxEnv();
    return (await attach({ args, env: { ...env, KOOK_BASE_URL } })).client;
  }

  const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);

  test("is named by its whole path, in a folder that macOS shows", () => {
    const path = join(root, "bundle", `${manifest.name}-${manifest.version}.mcpb`);
    expect(bundle).toBe(path);
    expect(relative(root, bundle)).not.toMatch(/^\.|[\\/]\./);
  });

  test("works with only a token, and unsubstituted variables for the rest", async () => {
    const config = await environment({ token: SANDBOX_TOKEN });
    expect(config.env).toMatchObject({
      KOOK_TOKEN: SANDBOX_TOKEN,
      KOOK_READ_ONLY: "false",
      KOOK_ALLOW_TARGETS: `$\{user_config.allow_targets}`,
    });
    const client = await start(config);
    expect((await call(client, "list_chats")).structured).toMatchObject({ total: 480 });
  });

  test("works with every optional field emptied", async () => {
    const { user_config = {} } = bundled();
    const fields = Object.keys(user_config).filter((field) => field !== "token");
    const optional = Object.fromEntries(fields.map((field) => [field, ""]));
    const client = await start(await environment({ token: SANDBOX_TOKEN, ...optional }));
    expect((await call(client, "list_chats")).structured).toMatchObject({ total: 480 });
  });

  test("applies what was filled in", async () => {
    const filled = { read_only: true, allow_targets: "3903536527", confirm_delete: "always" };
    const client = await start(await environment({ token: SANDBOX_TOKEN, ...filled }));
    const { tools } = await client.listTools();
    expect(tools.filter(({ annotations }) => !annotations?.readOnlyHint)).toEqual([]);
    expect((await call(client, "list_chats")).structured?.["chats"]).toHaveLength(1);
  });

  test("offers messages, which are off unless the person writes read", async () => {
    const off = await start(await environment({ token: SANDBOX_TOKEN }));
    expect(await names(off)).not.toContain("list_inbox");
    const filled = { messages: "read", time_zone: "Asia/Shanghai" };
    const on = await start(await environment({ token: SANDBOX_TOKEN, ...filled }));
    expect(await names(on)).toContain("list_inbox");
    const { text } = await call(on, "list_messages", { target_id: "3903536527" });
    expect(text).toContain("Asia/Shanghai");
  });

  test("sends requests through the proxy of the form", async () => {
    const proxy = { https_proxy: "http://127.0.0.1:9" };
    const { args, env } = await environment({ token: SANDBOX_TOKEN, ...proxy });
    const { client } = await attach({ args, env });
    const { text, isError } = await call(client, "list_chats");
    expect(isError).toBe(true);
    expect(text).toContain("the proxy that HTTPS_PROXY names");
  });

  test("is not started without a token, and explains itself where a host does", async () => {
    expect(hasRequiredConfigMissing({ manifest: bundled(), userConfig: {} })).toBe(true);
    const { server } = bundled();
    const args = [join(installed, server.entry_point)];
    const client = await start({ args, env: { ...server.mcp_config.env } });
    const { text, isError } = await call(client, "list_chats");
    expect(isError).toBe(true);
    expect(text).toContain("KOOK_TOKEN");
  });

  test("names the tools that the server has, in its words", async () => {
    const client = await start(await environment({ token: SANDBOX_TOKEN }));
    const { tools } = await client.listTools();
    expect(bundled().tools).toEqual(tools.map(({ name, description }) => ({ name, description })));
  });

  test("marks the token as sensitive, and every field is a setting", () => {
    const { user_config = {}, server, version } = bundled();
    expect(user_config["token"]).toMatchObject({ sensitive: true, required: true });
    const env = Object.keys(server.mcp_config.env ?? {});
    const known = [...table.map((setting) => setting.env), "HTTPS_PROXY"];
    expect(known).toEqual(expect.arrayContaining(env));
    expect(env).toHaveLength(Object.keys(user_config).length);
    expect(version).toBe(manifest.version);
  });

  test("has an icon of 512 pixels, which is small", () => {
    const png = readFileSync(join(installed, bundled().icon ?? ""));
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([512, 512]);
    expect(png.length).toBeLessThan(10_000);
  });

  test.each(["README.md", "README.zh-CN.md"])("has a %s that explains each field", (readme) => {
    const text = readFileSync(join(installed, readme), "utf8");
    for (const { title } of Object.values(bundled().user_config ?? {})) {
      expect(text, readme).toContain(`| ${title} |`);
    }
    // Nothing but these two files is there to be linked to.
    for (const [, target] of text.matchAll(/\]\(([^)]+)\)/g)) {
      expect(target).toMatch(/^(https:|README(\.zh-CN)?\.md$)/);
    }
  });

  test("holds the licences and needs no package beside it", () => {
    expect(files.sort()).toEqual([
      "LICENSE",
      "README.md",
      "README.zh-CN.md",
      ...readdirSync(DIST)
        .filter((name) => name !== "compile-cache")
        .map((name) => `dist/${name}`)
        .sort(),
      "icon.png",
      "manifest.json",
      "package.json",
    ]);
  });
});

describe("npm publish", () => {
  test("would publish the files of the program and its documents, and nothing else", () => {
    // --offline: npm would ask the registry for earlier versions. --ignore-scripts: a second build would delete dist.
    const { status, stdout, stderr } = spawnSync(
      "npm publish --dry-run --offline --ignore-scripts --json",
      { cwd: root, shell: true, encoding: "utf8" },
    );
    expect(status, stderr).toBe(0);
    const report = JSON.parse(stdout);
    // npm 10 has no package's name around it.
    const { version, files: packed } = report[manifest.name] ?? report;
    expect(version).toBe(manifest.version);
    const files = packed.map(({ path }: { path: string }) => path);
    const expected =
      /^(dist\/[\w.-]+|docs\/[\w.-]+|bench\/README\.md|[\w.-]+\.md|LICENSE|package\.json|mcp\.json\.example)$/;
    expect(files.filter((file: string) => !expected.test(file))).toEqual([]);
    expect(files).toEqual(expect.arrayContaining(["dist/main.js", "docs/hosts.md", "README.md"]));
  });
});

describe("server.json", () => {
  const entry = JSON.parse(read("server.json"));
  const [npm] = entry.packages;

  test("is valid by the registry's schema", () => {
    const validate = new Ajv({ validateFormats: false }).compile(registrySchema);
    expect(validate(entry), JSON.stringify(validate.errors)).toBe(true);
    expect(entry.$schema).toBe(registrySchema.$id);
    expect(validate({ ...entry, name: "kook-chat-mcp" })).toBe(false);
    expect(validate({ ...entry, description: "x".repeat(101) })).toBe(false);
  });

  test("has the name and version of the npm package", () => {
    expect(entry).toMatchObject({ name: manifest.mcpName, version: manifest.version });
    expect(npm).toMatchObject({ identifier: manifest.name, version: manifest.version });
  });

  test("lists every setting, and offers only what the setting takes", () => {
    const variables: { name: string; default?: string; choices?: string[]; isSecret: boolean }[] =
      npm.environmentVariables;
    expect(variables.map(({ name }) => name)).toEqual(table.map(({ env }) => env));
    for (const [index, variable] of variables.entries()) {
      const setting = table[index] as Setting;
      const offered = [variable.default, ...(variable.choices ?? [])].filter(Boolean);
      for (const text of offered) expect(setting.schema.safeParse(text).success, text).toBe(true);
    }
    expect(variables.filter(({ isSecret }) => isSecret).map(({ name }) => name)).toEqual([
      "KOOK_TOKEN",
    ]);
    expect(variables.find(({ name }) => name === "KOOK_OUTPUT")?.choices).toContain("both");
  });
});

describe("the project's pages", () => {
  const owned = { ...manifest, repository: { type: "git", url: "git+https://github.com/o/r.git" } };

  test("are in the bundle's manifest and in server.json once package.json has the repository", () => {
    const bundled = mcpbManifest(owned, table, []);
    expect(MANIFEST_SCHEMAS["0.3"].parse(bundled)).toMatchObject({
      repository: { type: "git", url: "https://github.com/o/r" },
      homepage: "https://github.com/o/r",
      documentation: "https://github.com/o/r/tree/HEAD/docs",
      support: "https://github.com/o/r/issues",
    });
    const entry = registryEntry(owned, table);
    expect(new Ajv({ validateFormats: false }).compile(registrySchema)(entry)).toBe(true);
    expect(entry).toMatchObject({
      repository: { url: "https://github.com/o/r", source: "github" },
      websiteUrl: "https://github.com/o/r",
    });
  });

  test("are left out until then, because every address would be somebody else's", () => {
    const unowned = { ...manifest, repository: undefined };
    for (const made of [mcpbManifest(unowned, table, []), registryEntry(unowned, table)]) {
      const pages = /repository|homepage|documentation|support|websiteUrl/;
      expect(Object.keys(made).filter((key) => pages.test(key))).toEqual([]);
    }
  });
});

describe("the install links", () => {
  const links = installLinks();

  test.each([
    ["vscode:", links.vscode],
    ["vscode-insiders:", links.insiders],
  ])(
    "lead to %s with an entry that asks for the path and the token",
    (scheme, { direct, page }) => {
      const redirect = new URL(page);
      expect(redirect.host).toBe("insiders.vscode.dev");
      expect(redirect.searchParams.get("url")).toBe(direct);
      const { protocol, pathname, search } = new URL(direct);
      expect({ protocol, pathname }).toEqual({ protocol: scheme, pathname: "mcp/install" });
      const { inputs, ...entry } = JSON.parse(decodeURIComponent(search.slice(1)));
      expect(inputs).toEqual([
        expect.objectContaining({ type: "promptString" }),
        expect.objectContaining({ type: "promptString", password: true }),
      ]);
      expect(entry).toEqual({
        name: "kook",
        command: "node",
        args: [`$\{input:${inputs[0].id}}`],
        env: { KOOK_TOKEN: `$\{input:${inputs[1].id}}` },
      });
    },
  );

  test("open Cursor with an entry that has placeholders for the path and the token", () => {
    const [direct, page] = [new URL(links.cursor.direct), new URL(links.cursor.page)];
    expect(direct.href).toMatch(/^cursor:\/\/anysphere\.cursor-deeplink\/mcp\/install\?/);
    expect(page.search).toBe(direct.search);
    expect(direct.searchParams.get("name")).toBe("kook");
    const config = direct.searchParams.get("config") ?? "";
    expect(JSON.parse(Buffer.from(config, "base64").toString())).toEqual({
      command: "node",
      args: ["/path/to/kook-chat-mcp/dist/main.js"],
      env: { KOOK_TOKEN: "paste the bot's token here" },
    });
  });

  test("name no package of a registry, because another person may own that name", () => {
    expect(decodeURIComponent(JSON.stringify(links))).not.toMatch(/npx|npm/);
  });

  test.each(["README.md", "README.zh-CN.md"])("stand in %s", (readme) => {
    for (const { page } of Object.values(links)) expect(read(readme)).toContain(`(${page})`);
  });
});

describe("generation", () => {
  const check = (cwd: string) =>
    spawnSync(process.execPath, [join(root, "scripts/generate.mjs"), "--check"], {
      cwd,
      encoding: "utf8",
    });

  test("changes no committed file", () => {
    expect(check(root)).toMatchObject({ status: 0, stderr: "" });
  });

  test("names the file that differs", () => {
    const copy = mkdtempSync(join(folder, "copy-"));
    // Junctions: on Windows only administrators may make symbolic links.
    for (const part of ["src", "test", "node_modules"])
      symlinkSync(join(root, part), join(copy, part), "junction");
    for (const part of ["package.json", "README.md", "server.json", "mcpb"]) {
      cpSync(join(root, part), join(copy, part), { recursive: true });
    }
    expect(check(copy).status).toBe(0);
    const readme = read("README.md").replace("| `KOOK_LANGUAGE` |", "| `KOOK_LANG` |");
    writeFileSync(join(copy, "README.md"), readme);
    const { status, stderr } = check(copy);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "README.md is out of date: run npm run generate\n",
    });
  });

  test("has every setting in both languages", () => {
    for (const { env, help, title } of table) {
      for (const text of [help, ...(title ? [title] : [])]) {
        expect(text.en, env).toMatch(/\w/);
        expect(text.zh, env).toMatch(/\p{Script=Han}/u);
      }
    }
  });
});

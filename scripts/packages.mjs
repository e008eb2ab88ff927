// Makes the MCPB manifest, server.json and the generated parts of the READMEs from package.json and the settings table. Pure:
// scripts/generate.mjs reads and writes the files.

/** @typedef {import("../src/config/settings.ts").Setting} Setting */
/** @typedef {import("../src/config/settings.ts").Text} Text */
/** @typedef {keyof Text} Language */
/** @typedef {typeof import("../package.json") & { repository?: { url: string } | undefined }} PackageJson */

const DESCRIPTION = {
  en: "Private chats of a KOOK bot: list, view, create, delete them, and read each as a resource",
  zh: "KOOK 机器人的私信会话：列出、查看、创建、删除，并可作为资源读取",
};
const TITLE = "KOOK private chats · KOOK 私信";

/** @param {Text} text */
const bilingual = ({ en, zh }) => plain(`${zh} · ${en}`);
/** @param {string} markdown */
const plain = (markdown) => markdown.replaceAll("`", "");

/** In the bundle's form beside the settings: hosts do not pass on the system's proxy. */
const PROXY = {
  env: "HTTPS_PROXY",
  title: { en: "Proxy", zh: "代理" },
  help: {
    en: "address of an HTTP proxy, such as `http://127.0.0.1:7890`, if KOOK can only be reached through one",
    zh: "HTTP 代理的地址，如 `http://127.0.0.1:7890`；只在需要代理才能访问 KOOK 时填写",
  },
};

/**
 * Addresses of the project's pages, from `repository` in package.json; none until the owner sets it (docs/publishing.md).
 * @param {PackageJson} manifest
 */
function pages({ repository }) {
  const url = repository?.url.replace(/^git\+/, "").replace(/\.git$/, "");
  return (
    url && { url, homepage: url, documentation: `${url}/tree/HEAD/docs`, support: `${url}/issues` }
  );
}

/**
 * The manifest of the MCPB bundle, version 0.3 of https://github.com/modelcontextprotocol/mcpb. A host shows a form for
 * `user_config` and passes the values on in the environment, as text.
 * @param {PackageJson} manifest
 * @param {Setting[]} settings
 * @param {{ name: string, description: string }[]} tools
 */
export function mcpbManifest(manifest, settings, tools) {
  const asked = [...settings.filter(({ title }) => title), PROXY];
  /** @param {FormField} field */
  const keyOf = ({ env }) => env.replace("KOOK_", "").toLowerCase();
  const { url, ...links } = pages(manifest) || {};
  return {
    manifest_version: "0.3",
    name: manifest.name,
    display_name: TITLE,
    version: manifest.version,
    description: DESCRIPTION.en,
    long_description: `${DESCRIPTION.zh}。需要机器人的 Token：在 https://developer.kookapp.cn/app/index 新建或选择应用，于“机器人”页复制 Token。\n\n${DESCRIPTION.en}. Needs the bot's token: create or choose an application at https://developer.kookapp.cn/app/index, open 机器人 (bot) and copy it.`,
    author: { name: "the kook-chat-mcp authors" },
    ...(url && { repository: { type: "git", url } }),
    ...links,
    icon: "icon.png",
    license: manifest.license,
    keywords: manifest.keywords,
    server: {
      type: "node",
      entry_point: "dist/main.js",
      mcp_config: {
        command: "node",
        args: [`$\{__dirname}/dist/main.js`],
        env: Object.fromEntries(
          asked.map((setting) => [setting.env, `$\{user_config.${keyOf(setting)}}`]),
        ),
      },
    },
    user_config: Object.fromEntries(asked.map((setting) => [keyOf(setting), formField(setting)])),
    tools: tools.map(({ name, description }) => ({ name, description })),
    compatibility: {
      platforms: ["darwin", "win32", "linux"],
      runtimes: { node: manifest.engines.node },
    },
  };
}

/** @typedef {Pick<Setting, "env" | "title" | "help" | "isSwitch" | "isSecret" | "isRequired" | "default">} FormField */

/** @param {FormField} field */
function formField({ title, help, isSwitch, isSecret, isRequired, default: fallback }) {
  return {
    type: isSwitch ? "boolean" : "string",
    title: title ? bilingual(title) : "",
    description: bilingual(help),
    required: isRequired === true,
    ...(isSecret && { sensitive: true }),
    ...(fallback !== undefined && { default: isSwitch ? fallback === "on" : fallback }),
  };
}

export const REGISTRY_SCHEMA =
  "https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json";

/**
 * server.json of the MCP registry. Its `name` must be package.json's `mcpName`: the registry compares them.
 * @param {PackageJson} manifest
 * @param {Setting[]} settings
 */
export function registryEntry(manifest, settings) {
  const { url, homepage } = pages(manifest) || {};
  return {
    $schema: REGISTRY_SCHEMA,
    name: manifest.mcpName,
    title: TITLE,
    description: DESCRIPTION.en,
    ...(url?.startsWith("https://github.com/") && { repository: { url, source: "github" } }),
    ...(homepage && { websiteUrl: homepage }),
    version: manifest.version,
    packages: [
      {
        registryType: "npm",
        identifier: manifest.name,
        version: manifest.version,
        runtimeHint: "npx",
        transport: { type: "stdio" },
        environmentVariables: settings.map(registryVariable),
      },
    ],
  };
}

/** @param {Setting} setting */
function registryVariable(setting) {
  const { env, help, isSwitch, isSecret, isRequired, format, choices, default: fallback } = setting;
  return {
    name: env,
    description: bilingual(help),
    format: isSwitch ? "boolean" : (format ?? "string"),
    isRequired: isRequired === true,
    isSecret: isSecret === true,
    ...(fallback !== undefined && { default: isSwitch ? String(fallback === "on") : fallback }),
    ...(choices && { choices }),
  };
}

const MAIN_HERE = "/path/to/kook-chat-mcp/dist/main.js";
const TOKEN_HERE = "paste the bot's token here";

/**
 * Links that install the built server in a host. VS Code asks for its path and the token, and stores the token; Cursor shows
 * the entry, to be completed by hand. GitHub allows https: links only, so both go through a page of the host.
 *
 * Do not name the npm package before it is published: the links would run the code of anyone who registers the name.
 */
export function installLinks() {
  const vscode = JSON.stringify({
    name: "kook",
    command: "node",
    args: [`$\{input:kook-main}`],
    env: { KOOK_TOKEN: `$\{input:kook-token}` },
    inputs: [
      { type: "promptString", id: "kook-main", description: "Absolute path of dist/main.js" },
      { type: "promptString", id: "kook-token", description: "KOOK bot token", password: true },
    ],
  });
  const cursor = JSON.stringify({
    command: "node",
    args: [MAIN_HERE],
    env: { KOOK_TOKEN: TOKEN_HERE },
  });
  const query = new URLSearchParams({ name: "kook", config: toBase64(cursor) });
  /** @param {string} scheme */
  const vscodeLink = (scheme) => `${scheme}:mcp/install?${encodeURIComponent(vscode)}`;
  /** @param {string} link */
  const redirect = (link) => `https://insiders.vscode.dev/redirect?url=${encodeURIComponent(link)}`;
  return {
    vscode: { direct: vscodeLink("vscode"), page: redirect(vscodeLink("vscode")) },
    insiders: {
      direct: vscodeLink("vscode-insiders"),
      page: redirect(vscodeLink("vscode-insiders")),
    },
    cursor: {
      direct: `cursor://anysphere.cursor-deeplink/mcp/install?${query}`,
      page: `https://cursor.com/en/install-mcp?${query}`,
    },
  };
}

/** @param {string} text */
const toBase64 = (text) => Buffer.from(text).toString("base64");

/** @param {Language} language */
export function installBlock(language) {
  const { vscode, insiders, cursor } = installLinks();
  const words = {
    en: {
      links: "Or install the built server by a link: ",
      needs:
        "VS Code asks for the path from step 1 and for the token. In Cursor, write both into the entry that it shows.",
    },
    zh: {
      links: "也可以用链接安装构建好的程序：",
      needs: "VS Code 会询问第 1 步的路径和 Token；Cursor 会显示一段配置，请把两者填进去。",
    },
  }[language];
  const links = [
    `[VS Code](${vscode.page})`,
    `[VS Code Insiders](${insiders.page})`,
    `[Cursor](${cursor.page})`,
  ];
  return `${words.links}${links.join(" · ")}\n\n${words.needs}`;
}

/**
 * The table of settings in Markdown.
 * @param {Setting[]} settings
 * @param {Language} language
 */
export function settingsTable(settings, language) {
  const heading = {
    en: ["variable", "flag", "default", "meaning"],
    zh: ["变量", "命令行参数", "默认值", "含义"],
  }[language];
  /** @param {string | undefined} text */
  const code = (text) => (text === undefined ? "–" : `\`${text}\``);
  const rows = settings.map(({ env, flag, default: fallback, help }) => [
    code(env),
    code(flag && `--${flag}`),
    code(fallback),
    help[language],
  ]);
  return [heading, heading.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n")
    .replace("| --- | --- | --- | --- |", "|---|---|---|---|");
}

/**
 * Puts `content` between `<!-- name: generated -->` and `<!-- /name -->`.
 * @param {string} text
 * @param {string} name
 * @param {string} content
 */
export function replaceBlock(text, name, content) {
  const [start, end] = [`<!-- ${name}: generated -->`, `<!-- /${name} -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${start} … ${end} is missing`);
  return `${text.slice(0, from + start.length)}\n${content}\n${text.slice(to)}`;
}

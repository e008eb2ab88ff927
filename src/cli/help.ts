// The texts of --help, and what a terminal shows while the server waits. The sandbox command adds its faults.
import { type Setting, settings } from "../config/settings.ts";
import type { Language } from "../text/language.ts";
import { wrapped } from "./columns.ts";

/** The text of `--help`, for the server or for `doctor`. */
export const helpText = (command: "serve" | "doctor", language: Language): string =>
  `${frames[command][language]}\n${settingsText(language)}`;

const frames = {
  serve: {
    en: `kook-chat-mcp: an MCP server for the private chats of a KOOK bot

Usage
  kook-chat-mcp          serve MCP on stdin and stdout; an MCP host starts this
  kook-chat-mcp doctor   check settings, network, token and hosts' files
  kook-chat-mcp sandbox  serve a made-up KOOK over HTTP on 127.0.0.1

Options
  --sandbox              use a built-in KOOK with made-up chats; needs no token
  -h, --help             after a command: that command's options
  -v, --version
`,
    zh: `kook-chat-mcp：用于 KOOK 机器人私信会话的 MCP 服务

用法
  kook-chat-mcp          在标准输入输出上提供 MCP 服务，由 MCP 客户端启动
  kook-chat-mcp doctor   检查设置、网络、Token 和客户端的配置文件
  kook-chat-mcp sandbox  在 127.0.0.1 上提供模拟的 KOOK 接口（HTTP）

参数
  --sandbox              使用内置的模拟 KOOK 和虚构的会话，不需要 Token
  -h, --help             写在命令后面时，显示该命令的参数
  -v, --version          显示版本
`,
  },
  doctor: {
    en: `kook-chat-mcp doctor: check settings, network, token and hosts' configuration

Run it with the settings that the host gives the server. It exits with 0 if the
server can work, 1 if it cannot, 2 if a setting is wrong.

Options
  --json       print one JSON document for a program
  --verbose    show the settings that have their default, too
  --sandbox    check against the built-in sandbox; needs no token and no network
`,
    zh: `kook-chat-mcp doctor：检查设置、网络、Token 和客户端的配置

运行时请使用与客户端相同的设置。退出码：0 可以工作，1 无法工作，2 设置有误。

参数
  --json       输出一份 JSON，供程序读取
  --verbose    同时显示取默认值的设置
  --sandbox    用内置沙盒检查，不需要 Token 和网络
`,
  },
} satisfies Record<string, Record<Language, string>>;

const words = {
  en: {
    settings: "Settings, as environment variable or option; the option wins",
    default: "default",
  },
  zh: { settings: "设置：可写成环境变量或命令行参数，以后者为准", default: "默认" },
} satisfies Record<Language, object>;

function settingsText(language: Language): string {
  const rows = Object.values(settings).map((setting: Setting) => {
    const { env, flag, help, default: fallback } = setting;
    const cells = [env.padEnd(19), (flag ? `--${flag}` : "").padEnd(16)];
    const shown = fallback === undefined ? "" : `  ${words[language].default} ${fallback}`;
    const heading = `  ${cells.join("  ")}${shown}`;
    return `${heading.trimEnd()}\n${wrapped(help[language].replaceAll("`", ""), "      ")}`;
  });
  return `${words[language].settings}\n${rows.join("\n")}\n`;
}

/** For a person who starts the server in a terminal, where it would seem to hang. */
export function waitingText(language: Language, hasToken: boolean): string {
  const { waits, noToken } = waiting[language];
  return hasToken ? waits : noToken + waits;
}

const waiting = {
  en: {
    noToken: "No token is set, so every call will fail. To try it without one, add --sandbox.\n",
    waits: "Waiting for an MCP host on stdin. Ctrl-C ends, --help lists options.\n",
  },
  zh: {
    noToken: "没有设置 Token，所有调用都会失败。想不用 Token 试用，请加上 --sandbox。\n",
    waits: "正在等待 MCP 客户端（从标准输入）。按 Ctrl-C 结束；--help 列出参数。\n",
  },
} satisfies Record<Language, object>;

// The texts of --help. The sandbox command adds its faults.
import { type Setting, settings } from "../config/settings.ts";

const WIDTH = 80;

/** The text of `--help`, for the server or for `doctor`. */
export const helpText = (command: "serve" | "doctor" = "serve"): string =>
  command === "doctor" ? doctorHelpText() : serverHelpText();

function serverHelpText(): string {
  return `kook-chat-mcp: an MCP server for the private chats of a KOOK bot

Usage
  kook-chat-mcp          serve MCP on stdin and stdout; an MCP host starts this
  kook-chat-mcp doctor   check settings, network, token and hosts' files
  kook-chat-mcp sandbox  serve a made-up KOOK over HTTP on 127.0.0.1

Options
  --sandbox              use a built-in KOOK with made-up chats; needs no token
  -h, --help             after a command: that command's options
  -v, --version

${settingsText()}`;
}

function doctorHelpText(): string {
  return `kook-chat-mcp doctor: check settings, network, token and hosts' configuration

Run it with the settings that the host gives the server. It exits with 0 if the
server can work, 1 if it cannot, 2 if a setting is wrong.

Options
  --json       print one JSON document for a program
  --verbose    show the settings that have their default, too
  --sandbox    check against the built-in sandbox; needs no token and no network

${settingsText()}`;
}

function settingsText(): string {
  const rows = Object.values(settings).map((setting: Setting) => {
    const { env, flag, help, default: fallback } = setting;
    const cells = [env.padEnd(19), (flag ? `--${flag}` : "").padEnd(16)];
    const heading = `  ${cells.join("  ")}${fallback === undefined ? "" : `  default ${fallback}`}`;
    return `${heading.trimEnd()}\n${wrapped(help.en.replaceAll("`", ""), "      ")}`;
  });
  return `Settings, as environment variable or option; the option wins\n${rows.join("\n")}\n`;
}

/** Breaks a text between words, so that no line is longer than a terminal is wide. */
export function wrapped(text: string, indent: string): string {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.at(-1) ?? "";
    const longer = last === "" ? word : `${last} ${word}`;
    if (indent.length + longer.length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => indent + line).join("\n");
}

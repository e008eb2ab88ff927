// Reads the settings from flags and environment, and explains in one line what cannot be understood.
import { parseArgs } from "node:util";
import type * as z from "zod";
import { parseSandboxFlags, type SandboxFlags, sandboxFlags } from "../cli/sandbox-flags.ts";
import type { Token } from "../kook/client.ts";
import { ConfigError, closest, nearest } from "./config-error.ts";
import {
  type Setting,
  type SettingName,
  type SettingValues,
  settingNames,
  settings,
} from "./settings.ts";
import { readToken } from "./token.ts";

export { ConfigError };

/** What `kook-chat-mcp` was asked to do, and how. */
export interface Config extends Omit<SettingValues, "token" | "tokenFile"> {
  command: (typeof commands)[number] | "serve" | "help" | "sandbox help" | "version";
  token: Token;
  /** Talk to the built-in sandbox instead of KOOK. */
  sandbox: boolean;
  /** Of the `sandbox` command. */
  served: SandboxFlags;
  /** `doctor` answers in JSON. */
  json: boolean;
}

const commands = ["sandbox", "doctor"] as const;

export interface ConfigSources {
  /** Without the interpreter and the script. */
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** Reads a text file whole; its error says why it cannot. */
  readFile(path: string): string;
}

/**
 * Reads the settings: flags win over the environment. A missing or unusable token is no error here, because a server
 * that does not start cannot explain itself; it is kept as the `problem` that the first call then tells.
 * @throws ConfigError
 */
export function parseConfig({ argv, env, readFile }: ConfigSources): Config {
  const { values, positionals } = parseFlags(argv);
  const command = commandOf(positionals, values);
  const read = settingNames.map((name) => readSetting(name, values, env));
  const problem = read.find((setting) => setting.problem !== undefined)?.problem;
  // The doctor goes on with the defaults: it is there to tell of all that is wrong, not of the first.
  if (problem !== undefined && command !== "doctor") throw new ConfigError(problem);
  const { token, tokenFile, ...rest } = Object.fromEntries(
    read.map(({ name, value }) => [name, value]),
  ) as SettingValues;
  return {
    ...rest,
    command,
    sandbox: values["sandbox"] === true,
    served: parseSandboxFlags(values),
    json: values["json"] === true,
    token: readToken(token, tokenFile, readFile),
  };
}

/** One setting as it stands. */
export interface SettingInForce {
  name: SettingName;
  source: "flag" | "environment" | "default" | "unset";
  /** As it was written, or the default; undefined where there is none. A secret's is not to be shown. */
  text: string | undefined;
  /** What cannot be understood, in one line that names the setting and what would be valid. */
  problem: string | undefined;
}

/** Where each setting's value comes from. @throws ConfigError for a flag that does not exist */
export function settingsInForce({
  argv,
  env,
}: Pick<ConfigSources, "argv" | "env">): SettingInForce[] {
  const { values } = parseFlags(argv);
  return settingNames.map((name) => {
    const { value: _, ...setting } = readSetting(name, values, env);
    return setting;
  });
}

/** Variables that look like settings and are none, with the setting that may be meant. */
export function unknownVariables(
  env: ConfigSources["env"],
): { name: string; meant: string | undefined }[] {
  const known = settingNames.map((name): string => settings[name].env);
  return Object.keys(env)
    .filter((name) => /^KOOK_/i.test(name) && !known.includes(name))
    .map((name) => ({ name, meant: closest(name.toUpperCase(), known) }));
}

/** The text of `--help`. */
export function helpText(): string {
  const rows = settingNames.map((name) => {
    const setting: Setting = settings[name];
    const flag = setting.flag ? `--${setting.flag}` : "";
    const fallback = setting.default === undefined ? "" : `; default ${setting.default}`;
    const help = setting.help.en.replaceAll("`", "");
    return `  ${setting.env.padEnd(20)}${flag.padEnd(17)}${help}${fallback}`;
  });
  return `kook-chat-mcp: an MCP server for the private chats of a KOOK bot

Usage
  kook-chat-mcp                     serve MCP on stdin and stdout
  kook-chat-mcp --sandbox           the same on a built-in KOOK with made-up chats; needs no token
  kook-chat-mcp sandbox [--port N]  serve that sandbox over HTTP on 127.0.0.1; sandbox --help has more
  kook-chat-mcp doctor [--json]     check the set-up: settings, network, token, hosts' configuration
  kook-chat-mcp --help | --version

Settings, as environment variable or flag; a flag wins
${rows.join("\n")}
`;
}

type FlagValues = Record<string, string | boolean | undefined>;

const flags = {
  ...Object.fromEntries(
    settingNames.flatMap((name) => {
      const { flag, isSwitch }: Setting = settings[name];
      const type = isSwitch ? ("boolean" as const) : ("string" as const);
      return flag ? [[flag, { type }]] : [];
    }),
  ),
  sandbox: { type: "boolean" },
  ...sandboxFlags,
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "v" },
} as const;

/** parseArgs in its lenient form: its own errors neither name the nearest flag nor fit on a line. */
function parseFlags(argv: readonly string[]): { values: FlagValues; positionals: string[] } {
  const options = { args: [...argv], options: flags, strict: false, tokens: true } as const;
  const { values, positionals, tokens } = parseArgs(options);
  const names = Object.keys(flags);
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (token.name === "token") {
      throw new ConfigError("There is no --token, as it would show in ps; set KOOK_TOKEN instead");
    }
    if (!names.includes(token.name)) {
      throw new ConfigError(`Unknown flag ${token.rawName}${nearest(token.name, names, "--")}`);
    }
    const { type } = (flags as Record<string, { type: string }>)[token.name] ?? {};
    // parseArgs would take a flag that follows for the value.
    const missing = token.value === undefined || (!token.inlineValue && /^-./.test(token.value));
    if (type === "string" && missing) throw new ConfigError(`${token.rawName} needs a value`);
    if (type === "boolean" && token.value !== undefined) {
      throw new ConfigError(`${token.rawName} takes no value`);
    }
  }
  return { values: values as FlagValues, positionals };
}

/** `value` is what holds: the default where there is a problem. */
function readSetting(
  name: SettingName,
  values: FlagValues,
  env: ConfigSources["env"],
): SettingInForce & { value: unknown } {
  const setting: Setting = settings[name];
  const flag = setting.flag === undefined ? undefined : values[setting.flag];
  const given = [
    { source: "flag", text: setTextOf(flag) },
    { source: "environment", text: setTextOf(env[setting.env]) },
    { source: "default", text: setting.default },
  ] as const;
  const { source, text } = given.find(({ text }) => text !== undefined) ?? {
    source: "unset",
    text: undefined,
  };
  const result = setting.schema.safeParse(text);
  const named = source === "flag" ? `--${setting.flag}` : setting.env;
  if (result.success) return { name, source, text, problem: undefined, value: result.data };
  const problem = describeIssue(name, named, result.error, text);
  return { name, source, text, problem, value: setting.schema.parse(setting.default) };
}

/** Hosts pass empty values, and `${…}` where they did not substitute: both mean that nothing was set. */
function setTextOf(value: string | boolean | undefined): string | undefined {
  const text = value === undefined ? "" : String(value).trim();
  return text === "" || /^\$\{[^}]*\}$/.test(text) ? undefined : text;
}

function describeIssue(
  name: SettingName,
  source: string,
  error: z.ZodError,
  text: string | undefined,
): string {
  const issue = error.issues[0] as z.core.$ZodIssue;
  // A base URL is not repeated: it may hold a password.
  if (name === "baseUrl") return `${source} ${issue.message}`;
  if (issue.code !== "invalid_value") {
    return `${source} ${issue.message}, not ${JSON.stringify(text)}`;
  }
  const valid = issue.values.map(String);
  return `${source} must be one of ${valid.join(", ")}, not ${JSON.stringify(text)}${nearest(text ?? "", valid)}`;
}

function commandOf(positionals: string[], values: FlagValues): Config["command"] {
  if (values["help"]) return positionals[0] === "sandbox" ? "sandbox help" : "help";
  if (values["version"]) return "version";
  const [command, ...surplus] = positionals;
  if (surplus.length > 0)
    throw new ConfigError(`Unexpected argument ${JSON.stringify(surplus[0])}`);
  if (command === undefined) return "serve";
  const known = commands.find((name) => name === command);
  if (known) return known;
  throw new ConfigError(`Unknown command ${JSON.stringify(command)}${nearest(command, commands)}`);
}

// What the person who runs the server can set. One table of settings feeds the parser and --help.
import { parseArgs } from "node:util";
import { closestMatch } from "leven";
import * as z from "zod";
import type { Token } from "./kook/client.ts";
import { logLevels } from "./log.ts";

/** A setting cannot be understood. The message is one line that names it and what would be valid. */
export class ConfigError extends Error {}

const on = ["1", "true", "yes", "on"];
const off = ["0", "false", "no", "off"];

const switchSchema = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum([...on, ...off]))
  .transform((text) => on.includes(text));

/** Whole milliseconds; a day is more than any host waits. */
const millisecondsSchema = z
  .string()
  .regex(/^\d+$/, "must be a whole number of milliseconds")
  .transform(Number)
  .pipe(z.int().min(1, "must be 1 or more").max(86_400_000, "must be a day or less"));

const baseUrlSchema = z.string().superRefine((text, context) => {
  const problem = baseUrlProblem(text);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

const settings = {
  token: {
    env: "KOOK_TOKEN",
    schema: z.string().optional(),
    help: "the bot's token",
  },
  tokenFile: {
    env: "KOOK_TOKEN_FILE",
    flag: "token-file",
    schema: z.string().optional(),
    help: "file that holds the token",
  },
  baseUrl: {
    env: "KOOK_BASE_URL",
    flag: "base-url",
    schema: baseUrlSchema.default("https://www.kookapp.cn/api/v3"),
    help: "KOOK's API; default https://www.kookapp.cn/api/v3",
  },
  language: {
    env: "KOOK_LANGUAGE",
    flag: "language",
    schema: z
      .string()
      .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "must be a language tag such as zh-CN or en-US")
      .default("zh-CN"),
    help: "language of KOOK's messages; default zh-CN",
  },
  timeoutMs: {
    env: "KOOK_TIMEOUT_MS",
    flag: "timeout-ms",
    schema: millisecondsSchema.default(10_000),
    help: "longest wait for one HTTP answer; default 10000",
  },
  maxWaitMs: {
    env: "KOOK_MAX_WAIT_MS",
    flag: "max-wait-ms",
    schema: millisecondsSchema.default(20_000),
    help: "longest wait for KOOK's rate limit; default 20000",
  },
  readOnly: {
    env: "KOOK_READ_ONLY",
    flag: "read-only",
    schema: switchSchema.default(false),
    help: "offer list_chats and view_chat only",
  },
  logLevel: {
    env: "KOOK_LOG_LEVEL",
    flag: "log-level",
    schema: z.enum(logLevels).default("info"),
    help: `${logLevels.join(", ")}, to stderr; default info`,
  },
} as const satisfies Record<string, Setting>;

interface Setting {
  env: string;
  /** Without its dashes. Absent for the token alone: a flag would show in the list of processes. */
  flag?: string;
  /** Reads the text of the variable or flag. */
  schema: z.ZodType;
  help: string;
}

const settingsSchema = z.object({
  token: settings.token.schema,
  tokenFile: settings.tokenFile.schema,
  baseUrl: settings.baseUrl.schema,
  language: settings.language.schema,
  timeoutMs: settings.timeoutMs.schema,
  maxWaitMs: settings.maxWaitMs.schema,
  readOnly: settings.readOnly.schema,
  logLevel: settings.logLevel.schema,
});
type SettingName = keyof typeof settings;
const settingNames = Object.keys(settings) as SettingName[];

/** What `kook-chat-mcp` was asked to do, and how. */
export interface Config extends Omit<z.infer<typeof settingsSchema>, "token" | "tokenFile"> {
  command: "serve" | "sandbox" | "help" | "version";
  token: Token;
  /** Talk to the built-in sandbox instead of KOOK. */
  sandbox: boolean;
  /** Port of the `sandbox` command; 0 for a free one. */
  port: number;
}

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
  const texts = Object.fromEntries(
    settingNames.map((name) => [name, textOf(settings[name], values, env)]),
  );
  const result = settingsSchema.safeParse(texts);
  if (!result.success) throw new ConfigError(describeIssue(result.error, texts, values));
  const { token, tokenFile, ...rest } = result.data;
  return {
    ...rest,
    command: commandOf(positionals, values),
    sandbox: values["sandbox"] === true,
    port: portOf(values["port"]),
    token: tokenOf(token, tokenFile, readFile),
  };
}

/** The text of `--help`. */
export function helpText(): string {
  const rows = settingNames.map((name) => {
    const { env, flag, help }: Setting = settings[name];
    return `  ${env.padEnd(18)}${(flag ? `--${flag}` : "").padEnd(15)}${help}`;
  });
  return `kook-chat-mcp: an MCP server for the private chats of a KOOK bot

Usage
  kook-chat-mcp                     serve MCP on stdin and stdout
  kook-chat-mcp --sandbox           the same on a built-in KOOK with made-up chats; needs no token
  kook-chat-mcp sandbox [--port N]  serve that sandbox over HTTP on 127.0.0.1
  kook-chat-mcp --help | --version

Settings, as environment variable or flag; a flag wins
${rows.join("\n")}
`;
}

type FlagValues = Record<string, string | boolean | undefined>;

const flags = {
  ...Object.fromEntries(
    settingNames.flatMap((name) => {
      const { flag }: Setting = settings[name];
      const type = name === "readOnly" ? ("boolean" as const) : ("string" as const);
      return flag ? [[flag, { type }]] : [];
    }),
  ),
  sandbox: { type: "boolean" },
  port: { type: "string" },
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

/** Hosts pass empty values, and `${…}` where they did not substitute: both mean that nothing was set. */
function textOf(setting: Setting, values: FlagValues, env: ConfigSources["env"]) {
  const flag = setting.flag === undefined ? undefined : values[setting.flag];
  const texts = [flag === undefined ? undefined : String(flag), env[setting.env]];
  return texts.map((text) => text?.trim()).find((text) => text && !/^\$\{[^}]*\}$/.test(text));
}

function describeIssue(
  error: z.ZodError,
  texts: Record<string, string | undefined>,
  values: FlagValues,
): string {
  const issue = error.issues[0] as z.core.$ZodIssue;
  const name = issue.path[0] as SettingName;
  const setting: Setting = settings[name];
  const source =
    setting.flag && values[setting.flag] !== undefined ? `--${setting.flag}` : setting.env;
  const text = texts[name] ?? "";
  // A base URL is not repeated: it may hold a password.
  if (name === "baseUrl") return `${source} ${issue.message}`;
  if (issue.code !== "invalid_value") {
    return `${source} ${issue.message}, not ${JSON.stringify(text)}`;
  }
  const valid = issue.values.map(String);
  return `${source} must be one of ${valid.join(", ")}, not ${JSON.stringify(text)}${nearest(text, valid)}`;
}

function nearest(text: string, candidates: string[], prefix = ""): string {
  const maxDistance = Math.min(4, Math.ceil(text.length / 2));
  const match = closestMatch(text.slice(0, 64), candidates, { maxDistance });
  return match === undefined ? "" : `; did you mean ${prefix}${match}?`;
}

function commandOf(positionals: string[], values: FlagValues): Config["command"] {
  if (values["help"]) return "help";
  if (values["version"]) return "version";
  const [command, ...surplus] = positionals;
  if (surplus.length > 0)
    throw new ConfigError(`Unexpected argument ${JSON.stringify(surplus[0])}`);
  if (command === undefined) return "serve";
  if (command === "sandbox") return "sandbox";
  throw new ConfigError(
    `Unknown command ${JSON.stringify(command)}${nearest(command, ["sandbox"])}`,
  );
}

function portOf(text: string | boolean | undefined): number {
  if (text === undefined) return 0;
  const port = Number(text);
  if (/^\d{1,5}$/.test(String(text)) && port <= 65_535) return port;
  throw new ConfigError(`--port must be a number from 0 to 65535, not ${JSON.stringify(text)}`);
}

function tokenOf(
  token: string | undefined,
  file: string | undefined,
  readFile: ConfigSources["readFile"],
): Token {
  if (file === undefined) {
    return token === undefined
      ? {
          problem: "No KOOK token is set: KOOK_TOKEN or KOOK_TOKEN_FILE must hold the bot's token.",
        }
      : parseToken(token, "KOOK_TOKEN");
  }
  try {
    return parseToken(readFile(file), "The file named by KOOK_TOKEN_FILE");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "unknown error";
    return { problem: `The token file ${JSON.stringify(file)} cannot be read (${code}).` };
  }
}

/** People paste the token together with the `Bot ` of KOOK's examples. */
function parseToken(text: string, source: string): Token {
  const [, scheme, value] = /^(?:(bot|bearer)(?:\s+|$))?(.*)$/is.exec(text.trim()) ?? [];
  if (!value) return { problem: `${source} holds no token.` };
  // The message must not quote the value: it may be a token with one wrong character in it.
  if (!/^[\x21-\x7e]+$/.test(value)) {
    return {
      problem: `${source} holds white space, a line break or another character that no token has in its middle.`,
    };
  }
  return { scheme: scheme?.toLowerCase() === "bearer" ? "Bearer" : "Bot", value };
}

function baseUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return "must be a web address such as https://www.kookapp.cn/api/v3";
  const { protocol, hostname, username, password } = new URL(text);
  // A lone `?` or `#` counts too: what is appended would no longer be a path.
  if (username || password || /[?#]/.test(text)) {
    return "must have no credentials, query or fragment";
  }
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  if (protocol === "https:" || (protocol === "http:" && loopback)) return undefined;
  return "must begin with https:, because the token travels with every request";
}

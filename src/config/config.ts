// Reads the configuration from flags and environment, in pure steps: merge (flag over environment over default), then check
// (parse by the setting's schema). src/cli/commands.ts parses the flags.
import type * as z from "zod";
import type { Token } from "../kook/client.ts";
import type { Language } from "../text/language.ts";
import { shownValue } from "../text/token-pattern.ts";
import { ConfigError, misspelt, nearest, problemLine } from "./config-error.ts";
import { type Environment, textIfSet } from "./environment.ts";
import { type Flags, serverFlags } from "./options.ts";
import {
  type Setting,
  type SettingName,
  type SettingValues,
  settingNames,
  settings,
} from "./settings.ts";
import { readToken } from "./token.ts";

export { ConfigError };

export interface ConfigSources {
  flags: Flags;
  env: Environment;
  /** Reads a text file whole; its error's `code` says why it cannot. */
  readFile(path: string): string;
  /** Such as `zh-CN`; asked for only where neither a setting nor LC_ALL, LC_MESSAGES or LANG says it. */
  systemLocale(): string;
  /** A mistake in the command line. */
  problem?: string | undefined;
}

export interface Config extends Omit<SettingValues, "token" | "tokenFile" | "language"> {
  token: Token;
  /** Language of what people read. */
  language: Language;
  /** Talk to the built-in sandbox instead of KOOK. */
  sandbox: boolean;
  /**
   * The first mistake in the settings, in one line that names the setting and the nearest valid one. With a problem the
   * server must do nothing: every call fails with this line.
   */
  problem: string | undefined;
  /** Lines for the log: a harmless oddity, or a guard that stays off. */
  warnings: string[];
  /** Each setting and where its value comes from. */
  settings: SettingInForce[];
}

/** One setting and where its value comes from. */
export interface SettingInForce {
  name: SettingName;
  source: "flag" | "environment" | "default" | "unset";
  /** As it was written, or the default; undefined where there is none. A secret's must not be shown. */
  text: string | undefined;
  /** Why the text cannot be understood, in one line that names the setting and what would be valid. */
  problem: string | undefined;
}

/** Reads all settings. It never throws: a server that does not start cannot say what is wrong. */
export function readConfig(sources: ConfigSources): Config {
  const { flags, env, readFile, systemLocale, problem } = sources;
  const read = settingNames.map((name) => check(merge(name, flags, env)));
  const values = Object.fromEntries(read.map(({ name, value }) => [name, value])) as SettingValues;
  const { token: tokenText, tokenFile, ...rest } = values;
  const sandbox = flags["sandbox"] === true;
  const { missing, ...token } = readToken(tokenText, tokenFile, readFile);
  const unknown = unknownVariables(env);
  const problems = [
    problem,
    ...unknown.map(
      ({ name, meant }) => meant && `${name} is not a setting; did you mean ${meant}?`,
    ),
    ...read.map((setting) => setting.problem),
    // A missing token is explained by the first call, which also says where to get one.
    !sandbox && !missing && "problem" in token ? token.problem : undefined,
  ];
  const first = problems.find((line) => line !== undefined);
  return {
    ...rest,
    // Fail closed: a misspelt guard may have been meant, so offer only tools that change nothing.
    readOnly: rest.readOnly || first !== undefined,
    messages: first === undefined ? rest.messages : undefined,
    language: rest.language ?? languageOf(env, systemLocale),
    token,
    sandbox,
    problem: first === undefined ? undefined : problemLine(first),
    warnings: [
      ...read.flatMap(({ warning }) => warning ?? []),
      ...unknown.flatMap(({ name, meant }) =>
        meant ? [] : `${name} is not a setting and has no effect`,
      ),
    ].map(problemLine),
    settings: read.map(inForce),
  };
}

/**
 * The settings of a server that a host starts with these arguments.
 * @throws ConfigError for an argument that is wrong
 */
export function settingsInForce(start: {
  argv: readonly string[];
  env: Environment;
}): SettingInForce[] {
  const flags = serverFlags(start.argv);
  return settingNames.map((name) => inForce(check(merge(name, flags, start.env))));
}

const inForce = ({ name, source, text, problem }: SettingInForce): SettingInForce => ({
  name,
  source,
  text,
  problem,
});

/**
 * Variables that look like settings and are none, with the setting whose name is within two edits. The prefix may be
 * misspelt too: KOK_READ_ONLY must not leave the guard off without a word.
 */
export function unknownVariables(env: Environment): { name: string; meant: string | undefined }[] {
  const known = settingNames.map((name): string => settings[name].env);
  return Object.keys(env)
    .filter((name) => /^\s*k(.*ook|o)/i.test(name) && !known.includes(name))
    .filter((name) => !isSameVariable(name, known, env))
    .map((name) => ({ name, meant: misspelt(name, known) }))
    .filter(({ name, meant }) => meant !== undefined || /^KOOK_/i.test(name));
}

/** On Windows `kook_token` is the variable KOOK_TOKEN. */
function isSameVariable(name: string, known: readonly string[], env: Environment): boolean {
  const upper = name.toUpperCase();
  return known.includes(upper) && env[upper] !== undefined && env[upper] === env[name];
}

interface Merged {
  name: SettingName;
  source: SettingInForce["source"];
  text: string | undefined;
  /** How the person wrote it: the flag, or the variable. */
  writtenAs: string;
  warning: string | undefined;
}

/** The flag wins over the environment, which wins over the default. */
function merge(name: SettingName, flags: Flags, env: Environment): Merged {
  const setting: Setting = settings[name];
  const flag = setting.flag === undefined ? undefined : flags[setting.flag];
  const flagText = textIfSet(flag);
  const variableText = textIfSet(env[setting.env]);
  const common = { name, warning: undefined };
  if (flagText !== undefined) {
    return { ...common, source: "flag", text: flagText, writtenAs: `--${setting.flag}` };
  }
  if (variableText !== undefined) {
    return { ...common, source: "environment", text: variableText, writtenAs: setting.env };
  }
  const passed = flag ?? env[setting.env];
  const source = setting.default === undefined ? "unset" : "default";
  return {
    name,
    source,
    text: setting.default,
    writtenAs: setting.env,
    warning:
      setting.isGuard && passed !== undefined
        ? `${setting.env} is ${JSON.stringify(passed)}, which counts as not set: this guard is ${setting.default ?? "off"}`
        : undefined,
  };
}

/** `value` is the default where the text cannot be understood. */
function check(merged: Merged): Merged & { value: unknown; problem: string | undefined } {
  const setting: Setting = settings[merged.name];
  const result = setting.schema.safeParse(merged.text);
  if (result.success) return { ...merged, value: result.data, problem: undefined };
  const value = setting.schema.parse(setting.default);
  return { ...merged, value, problem: describeIssue(merged, result.error) };
}

function describeIssue({ name, text, writtenAs }: Merged, error: z.ZodError): string {
  const issue = error.issues[0] as z.core.$ZodIssue;
  // Do not repeat a base URL: it may hold a password.
  if (name === "baseUrl") return `${writtenAs} ${issue.message}`;
  const given = JSON.stringify(shownValue(text ?? ""));
  if (issue.code !== "invalid_value") {
    return `${writtenAs} ${issue.message}, not ${given}`;
  }
  const valid = issue.values.map(String);
  const { isSwitch }: Setting = settings[name];
  // A person follows a hint: never offer the value that turns a guard off.
  const hinted = isSwitch ? [] : valid.filter((value) => value !== "never");
  const hint = nearest((text ?? "").toLowerCase(), hinted);
  return `${writtenAs} must be one of ${valid.join(", ")}, not ${given}${hint}`;
}

/** Chinese on a Chinese system, otherwise English. */
function languageOf(env: Environment, systemLocale: () => string): Language {
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || systemLocale();
  return /^zh/i.test(locale) ? "zh" : "en";
}

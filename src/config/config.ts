// Reads the configuration from flags and environment, in pure steps: merge (flag over environment over default), then check
// (parse by the setting's schema). src/cli/commands.ts parses the flags.
import type * as z from "zod";
import type { Token } from "../kook/client.ts";
import type { Language } from "../text/language.ts";
import { shownValue } from "../text/token-pattern.ts";
import { ConfigError, didYouMean, misspelt, nearest, problemLine } from "./config-error.ts";
import { type Environment, textIfSet } from "./environment.ts";
import { type Flags, serverFlags } from "./options.ts";
import {
  type Setting,
  type SettingName,
  type SettingValues,
  settingNames,
  settings,
  type Text,
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
  problem?: Text | undefined;
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
  /** The same in both languages. A person in a terminal reads theirs; models and logs get `problem`, which is English. */
  problemText: Text | undefined;
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
  /** A value of a guard that counts as not set, such as an empty text: the guard has its default. */
  ignored: string | undefined;
}

/** Reads all settings. It never throws: a server that does not start cannot say what is wrong. */
export function readConfig(sources: ConfigSources): Config {
  const { flags, env, readFile, problem } = sources;
  const read = settingNames.map((name) => check(merge(name, flags, env)));
  const values = Object.fromEntries(read.map(({ name, value }) => [name, value])) as SettingValues;
  const { token: tokenText, tokenFile, ...rest } = values;
  const sandbox = flags["sandbox"] === true;
  const { missing, inChinese = "", ...token } = readToken(tokenText, tokenFile, readFile);
  const unknown = unknownVariables(env);
  const problems = [
    problem,
    ...unknown.map(({ name, meant }) => (meant ? misspeltProblem(name, meant) : undefined)),
    ...read.map((setting) => setting.problem),
    // A missing token is explained by the first call, which also says where to get one.
    !sandbox && !missing && "problem" in token ? { en: token.problem, zh: inChinese } : undefined,
  ];
  const first = problems.find((line) => line !== undefined);
  return {
    ...rest,
    // Fail closed: a misspelt guard may have been meant, so offer only tools that change nothing.
    readOnly: rest.readOnly || first !== undefined,
    messages: first === undefined ? rest.messages : undefined,
    language: languageOf(sources),
    token,
    sandbox,
    problem: first && problemLine(first.en),
    problemText: first,
    warnings: [
      ...read.flatMap(guardWarning),
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

const inForce = ({ name, source, text, problem, ignored }: Checked): SettingInForce => ({
  name,
  source,
  text,
  problem: problem?.en,
  ignored,
});

function guardWarning({ name, writtenAs, ignored }: Merged): string[] {
  if (ignored === undefined) return [];
  const { default: fallback = "off" }: Setting = settings[name];
  const given = JSON.stringify(ignored);
  return [`${writtenAs} is ${given}, which counts as not set: this guard is ${fallback}`];
}

function misspeltProblem(name: string, meant: string): Text {
  const { en, zh } = didYouMean(meant);
  return { en: `${name} is not a setting${en}`, zh: `没有 ${name} 这个设置${zh}` };
}

/**
 * Variables that look like settings and are none, with the setting whose name is within two edits. The prefix may be
 * misspelt too: KOK_READ_ONLY must not leave the guard off without a word.
 */
export function unknownVariables(env: Environment): { name: string; meant: string | undefined }[] {
  const known = settingNames.map((name): string => settings[name].env);
  return Object.keys(env)
    .filter((name) => /^\W*(export )?(k.*ook|k[o0k]|ook)/i.test(name) && !known.includes(name))
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
  ignored: string | undefined;
}

/** The flag wins over the environment, which wins over the default. */
function merge(name: SettingName, flags: Flags, env: Environment): Merged {
  const setting: Setting = settings[name];
  const flag = setting.flag === undefined ? undefined : flags[setting.flag];
  const flagText = textIfSet(flag);
  const variableText = textIfSet(env[setting.env]);
  const common = { name, ignored: undefined };
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
    writtenAs: flag === undefined ? setting.env : `--${setting.flag}`,
    ignored: setting.isGuard && passed !== undefined ? String(passed) : undefined,
  };
}

interface Checked extends Merged {
  /** The default where the text cannot be understood. */
  value: unknown;
  problem: Text | undefined;
}

function check(merged: Merged): Checked {
  const setting: Setting = settings[merged.name];
  const result = setting.schema.safeParse(merged.text);
  if (result.success) return { ...merged, value: result.data, problem: undefined };
  const value = setting.schema.parse(setting.default);
  return { ...merged, value, problem: describeIssue(merged, result.error) };
}

function describeIssue({ name, text, writtenAs }: Merged, error: z.ZodError): Text {
  const issue = error.issues[0] as z.core.$ZodIssue;
  const { isSwitch, help }: Setting = settings[name];
  const meaning = `${writtenAs}：${help.zh.replaceAll("`", "")}`;
  // Do not repeat a base URL: it may hold a password.
  if (name === "baseUrl") {
    return { en: `${writtenAs} ${issue.message}`, zh: `${writtenAs} 的值无效。${meaning}` };
  }
  const given = JSON.stringify(shownValue(text ?? ""));
  const wrong = `${writtenAs} 的值 ${given} 无效`;
  if (issue.code !== "invalid_value") {
    return { en: `${writtenAs} ${issue.message}, not ${given}`, zh: `${wrong}。${meaning}` };
  }
  const valid = issue.values.map(String);
  // A person follows a hint: never offer the value that turns a guard off.
  const hinted = isSwitch ? [] : valid.filter((value) => value !== "never");
  const hint = nearest((text ?? "").toLowerCase(), hinted);
  return {
    en: `${writtenAs} must be one of ${valid.join(", ")}, not ${given}${hint.en}`,
    zh: `${wrong}，可用的值：${valid.join("、")}${hint.zh}`,
  };
}

/** The setting's language, else Chinese on a Chinese system and English on any other. */
export function languageOf({
  flags,
  env,
  systemLocale,
}: Pick<ConfigSources, "flags" | "env" | "systemLocale">): Language {
  const { value } = check(merge("language", flags, env));
  if (value !== undefined) return value as Language;
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || systemLocale();
  return /^zh/i.test(locale) ? "zh" : "en";
}

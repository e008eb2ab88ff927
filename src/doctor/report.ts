// An examination as a person reads it, and as a program does.
import type { SettingInForce } from "../config/config.ts";
import { type Setting, settings, type Text } from "../config/settings.ts";
import { withoutTokens } from "../config/token-pattern.ts";
import type { Examination } from "./doctor.ts";
import type { Finding, Status } from "./finding.ts";
import { reportWords as words } from "./wording.ts";

export type Language = keyof Text;

/** Signs of the four kinds of finding, and the colour that each is painted in. */
const signs = {
  ok: ["✓", 32],
  note: ["·", 90],
  warning: ["!", 33],
  error: ["✗", 31],
} as const satisfies Record<Status, [string, number]>;

/** Chinese where it was set or is the system's language, English otherwise. */
export function languageOf(
  inForce: SettingInForce[],
  env: Readonly<Record<string, string | undefined>>,
  systemLocale: string,
): Language {
  const set = inForce.find(({ name }) => name === "language");
  const chosen = set?.source === "flag" || set?.source === "environment" ? set.text : undefined;
  const locale = env["LC_ALL"] || env["LC_MESSAGES"] || env["LANG"] || systemLocale;
  return /^zh/i.test(chosen ?? locale) ? "zh" : "en";
}

/** False where something would keep the server from working. */
export function works({ findings }: Examination): boolean {
  return findings.every(({ status }) => status !== "error");
}

export interface ReportOptions {
  version: string;
  language: Language;
  /** With the escape sequences of a terminal. */
  coloured: boolean;
}

/** Lines for a person. Whatever is quoted in them, a token is not. */
export function plainReport(examination: Examination, options: ReportOptions): string {
  const { version, language } = options;
  const { findings } = examination;
  const heading = (text: Text) => paint(text[language], 1, options);
  const isHost = ({ check, subject }: Finding) => check === "host" || subject !== undefined;
  const checks = findings.filter((finding) => !isHost(finding));
  const hosts = findings.filter(isHost);
  const lines = [
    `kook-chat-mcp ${version} doctor`,
    "",
    heading(words.settings),
    ...settingLines(examination.settings, language),
    "",
    heading(words.checks),
    ...checks.flatMap((finding) => linesOf(finding, options)),
    "",
    heading(words.hosts),
    ...hostLines(hosts, options),
    "",
    ...conclusion(findings, language),
    "",
  ];
  return withoutTokens(lines.join("\n"));
}

/** One JSON document for a program. Texts are in the language chosen; `check` and `status` are not. */
export function jsonReport(examination: Examination, { version, language }: ReportOptions): string {
  const report = {
    version,
    ok: works(examination),
    bot: examination.bot && { id: examination.bot.id, username: examination.bot.username },
    settings: examination.settings.map(({ name, source, text, problem }) => {
      const { env, flag, isSecret }: Setting = settings[name];
      return isSecret
        ? { env, source, present: text !== undefined }
        : { env, flag, source, ...(problem === undefined && { value: text }) };
    }),
    findings: examination.findings.map(({ text, remedy, ...rest }) => ({
      ...rest,
      text: text[language],
      remedy: remedy?.[language],
    })),
  };
  const shown = (_: string, value: unknown) =>
    typeof value === "string" ? withoutTokens(value) : value;
  return `${JSON.stringify(report, shown, 2)}\n`;
}

function settingLines(inForce: SettingInForce[], language: Language): string[] {
  const width = Math.max(...inForce.map(({ name }) => settings[name].env.length));
  return inForce.map(({ name, source, text, problem }) => {
    const { env, isSecret }: Setting = settings[name];
    const from = words.source[source][language];
    if (text === undefined) return `  ${env.padEnd(width)}  ${from}`;
    // What could not be understood is told among the findings, as far as it may be shown.
    const shown = isSecret ? words.present[language] : problem ? "✗" : text;
    return `  ${env.padEnd(width)}  ${shown}  ${words.bracketed(from)[language]}`;
  });
}

function linesOf({ check, status, text, remedy }: Finding, options: ReportOptions): string[] {
  const { language } = options;
  const [sign, colour] = signs[status];
  // What is found of a host stands under its name.
  const label = check === "host" ? "" : `${words.check[check][language]}${words.colon[language]}`;
  const line = `${paint(sign, colour, options)} ${label}${text[language]}`;
  return remedy ? [line, `  → ${remedy[language]}`] : [line];
}

/** Each file or entry once, and below it what was found. */
function hostLines(findings: Finding[], options: ReportOptions): string[] {
  let current: string | undefined;
  return findings.flatMap((finding) => {
    const { subject } = finding;
    const lines = linesOf(finding, options);
    if (subject === undefined) return lines;
    const heading = subject === current ? [] : [subject];
    current = subject;
    return [...heading, ...lines.map((line) => `  ${line}`)];
  });
}

function conclusion(findings: Finding[], language: Language): string[] {
  const count = (status: Status) => findings.filter((finding) => finding.status === status).length;
  const errors = count("error");
  const warnings = count("warning");
  return [
    (errors > 0 ? words.broken(errors) : words.works)[language],
    ...(warnings > 0 ? [words.warnings(warnings)[language]] : []),
  ];
}

function paint(text: string, code: number, { coloured }: ReportOptions): string {
  return coloured ? `\u001b[${code}m${text}\u001b[0m` : text;
}

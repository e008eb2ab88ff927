// The report, for a person or as JSON.
import { styleText } from "node:util";
import type { SettingInForce } from "../config/config.ts";
import { type Setting, settings } from "../config/settings.ts";
import type { Language } from "../text/language.ts";
import { shownValue, withoutTokens } from "../text/token-pattern.ts";
import type { Examination } from "./doctor.ts";
import type { Finding, Problem, Status } from "./finding.ts";
import { en, type Messages } from "./messages.en.ts";
import { zh } from "./messages.zh.ts";

const catalogues: Record<Language, Messages> = { en, zh };

const signs = {
  ok: ["✓", "green"],
  note: ["·", "gray"],
  warning: ["!", "yellow"],
  error: ["✗", "red"],
} as const satisfies Record<Status, [string, string]>;

/** False if something keeps the server from working. */
export function works({ findings }: Examination): boolean {
  return findings.every(({ status }) => status !== "error");
}

export interface ReportOptions {
  version: string;
  language: Language;
  /** With a terminal's escape codes. */
  coloured: boolean;
  /** All settings, not only those that differ from their default. */
  verbose?: boolean | undefined;
}

/** Lines for a person. A token quoted by mistake is removed. */
export function plainReport(examination: Examination, options: ReportOptions): string {
  const words = catalogues[options.language];
  const { report } = words;
  const { settings, findings } = examination;
  // The caller has decided on colour, so Node must not decide again by stdout.
  const paint: Painter = (format, text) =>
    options.coloured ? styleText(format, text, { validateStream: false }) : text;
  const linesOf = ({ status, say }: Finding, label?: string) => {
    const { text, remedy } = textsOf(say(words));
    const [sign, colour] = signs[status];
    const start = label === undefined ? "" : `${label}${report.colon}`;
    return [`${paint(colour, sign)} ${start}${text}`, ...(remedy ? [`  → ${remedy}`] : [])];
  };
  const isHost = ({ check }: Finding) => check === "host";
  const lines = [
    `kook-chat-mcp ${options.version} doctor`,
    "",
    paint("bold", report.settings),
    ...settingLines(settings, report, options.verbose === true),
    "",
    paint("bold", report.checks),
    ...findings
      .filter((finding) => !isHost(finding))
      .flatMap((finding) => linesOf(finding, report.check[finding.check])),
    "",
    paint("bold", report.check.host),
    ...hostLines(findings.filter(isHost), linesOf),
    "",
    ...conclusion(findings, report),
    "",
  ];
  return withoutTokens(lines.join("\n"));
}

type Painter = (format: Parameters<typeof styleText>[0], text: string) => string;

/** One JSON document. Only its texts depend on the language. */
export function jsonReport(examination: Examination, { version, language }: ReportOptions): string {
  const words = catalogues[language];
  const report = {
    version,
    ok: works(examination),
    bot: examination.bot && { id: examination.bot.id, username: examination.bot.username },
    settings: examination.settings.map(({ name, source, text, problem }) => {
      const value = text && shownValue(text);
      const { env, flag, isSecret }: Setting = settings[name];
      return isSecret
        ? { env, source, present: text !== undefined }
        : { env, flag, source, ...(problem === undefined && { value }) };
    }),
    findings: examination.findings.map(({ say, ...rest }) => ({ ...rest, ...textsOf(say(words)) })),
  };
  const shown = (_: string, value: unknown) =>
    typeof value === "string" ? withoutTokens(value) : value;
  return `${JSON.stringify(report, shown, 2)}\n`;
}

function textsOf(said: string | Problem): { text: string; remedy?: string } {
  return typeof said === "string" ? { text: said } : { text: said.fact, remedy: said.fix };
}

/** Hosts pass settings with their default too, such as a form's unticked box. */
function isChanged({ name, source, text, problem }: SettingInForce): boolean {
  if (source === "default" || source === "unset") return false;
  const { schema, default: fallback }: Setting = settings[name];
  const [given, usual] = [schema.safeParse(text), schema.safeParse(fallback)];
  return problem !== undefined || JSON.stringify(given.data) !== JSON.stringify(usual.data);
}

function settingLines(
  inForce: SettingInForce[],
  words: Messages["report"],
  isVerbose: boolean,
): string[] {
  const shown = inForce.filter((setting) => isVerbose || isChanged(setting));
  const width = Math.max(...shown.map(({ name }) => settings[name].env.length));
  const lines = shown.map(({ name, source, text, problem }) => {
    const { env, isSecret }: Setting = settings[name];
    const from = words.source[source];
    if (text === undefined) return `  ${env.padEnd(width)}  ${from}`;
    // The findings quote a wrong value, if it may be shown.
    const value = isSecret ? words.present : problem ? "✗" : shownValue(text);
    return `  ${env.padEnd(width)}  ${value}  ${words.bracketed(from)}`;
  });
  if (isVerbose) return lines;
  return [...lines, `  ${lines.length > 0 ? words.defaults : words.allDefaults}`];
}

/** Each file or entry once, with its findings below it; a file with a single note takes one line. */
function hostLines(
  findings: Finding[],
  linesOf: (finding: Finding, label?: string) => string[],
): string[] {
  const subjects = new Set(findings.map(({ subject }) => subject));
  return [...subjects].flatMap((subject) => {
    const about = findings.filter((finding) => finding.subject === subject);
    const [first] = about;
    if (subject === undefined) return about.flatMap((finding) => linesOf(finding));
    if (about.length === 1 && first?.status === "note") return linesOf(first, subject);
    const lines = about.flatMap((finding) => linesOf(finding));
    return [subject, ...lines.map((line) => `  ${line}`)];
  });
}

function conclusion(findings: Finding[], words: Messages["report"]): string[] {
  const count = (wanted: Status) => findings.filter(({ status }) => status === wanted).length;
  const errors = count("error");
  const warnings = count("warning");
  const isHosts = findings.some(
    ({ check, status }) => check === "host" && (status === "error" || status === "warning"),
  );
  return [
    errors > 0 ? words.broken(errors) : words.works,
    ...(warnings > 0 ? [words.warnings(warnings)] : []),
    ...(isHosts ? [words.restart] : []),
  ];
}

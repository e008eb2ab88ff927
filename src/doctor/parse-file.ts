// Parses a host's configuration file.
import { type ParseError, parse as parseJson, printParseErrorCode } from "jsonc-parser";
import { parse as parseToml, TomlError } from "smol-toml";
import type { Format } from "./hosts.ts";

/** Why a file cannot be parsed. `reason` is the parser's own, in English, without the file's text. */
export type FileProblem =
  | { kind: "utf16" }
  | { kind: "tooDeep" }
  /** Too large for the parsers of JSONC and TOML, which take a second for 8 MiB. */
  | { kind: "tooLarge" }
  | { kind: "syntax"; line: number; column: number; reason: string };

export interface ParsedFile {
  value: unknown;
  problem?: FileProblem;
  hasByteOrderMark: boolean;
}

export function parseFile(text: string, format: Format): ParsedFile {
  const hasByteOrderMark = text.startsWith("\u{FEFF}");
  const content = hasByteOrderMark ? text.slice(1) : text;
  // UTF-16 read as UTF-8 has a NUL beside each ASCII character; JSON and TOML allow no NUL.
  if (content.includes("\0")) {
    return { value: undefined, problem: { kind: "utf16" }, hasByteOrderMark };
  }
  const parse = format === "toml" ? tomlOf : jsonOf;
  return { ...parse(content, format), hasByteOrderMark };
}

type Parsed = Pick<ParsedFile, "value" | "problem">;

const MAX_LENGTH = 8 * 1024 * 1024;

/** JSON.parse first: Claude Code's file holds its history too. The tolerant parser says where a mistake is. */
function jsonOf(text: string, format: Format): Parsed {
  try {
    return { value: JSON.parse(text) };
  } catch {
    if (text.length > MAX_LENGTH) return { value: undefined, problem: { kind: "tooLarge" } };
  }
  const errors: ParseError[] = [];
  const options = { disallowComments: format === "json", allowTrailingComma: format === "jsonc" };
  try {
    const value: unknown = parseJson(text, errors, options);
    const [first] = errors;
    return first ? { value, problem: syntaxProblem(text, first) } : { value };
  } catch (error) {
    // The parser is recursive: thousands of levels overflow the stack.
    if (error instanceof RangeError) return { value: undefined, problem: { kind: "tooDeep" } };
    throw error;
  }
}

function syntaxProblem(text: string, { error, offset }: ParseError): FileProblem {
  const before = text.slice(0, offset).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  return { kind: "syntax", line: before.length, column, reason: printParseErrorCode(error) };
}

function tomlOf(text: string): Parsed {
  if (text.length > MAX_LENGTH) return { value: undefined, problem: { kind: "tooLarge" } };
  try {
    return { value: parseToml(text) };
  } catch (error) {
    if (error instanceof RangeError) return { value: undefined, problem: { kind: "tooDeep" } };
    if (!(error instanceof TomlError)) throw error;
    const { line, column, message } = error;
    // The lines after the first quote the file, which may hold secrets.
    const reason = message.split("\n", 1)[0]?.replace("Invalid TOML document: ", "") ?? "";
    return { value: undefined, problem: { kind: "syntax", line, column, reason } };
  }
}

/** A parsed value as a map; an empty one for anything else. */
export function mapOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

export const isText = (value: unknown): value is string => typeof value === "string";

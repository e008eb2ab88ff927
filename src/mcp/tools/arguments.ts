// Normalizes the arguments that models and hosts send, then parses them by the tool's schema: tolerant of form, strict about
// meaning.
import * as z from "zod";
import { quoted, removeInvisible } from "../../text/untrusted.ts";

/** The arguments do not fit the tool. The message names each fault and what would be right, for a model. */
export class ArgumentError extends Error {
  override readonly name = "ArgumentError";
}

type Arguments = Record<string, unknown>;

/** Faults named in one message; a model that sends more has misread the tool. */
const MAX_FAULTS = 3;
/** Longer than any argument's name; longer ones would push "Nothing was done" out of the message. */
const MAX_NAME_LENGTH = 24;
/** No text that a tool takes is longer; longer text is not normalized, which would take seconds for megabytes. */
const MAX_TEXT_LENGTH = 20_000;
/** Of a list that comes as JSON text. */
const MAX_LIST_TEXT_LENGTH = 200_000;
/** Items that are looked at to learn that a list is too long. */
const MAX_ITEMS = 1_000;
/** Unknown arguments that are read; the fault of more is the same. */
const MAX_UNKNOWN = 2_000;
/** No code, id, token or cursor is longer. */
const MAX_REFERENCE_LENGTH = 1_000;

/** Parses what a model sent, by a strict schema. @throws ArgumentError */
export function readArguments<Input extends z.ZodObject>(
  tool: string,
  schema: Input,
  sent: Arguments,
): z.infer<Input> {
  const own = withLists(schema, withoutHostKeys(schema, sent));
  const wrongLists = listIssues(schema, own);
  if (wrongLists.length > 0) throw refusal(tool, schema, { issues: wrongLists, read: own });
  const read = normalize(schema, own);
  const result = schema.safeParse(read);
  if (result.success) return result.data as z.infer<Input>;
  throw refusal(tool, schema, { issues: result.error.issues, read });
}

/** @param read the arguments as they were checked */
function refusal(
  tool: string,
  schema: z.ZodObject,
  { issues, read }: { issues: readonly z.core.$ZodIssue[]; read: Arguments },
): ArgumentError {
  const faults = issues.flatMap((issue) => faultsOf(issue, schema, read));
  const more = faults.length > MAX_FAULTS ? ` And ${faults.length - MAX_FAULTS} more faults.` : "";
  const named = faults
    .slice(0, MAX_FAULTS)
    .map((fault) => fault())
    .join(" ");
  return new ArgumentError(`${tool}: ${named}${more} Nothing was done.`);
}

/** Keys that hosts and gateways add to arguments (seen in n8n, mcp-ts-core, mcpproxy-go). */
const hostKeys = /^(_.*|toolCallId|sessionId|action|chatInput|tool_call_description)$/;

function withoutHostKeys(schema: z.ZodObject, sent: Arguments): Arguments {
  const isKnown = (key: string) => Object.hasOwn(schema.shape, key);
  const keys = Object.keys(sent);
  const unknown = keys.filter((key) => !isKnown(key) && !hostKeys.test(key)).slice(0, MAX_UNKNOWN);
  const own = [...keys.filter(isKnown), ...unknown].map((key) => [key, sent[key]] as const);
  return Object.fromEntries(own);
}

const booleans = new Map([
  ["true", true],
  ["1", true],
  ["yes", true],
  ["false", false],
  ["0", false],
  ["no", false],
]);

/**
 * `null` counts as left out, and so does empty text for an optional argument; text is trimmed; `"5"` and full-width digits
 * are numbers where a number is meant, `"true"` and 1 are booleans where one is meant.
 */
function normalize(schema: z.ZodObject, sent: Arguments): Arguments {
  const entries = Object.entries(sent)
    .map(([name, value]) => [name, normalizeValue(schema, name, value)] as const)
    .filter(([name, value]) => value !== null && !(value === "" && isOptional(schema, name)));
  return Object.fromEntries(entries);
}

function normalizeValue(schema: z.ZodObject, name: string, value: unknown): unknown {
  // An unknown argument is refused: megabytes of it must not be normalized first.
  if (!Object.hasOwn(schema.shape, name)) return value;
  const type = typeOf(schema.shape[name]);
  if (type instanceof z.ZodArray) return normalizeList(type.element, value);
  if (typeof value === "string" && (value.length > MAX_TEXT_LENGTH || isProse.test(name))) {
    return value;
  }
  const trimmed = typeof value === "string" ? normalizeText(name, value) : value;
  if (type instanceof z.ZodNumber && typeof trimmed === "string") {
    return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : value;
  }
  if (type instanceof z.ZodBoolean) {
    const word = typeof trimmed === "number" ? String(trimmed) : trimmed;
    return typeof word === "string" ? (booleans.get(word.toLowerCase()) ?? value) : value;
  }
  if (type instanceof z.ZodString) {
    const text = Number.isSafeInteger(trimmed) ? String(trimmed) : trimmed;
    return typeof text === "string" && isReference.test(name) ? peel(text) : text;
  }
  return value;
}

function normalizeText(name: string, text: string): string {
  return (isEmoji.test(name) ? text : text.normalize("NFKC")).trim();
}

/** Models send lists as text, and one object for a list of one. */
function withLists(schema: z.ZodObject, sent: Arguments): Arguments {
  const entries = Object.entries(sent).map(
    ([name, value]) => [name, isList(schema, name) ? asList(value) : value] as const,
  );
  return Object.fromEntries(entries);
}

function asList(value: unknown): unknown {
  const isText = typeof value === "string" && value.length <= MAX_LIST_TEXT_LENGTH;
  const list = isText ? parsedJson(value) : value;
  return Array.isArray(list) || list === null || typeof list !== "object" ? list : [list];
}

/** Problems of the lists themselves. Checked first: 100 000 items take seconds. */
function listIssues(schema: z.ZodObject, own: Arguments): z.core.$ZodIssue[] {
  return Object.entries(own).flatMap(([name, value]): z.core.$ZodIssue[] => {
    const type = isList(schema, name) ? typeOf(schema.shape[name]) : undefined;
    if (!(type instanceof z.ZodArray)) return [];
    if (typeof value === "string" && value.length > MAX_LIST_TEXT_LENGTH) {
      const message = `is longer than ${MAX_LIST_TEXT_LENGTH} characters`;
      return [{ code: "custom", path: [name], message, input: value }];
    }
    if (!Array.isArray(value)) return [];
    const withAnyItems = type.clone({ ...type.def, element: z.unknown() });
    const { error } = withAnyItems.safeParse(value.slice(0, MAX_ITEMS));
    return (error?.issues ?? []).map((issue) => ({ ...issue, path: [name, ...issue.path] }));
  });
}

function normalizeList(element: unknown, items: unknown): unknown {
  if (!Array.isArray(items) || !(element instanceof z.ZodObject)) return items;
  return items.map((item) => {
    const isObject = typeof item === "object" && item !== null && !Array.isArray(item);
    return isObject ? normalize(element, withoutHostKeys(element, item as Arguments)) : item;
  });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Text that is passed on: width and white space are part of it. */
const isProse = /^text$/;

/** NFKC makes letters of some emoji: ™️ and 🈚. */
const isEmoji = /^reaction$/;

/** Arguments that repeat a code, id, token or cursor which this server gave out. */
const isReference = /_(code|id|token)$|^(before|after|cursor|reply_to)$/;

/** Removes what models put around a code, in any order: quotation marks, invisible characters, the uri of its resource. */
export function peel(text: string): string {
  if (text.length > MAX_REFERENCE_LENGTH) return text;
  const peeled = removeInvisible(text)
    .replace(/^["'`„‚「『\p{Pi}\p{Pf}]+|["'`」』\p{Pi}\p{Pf}]+$/gu, "")
    .replace(/^kook:\/\/chats\/([^/]*)(\/messages)?\/?$/, "$1")
    .trim();
  return peeled === text ? text : peel(peeled);
}

function isList(schema: z.ZodObject, name: string): boolean {
  return Object.hasOwn(schema.shape, name) && typeOf(schema.shape[name]) instanceof z.ZodArray;
}

function isOptional(schema: z.ZodObject, name: string): boolean {
  return schema.shape[name] instanceof z.ZodOptional;
}

function typeOf(field: z.core.$ZodType | undefined): unknown {
  return field instanceof z.ZodOptional ? field.unwrap() : field;
}

/** The faults of an issue, put into words only when they are shown: there may be thousands. */
function faultsOf(issue: z.core.$ZodIssue, schema: z.ZodObject, read: Arguments): (() => string)[] {
  const name = issue.path
    .map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
    .join("")
    .slice(1);
  if (issue.code === "unrecognized_keys") {
    const { shape } = schemaAt(schema, issue.path);
    const place = name === "" ? "it" : name;
    return issue.keys.map(
      (key) => () =>
        `There is no argument ${quoted(key, MAX_NAME_LENGTH)}; ${place} takes ${Object.keys(shape).join(", ")}.`,
    );
  }
  const value = issue.path.reduce<unknown>(
    (part, key) => (part as Arguments | undefined)?.[String(key)],
    read,
  );
  if (value === undefined || value === null)
    return [() => `${name} is missing: it ${issue.message}.`];
  const rounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  if (rounded && issue.code === "invalid_type" && issue.expected === "string") {
    return [() => `${name} came as a number too large to be exact: send it as a string.`];
  }
  return [() => `${name} ${issue.message}.`];
}

/** The object at a path: the arguments themselves, or the items of a list. */
function schemaAt(schema: z.ZodObject, [name]: readonly PropertyKey[]): z.ZodObject {
  const type = name === undefined ? undefined : typeOf(schema.shape[String(name)]);
  const element: unknown = type instanceof z.ZodArray ? type.element : undefined;
  return element instanceof z.ZodObject ? element : schema;
}

// Arguments as models really send them, made into what a tool's schema means: tolerant of form, strict about meaning.
import { closestMatch } from "leven";
import * as z from "zod";
import { quoted } from "../../text/untrusted.ts";

/** The arguments do not fit the tool. The message names each fault and what would be right; it is written for a model. */
export class ArgumentError extends Error {}

type Arguments = Record<string, unknown>;

/** Parses what a model sent, by a strict schema. @throws ArgumentError */
export function readArguments<Input extends z.ZodObject>(
  tool: string,
  schema: Input,
  sent: Arguments,
): z.infer<Input> {
  const result = schema.safeParse(normalize(schema, sent));
  if (result.success) return result.data as z.infer<Input>;
  const names = Object.keys(schema.shape);
  const faults = result.error.issues.flatMap((issue) => faultsOf(issue, names, sent));
  throw new ArgumentError(`${tool}: ${faults.join(" ")} Nothing was done.`);
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
 * `null` counts as left out, and so does empty text where nothing is needed; text is trimmed; `"5"` and full-width digits
 * are numbers where a number is meant, `"true"` and 1 are true where that is asked.
 */
function normalize(schema: z.ZodObject, sent: Arguments): Arguments {
  const entries = Object.entries(sent)
    .map(([name, value]) => [name, normalizeValue(typeOf(schema.shape[name]), value)] as const)
    .filter(([name, value]) => value !== null && !(value === "" && isOptional(schema, name)));
  return Object.fromEntries(entries);
}

function normalizeValue(type: unknown, value: unknown): unknown {
  const trimmed = typeof value === "string" ? value.normalize("NFKC").trim() : value;
  if (type instanceof z.ZodNumber && typeof trimmed === "string") {
    return /^-?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : value;
  }
  if (type instanceof z.ZodBoolean) {
    const word = typeof trimmed === "number" ? String(trimmed) : trimmed;
    return typeof word === "string" ? (booleans.get(word.toLowerCase()) ?? value) : value;
  }
  if (type instanceof z.ZodString) {
    return Number.isSafeInteger(trimmed) ? String(trimmed) : trimmed;
  }
  return value;
}

function isOptional(schema: z.ZodObject, name: string): boolean {
  return schema.shape[name] instanceof z.ZodOptional;
}

function typeOf(field: z.core.$ZodType | undefined): unknown {
  return field instanceof z.ZodOptional ? field.unwrap() : field;
}

function faultsOf(issue: z.core.$ZodIssue, names: string[], sent: Arguments): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownArgument(key, names));
  }
  const name = String(issue.path[0]);
  const value = sent[name];
  if (value === undefined || value === null) return [`${name} is missing: it ${issue.message}.`];
  const rounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  if (rounded && issue.code === "invalid_type" && issue.expected === "string") {
    return [`${name} came as a number too large to be exact: send it as a string.`];
  }
  return [`${name} ${issue.message}.`];
}

function unknownArgument(key: string, names: string[]): string {
  const nearest = nearestArgument(key, names);
  const hint = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
  return `There is no argument ${quoted(key)}; it takes ${names.join(", ")}.${hint}`;
}

/** What models call an argument that has another name here; the first of them that the tool takes is meant. */
const otherNames: Record<string, string[]> = {
  query: ["name", "username", "user", "search", "q", "keyword", "text", "filter", "user_id", "id"],
  page_size: ["limit", "count", "size", "per_page"],
  page: ["offset", "cursor", "start"],
  target_id: ["user", "user_id", "uid"],
};

/** The one argument there is; or one that shares a word, such as the `code` of chat_code; or one a few letters away. */
function nearestArgument(key: string, names: string[]): string | undefined {
  if (names.length === 1) return names[0];
  const words = key.slice(0, 64).split(/[^A-Za-z]+|(?<=[a-z])(?=[A-Z])/);
  const spelt = words.join("_").toLowerCase();
  const shared = (name: string) =>
    name.split("_").filter((word) => spelt.split("_").includes(word));
  const [most] = [...names].sort((a, b) => shared(b).length - shared(a).length);
  if (most !== undefined && shared(most).length > 0) return most;
  const renamed = names.find((name) => otherNames[name]?.includes(spelt));
  if (renamed !== undefined) return renamed;
  return closestMatch(spelt, names, { maxDistance: Math.ceil(spelt.length / 3) });
}

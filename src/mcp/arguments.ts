// Arguments as models really send them, made into what a tool's schema means: tolerant of form, strict about meaning.
import { closestMatch } from "leven";
import * as z from "zod";
import { quoted } from "./text.ts";

/** The arguments do not fit the tool. The message names each fault and what would be right; it is written for a model. */
export class ArgumentError extends Error {}

/** Parses what a model sent. @throws ArgumentError */
export function readArguments<Input extends z.ZodObject>(
  tool: string,
  schema: Input,
  sent: unknown,
): z.infer<Input> {
  const result = schema.strict().safeParse(normalize(schema, sent));
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
function normalize(schema: z.ZodObject, sent: unknown): unknown {
  if (typeof sent !== "object" || sent === null || Array.isArray(sent)) return sent;
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
  if (type instanceof z.ZodBoolean) return booleans.get(String(trimmed).toLowerCase()) ?? value;
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

function faultsOf(issue: z.core.$ZodIssue, names: string[], sent: unknown): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownArgument(key, names));
  }
  const name = issue.path[0];
  if (typeof name !== "string") return [`The arguments are an object with ${names.join(", ")}.`];
  const value = (sent as Record<string, unknown>)[name];
  if (value === undefined || value === null) return [`${name} is missing: it ${issue.message}.`];
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return [`${name} came as a number too large to be exact: send it as a string.`];
  }
  return [`${name} ${issue.message}.`];
}

function unknownArgument(key: string, names: string[]): string {
  // Half of its letters may be wrong; beyond that a hint would only mislead.
  const maxDistance = Math.ceil(Math.min(key.length, 12) / 2);
  const nearest = closestMatch(key.slice(0, 64), names, { maxDistance });
  const hint = nearest === undefined ? "" : ` Did you mean ${nearest}?`;
  return `There is no argument ${quoted(key)}; it takes ${names.join(", ")}.${hint}`;
}

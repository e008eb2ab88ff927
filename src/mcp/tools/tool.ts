// The type of a tool: one literal with its texts for a model, schemas, hints, confirmation and `run`.
import type { CallToolResult, Tool as ToolDefinition } from "@modelcontextprotocol/sdk/types.js";
import type * as z from "zod";
import type { CallOptions } from "../../kook/call-options.ts";
import type { Language } from "../../text/language.ts";
import type { TimeZone } from "../../text/time.ts";
import type { Question, Verdict } from "../confirmation.ts";
import type { Advice, Explain } from "../failure.ts";
import type { Services } from "../services.ts";
import { readArguments } from "./arguments.ts";
import { toWireSchema } from "./json-schema.ts";

/** The forms of a result that are sent: text, structured content, or both (KOOK_OUTPUT). */
export type OutputForm = "both" | "text" | "structured";

/** Which setting decides whether a person is asked. */
export type ConfirmedBy = "confirmDelete";

/** Second argument of a tool's `run`. */
export interface Context {
  services: Services;
  /** Of the call: its signal, deadline and progress. The deadline moves while a person decides. */
  options: CallOptions & { signal: AbortSignal };
  /** Language of the person. */
  language: Language;
  /** Of the times in texts. */
  timeZone: TimeZone;
  /** Puts a failure that is only a part of a result into words. */
  explain: Explain;
  /** Tells the host how far the call is, if it asked for progress. */
  report(message: string): void;
  /** Asks a person, as the tool's `confirm` setting demands. */
  confirm(question: Pick<Question, "fingerprint" | "sentToken" | "form">): Promise<Verdict>;
}

/** Of a tool that changes nothing. */
export const readingHints = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: true,
};

interface ToolOptions<Input extends z.ZodObject, Output extends z.ZodObject> {
  name: string;
  title: string;
  description: string;
  /** Words by which Claude Code finds the tool, in both languages. */
  searchHint: string;
  input: Input;
  output: Output;
  /** All four are required: a host assumes the worst for a missing one, or asks a person. */
  annotations: {
    readOnlyHint: boolean;
    destructiveHint: boolean;
    idempotentHint: boolean;
    openWorldHint: boolean;
  };
  /** A person is asked first. */
  confirm?: ConfirmedBy;
  run(args: z.infer<Input>, context: Context): Promise<ToolResult<z.infer<Output>>>;
}

interface ToolResult<Structured> {
  text: string;
  /** Follows the text; in every output form. */
  image?: { data: string; mimeType: string };
  structured: Structured;
  /** True if nothing was changed: skips list_changed. Read-only tools need not set it. */
  unchanged?: boolean;
}

/** The tools about one subject, and the advice after their failures. */
export interface ToolFamily {
  tools: readonly Tool[];
  advice: Advice;
}

export interface Tool {
  name: string;
  readOnly: boolean;
  confirm: ConfirmedBy | undefined;
  define(output: OutputForm): ToolDefinition;
  /** @throws what goes wrong; the registry puts it into words */
  call(
    args: Record<string, unknown>,
    output: OutputForm,
    context: Context,
  ): Promise<{ result: CallToolResult; changed: boolean }>;
}

export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>({
  input,
  output,
  searchHint,
  confirm,
  run,
  ...definition
}: ToolOptions<Input, Output>): Tool {
  const readOnly = definition.annotations.readOnlyHint;
  const strictInput = input.strict() as unknown as Input;
  const meta = {
    "anthropic/searchHint": searchHint,
    // Claude Code asks even where the whole server is allowed.
    ...(confirm && { "anthropic/requiresUserInteraction": true }),
  };
  return {
    name: definition.name,
    readOnly,
    confirm,
    define: (form) => ({
      ...definition,
      inputSchema: toWireSchema(input),
      ...(form !== "text" && { outputSchema: toWireSchema(output) }),
      _meta: meta,
    }),
    async call(args, form, context) {
      const outcome = await run(readArguments(definition.name, strictInput, args), context);
      return {
        result: {
          content: [
            ...(form === "structured" ? [] : [{ type: "text" as const, text: outcome.text }]),
            ...(outcome.image ? [{ type: "image" as const, ...outcome.image }] : []),
          ],
          ...(form !== "text" && { structuredContent: outcome.structured }),
        },
        changed: !readOnly && !outcome.unchanged,
      };
    },
  };
}

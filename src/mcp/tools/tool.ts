// The type of a tool: one literal with its texts for a model, schemas, hints, confirmation and `run`.
import type { CallToolResult, Tool as ToolDefinition } from "@modelcontextprotocol/sdk/types.js";
import type * as z from "zod";
import type { CallOptions } from "../../kook/call-options.ts";
import type { Language } from "../../text/language.ts";
import type { TimeZone } from "../../text/time.ts";
import type { AuditFacts } from "../audit.ts";
import type { ConfirmedHow, Question, Verdict } from "../confirmation.ts";
import type { Advice, Explain } from "../failure.ts";
import type { Services } from "../services.ts";
import { readArguments } from "./arguments.ts";
import { toWireSchema } from "./json-schema.ts";

/** The forms of a result that are sent: text, structured content, or both (KOOK_OUTPUT). */
export type OutputForm = "both" | "text" | "structured";

/** Which setting decides whether a person is asked. */
export type ConfirmedBy = "confirmDelete" | "confirmSend";

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
  /** How `confirm` will ask. */
  askedBy: ConfirmedHow;
  /** Asks a person, as the tool's `confirm` setting demands. */
  confirm(
    question: Pick<Question, "fingerprint" | "state" | "sentToken" | "form">,
  ): Promise<Verdict>;
  /**
   * Makes a change, with its line in the audit log. Every tool that changes something makes each change through this.
   * @param told what the line says of the result
   * @throws AuditError before the change; what the change throws
   */
  audited<Result>(
    facts: AuditFacts,
    change: () => Promise<Result>,
    told: (result: Result) => AuditFacts & { outcome: string },
  ): Promise<Result>;
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
  /** It changes the list of chats, which is the list of resources too. */
  changesChats?: boolean;
  run(args: z.infer<Input>, context: Context): Promise<ToolResult<z.infer<Output>>>;
}

interface ToolResult<Structured> {
  text: string;
  /** Follows the text; in every output form. */
  image?: { data: string; mimeType: string };
  structured: Structured;
  /** True if the list of chats is as it was, although the tool `changesChats`: skips list_changed. */
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
  changesChats: boolean;
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
  changesChats = false,
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
    changesChats,
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
        changed: changesChats && !outcome.unchanged,
      };
    },
  };
}

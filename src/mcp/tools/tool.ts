// What a tool is: one literal with what a model reads of it, what it takes and gives, and what it does.
import type { CallToolResult, Tool as ToolDefinition } from "@modelcontextprotocol/sdk/types.js";
import type * as z from "zod";
import type { Chats } from "../../chats/chats.ts";
import type { CallOptions } from "../../kook/call-options.ts";
import type { DeleteConfirmation } from "../confirmation.ts";
import type { Host } from "../session.ts";
import { readArguments } from "./arguments.ts";
import { toWireOutputSchema, toWireSchema } from "./json-schema.ts";

/** Which of a result's two forms a host is given. */
export type OutputForm = "both" | "text" | "structured";

/** What a tool's `run` is given beside its arguments. */
export interface Context {
  chats: Chats;
  confirmation: DeleteConfirmation;
  /** The host of this call. */
  host: Host;
  /** Puts a failure that is only a part of a result into words. */
  explain(error: unknown): string;
  /** Aborts when the host cancels the call or goes away, and tells the host of waits. */
  waiting: CallOptions & { signal: AbortSignal };
}

interface ToolOptions<Input extends z.ZodObject, Output extends z.ZodObject> {
  name: string;
  title: string;
  description: string;
  input: Input;
  output: Output;
  /** All four are spelled out: a host that finds one missing assumes the worst, or asks. */
  annotations: {
    readOnlyHint: boolean;
    destructiveHint: boolean;
    idempotentHint: boolean;
    openWorldHint: boolean;
  };
  run(args: z.infer<Input>, context: Context): Promise<ToolResult<z.infer<Output>>>;
}

interface ToolResult<Structured> {
  text: string;
  structured: Structured;
  /** Nothing was changed after all, by a tool that may. */
  unchanged?: boolean;
}

export interface Tool {
  name: string;
  readOnly: boolean;
  /** Made when a host asks, not at start-up. */
  define(output: OutputForm): ToolDefinition;
  /** @throws whatever went wrong; the caller puts it into words */
  call(
    args: Record<string, unknown>,
    output: OutputForm,
    context: Context,
  ): Promise<{ result: CallToolResult; changed: boolean }>;
}

export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>({
  input,
  output,
  run,
  ...definition
}: ToolOptions<Input, Output>): Tool {
  const readOnly = definition.annotations.readOnlyHint;
  // Made once: a schema costs more to make than to use.
  const strictInput = input.strict() as unknown as Input;
  return {
    name: definition.name,
    readOnly,
    define: (form) => ({
      ...definition,
      inputSchema: toWireSchema(input),
      ...(form !== "text" && { outputSchema: toWireOutputSchema(output) }),
    }),
    async call(args, form, context) {
      const outcome = await run(readArguments(definition.name, strictInput, args), context);
      return {
        result: {
          content: form === "structured" ? [] : [{ type: "text", text: outcome.text }],
          ...(form !== "text" && { structuredContent: outcome.structured }),
        },
        changed: !readOnly && !outcome.unchanged,
      };
    },
  };
}

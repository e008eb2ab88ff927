// Handles tools/list and tools/call for all families.
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import { LostAnswerError } from "../../kook/reconcile.ts";
import type { Language } from "../../text/language.ts";
import type { TimeZone } from "../../text/time.ts";
import { Confirmation, type ConfirmMode } from "../confirmation.ts";
import { type Explain, explainWith, ProtocolError } from "../failure.ts";
import type { Services } from "../services.ts";
import { CALL_DEADLINE_MS, sessionOf, waitMessage } from "../session.ts";
import type { ConfirmedBy, Context, OutputForm, Tool, ToolFamily } from "./tool.ts";

export interface ToolsOptions {
  services: Services;
  output: OutputForm;
  /** The tools that change something do not exist. */
  readOnly: boolean;
  confirmModes: Record<ConfirmedBy, ConfirmMode>;
  language: Language;
  timeZone: TimeZone;
  /** What is wrong with the set-up; every call fails with it. */
  problem: string | undefined;
}

/** The SDK would answer arguments that are no object with an internal error; a model can do more with a tool's error. */
const callRequestSchema = CallToolRequestSchema.extend({
  params: CallToolRequestSchema.shape.params.extend({
    arguments: z.unknown().transform(argumentsAsObject).default({}),
  }),
});

/** Models send `null` for no arguments, and objects as text. Anything else becomes an unknown argument, so that the tool's own error names its arguments. */
function argumentsAsObject(sent: unknown): Record<string, unknown> {
  if (sent === undefined || sent === null) return {};
  if (typeof sent === "string") {
    try {
      return argumentsAsObject(JSON.parse(sent));
    } catch {
      return { arguments: sent };
    }
  }
  const isObject = typeof sent === "object" && !Array.isArray(sent);
  return isObject ? (sent as Record<string, unknown>) : { arguments: sent };
}

/** Adds `tools/list` and `tools/call`. */
export function registerTools(
  server: Server,
  families: readonly ToolFamily[],
  { services, output, readOnly, confirmModes, language, timeZone, problem }: ToolsOptions,
): void {
  const offered = families.flatMap(({ tools, advice }) =>
    tools
      .filter((tool) => tool.readOnly || !readOnly)
      .map((tool) => ({ tool, explain: explainWith(advice) })),
  );
  const byName = new Map(offered.map((entry) => [entry.tool.name, entry]));
  const confirmation = new Confirmation();

  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: offered.map(({ tool }) => tool.define(output)),
  }));

  server.setRequestHandler(callRequestSchema, async ({ params }, extra) => {
    if (problem !== undefined) return failure(problem);
    const entry = byName.get(params.name);
    if (!entry) {
      const names = [...byName.keys()].join(", ");
      throw new ProtocolError(ErrorCode.InvalidParams, `Unknown tool. The tools are ${names}.`);
    }
    const { tool, explain } = entry;
    try {
      const context = contextOf(tool, explain, extra);
      const { result, changed } = await tool.call(params.arguments, output, context);
      if (changed) notifyOfChange(server);
      return result;
    } catch (error) {
      if (mayHaveChanged(error)) notifyOfChange(server);
      return failure(explain(error));
    }
  });

  function contextOf(
    tool: Tool,
    explain: Explain,
    extra: Parameters<typeof sessionOf>[1],
  ): Context {
    const { signal } = extra;
    let deadline = performance.now() + CALL_DEADLINE_MS;
    const session = sessionOf(server, extra, (tookMs) => {
      deadline += tookMs;
    });
    let reported: string | undefined;
    // Several requests of one call may wait for the same thing.
    const report = (message: string) => {
      if (message !== reported) session.progress?.(message);
      reported = message;
    };
    const options = {
      signal,
      // A getter: the deadline moves while a person decides.
      get deadline() {
        return deadline;
      },
      onWait: (waitMs: number) => report(waitMessage(waitMs)),
      onRetry: (attempt: number) => report(`KOOK: attempt ${attempt}`),
    };
    const mode = tool.confirm ? confirmModes[tool.confirm] : "never";
    const confirm: Context["confirm"] = (question) =>
      confirmation.ask({ ...question, operation: tool.name, mode, session, signal });
    return { services, options, language, timeZone, explain, report, confirm };
  }
}

/** The list of chats is the list of resources too. */
function notifyOfChange(server: Server): void {
  // Ignore a failed notification: the change is done, and must not be reported as a failure.
  server.sendResourceListChanged().catch(() => undefined);
}

const mayHaveChanged = (error: unknown) =>
  error instanceof LostAnswerError && error.outcome === "unknown";

const failure = (text: string): CallToolResult => ({
  content: [{ type: "text", text }],
  isError: true,
});

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
import type { Audit } from "../audit.ts";
import { askedBy, Confirmation, type ConfirmedHow, type ConfirmMode } from "../confirmation.ts";
import { cut, type Explain, explainWith, ProtocolError } from "../failure.ts";
import type { Services } from "../services.ts";
import { CALL_DEADLINE_MS, sessionOf, waitMessage } from "../session.ts";
import type { ConfirmedBy, Context, OutputForm, Tool, ToolFamily } from "./tool.ts";

export interface ToolsOptions {
  services: Services;
  output: OutputForm;
  /** The tools that change something do not exist. */
  readOnly: boolean;
  confirmModes: Record<ConfirmedBy, ConfirmMode>;
  /** Where each change is recorded. */
  audit: Audit;
  language: Language;
  timeZone: TimeZone;
  /** The problem of the set-up; every call fails with it. */
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
  options: ToolsOptions,
): void {
  const { services, output, readOnly, confirmModes, audit, language, timeZone, problem } = options;
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
    let note: string | undefined;
    const noteFailedLog = () => {
      note = FAILED_LOG;
    };
    try {
      const context = contextOf(tool, { explain, noteFailedLog }, extra);
      const { result, changed } = await tool.call(params.arguments, output, context);
      if (changed) notifyOfChange(server);
      return note === undefined ? result : withNote(result, note);
    } catch (error) {
      if (tool.changesChats && mayHaveChanged(error)) notifyOfChange(server);
      return failure(note === undefined ? explain(error) : cut(`${note} ${explain(error)}`));
    }
  });

  function contextOf(
    tool: Tool,
    { explain, noteFailedLog }: { explain: Explain; noteFailedLog: () => void },
    extra: Parameters<typeof sessionOf>[1],
  ): Context {
    const signal = tool.readOnly ? extra.signal : AbortSignal.any([extra.signal, audit.closing]);
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
    let confirmed: ConfirmedHow = "none";
    const confirm: Context["confirm"] = async (question) => {
      const operation = tool.name;
      const verdict = await confirmation.ask({ ...question, operation, mode, session, signal });
      if (verdict.outcome === "confirmed") confirmed = verdict.by;
      return verdict;
    };
    const audited: Context["audited"] = (facts, change, told) =>
      audit.around({ tool: tool.name, confirmed, onFailure: noteFailedLog }, facts, change, told);
    const asked = askedBy(mode, session);
    const common = { services, options, language, timeZone, explain, report };
    return { ...common, askedBy: asked, confirm, audited };
  }
}

const FAILED_LOG =
  "The audit log could not be written after this change: no further change is possible until the person who runs this server corrects KOOK_AUDIT_LOG and restarts it.";

/** A result says in both forms that its change is not in the log. Every tool that changes something has `next`. */
function withNote(result: CallToolResult, note: string): CallToolResult {
  const { content, structuredContent } = result;
  const next = [note, structuredContent?.["next"]].filter(Boolean).join(" ");
  return {
    ...result,
    content: content.length > 0 ? [...content, { type: "text", text: note }] : content,
    ...(structuredContent && { structuredContent: { ...structuredContent, next } }),
  };
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

// The tools as MCP has them: the list of those that are offered, and calls.
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import type { Chats } from "../../chats/chats.ts";
import type { DeleteConfirmation } from "../confirmation.ts";
import { type Explain, ProtocolError } from "../failure.ts";
import { hostOf, waitMessage } from "../session.ts";
import { chatTools } from "./chats.ts";
import type { OutputForm } from "./tool.ts";

export interface ToolsOptions {
  chats: Chats;
  confirmation: DeleteConfirmation;
  explain: Explain;
  output: OutputForm;
  /** The tools that change something do not exist. */
  readOnly: boolean;
}

/** The SDK would answer arguments that are no object with an internal error; a model can do more with a tool's own. */
const callRequestSchema = CallToolRequestSchema.extend({
  params: CallToolRequestSchema.shape.params.extend({
    arguments: z.unknown().transform(argumentsAsObject).default({}),
  }),
});

/** Models send `null` for no arguments, and objects as text. What is no object at all fits no tool's arguments. */
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
  { chats, confirmation, explain, output, readOnly }: ToolsOptions,
): void {
  const offered = chatTools.filter((tool) => tool.readOnly || !readOnly);
  const byName = new Map(offered.map((tool) => [tool.name, tool]));

  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: offered.map((tool) => tool.define(output)),
  }));

  server.setRequestHandler(callRequestSchema, async ({ params }, extra) => {
    const tool = byName.get(params.name);
    if (!tool) {
      const names = [...byName.keys()].join(", ");
      throw new ProtocolError(ErrorCode.InvalidParams, `Unknown tool. The tools are ${names}.`);
    }
    const host = hostOf(server, extra);
    const onWait = host.progress && ((waitMs: number) => host.progress?.(waitMessage(waitMs)));
    const waiting = { signal: extra.signal, onWait };
    try {
      const context = { chats, confirmation, host, explain, waiting };
      const { result, changed } = await tool.call(params.arguments, output, context);
      // The list of chats is the list of resources too.
      if (changed) await server.sendResourceListChanged();
      return result;
    } catch (error) {
      return { content: [{ type: "text", text: explain(error) }], isError: true };
    }
  });
}

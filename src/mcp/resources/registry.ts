// Handles resources/list, resources/templates/list, resources/read and completion/complete for all families.
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  CompleteRequestSchema,
  ErrorCode,
  ListResourcesRequestSchema,
  ListResourceTemplatesRequestSchema,
  ReadResourceRequestSchema,
  type Resource,
  type ResourceTemplate,
} from "@modelcontextprotocol/sdk/types.js";
import type { CallOptions } from "../../kook/call-options.ts";
import { type Advice, ProtocolError } from "../failure.ts";
import { type ProtocolCall, protocolCall } from "../protocol-call.ts";
import type { Services } from "../services.ts";
import { peel } from "../tools/arguments.ts";
import { MAX_CODE_LENGTH } from "../tools/fields.ts";

export interface ResourceContext extends ProtocolCall {
  services: Services;
}

/** Resources about one subject. */
export interface ResourceFamily {
  /** Must cost few requests: hosts read the whole list at every start. */
  list(context: ResourceContext): Promise<Resource[]>;
  templates: readonly (ResourceTemplate & { complete: Completions })[];
  /** Reads a resource as JSON; undefined if the uri is not of this family, or the resource does not exist. */
  read(uri: string, context: ResourceContext): Promise<object | undefined>;
  advice: Advice;
}

/** Argument of the template → values that fit what was typed. */
type Completions = Record<string, (typed: string, context: ResourceContext) => Promise<string[]>>;

/** The chat code that the pattern finds in a uri; undefined for a uri of another form, or with a code longer than any. */
export function codeIn(uri: string, pattern: RegExp): string | undefined {
  const encoded = pattern.exec(uri)?.[1] ?? "";
  try {
    const code = decodeURIComponent(encoded);
    return code.length > 0 && code.length <= MAX_CODE_LENGTH ? code : undefined;
  } catch {
    return undefined;
  }
}

/** "Resource not found" of the MCP specification; the SDK has no name for it. */
const RESOURCE_NOT_FOUND = -32002;

/** Of the uri in that error's data. A host may send megabytes. */
const MAX_URI_LENGTH = 1_000;

/** MCP's bound for one completion. */
const MAX_COMPLETIONS = 100;

/** @param problem of the set-up; everything that would ask KOOK fails with it */
export function registerResources(
  server: Server,
  families: readonly ResourceFamily[],
  { services, problem }: { services: Services; problem: string | undefined },
): void {
  const inFamily = <T>(
    { advice }: ResourceFamily,
    from: Pick<CallOptions, "priority"> & { signal: AbortSignal },
    answer: (context: ResourceContext) => Promise<T>,
  ) => protocolCall({ advice, problem, ...from }, (call) => answer({ services, ...call }));

  server.setRequestHandler(ListResourcesRequestSchema, async ({ params }, { signal }) => {
    if (params?.cursor !== undefined) {
      const message = "There is no further page. Call resources/list without a cursor.";
      throw new ProtocolError(ErrorCode.InvalidParams, message);
    }
    // Return an empty list: hosts do not show a failed list. Calls report the problem.
    if (problem !== undefined) return { resources: [] };
    // Hosts list at every start, unasked: a person's call goes first.
    const lists = families.map((family) =>
      inFamily(family, { signal, priority: "background" }, (context) => family.list(context)),
    );
    return { resources: (await Promise.all(lists)).flat() };
  });

  server.setRequestHandler(ListResourceTemplatesRequestSchema, () => ({
    resourceTemplates: families.flatMap(({ templates }) =>
      templates.map(({ complete: _, ...template }) => template),
    ),
  }));

  server.setRequestHandler(ReadResourceRequestSchema, async ({ params: { uri } }, { signal }) => {
    for (const family of families) {
      const content = await inFamily(family, { signal }, (context) => family.read(uri, context));
      if (content) {
        const text = JSON.stringify(content);
        return { contents: [{ uri, mimeType: "application/json", text }] };
      }
    }
    const message = "There is no such resource. resources/list and list_chats show what exists.";
    throw new ProtocolError(RESOURCE_NOT_FOUND, message, { uri: uri.slice(0, MAX_URI_LENGTH) });
  });

  server.setRequestHandler(
    CompleteRequestSchema,
    async ({ params: { ref, argument } }, { signal }) => {
      for (const family of families) {
        const template = family.templates.find(
          ({ uriTemplate }) => ref.type === "ref/resource" && ref.uri === uriTemplate,
        );
        const complete = template?.complete[argument.name];
        if (!complete) continue;
        const all = await inFamily(family, { signal, priority: "background" }, (context) =>
          complete(peel(argument.value), context),
        );
        const values = all.slice(0, MAX_COMPLETIONS);
        return { completion: { values, total: all.length, hasMore: all.length > values.length } };
      }
      const known = families.flatMap(({ templates }) => templates.map((one) => one.uriTemplate));
      const message = `Only the arguments of ${known.join(", ")} can be completed.`;
      throw new ProtocolError(ErrorCode.InvalidParams, message);
    },
  );
}

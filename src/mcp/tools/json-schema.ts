// A zod schema as the JSON Schema that goes to hosts: plain enough for every model provider.
import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";

/**
 * An object schema with `properties` and `additionalProperties: false`, and nothing that some provider refuses: no
 * `$schema`, no bounds at the edge of what a number can be.
 */
export function toWireSchema(schema: z.ZodObject): Tool["inputSchema"] {
  const { $schema: _, ...wire } = z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  return { ...wire, type: "object" } as Tool["inputSchema"];
}

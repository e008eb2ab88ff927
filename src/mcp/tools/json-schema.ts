// A zod schema as the JSON Schema that goes to hosts: plain enough for every model provider.
import type { Tool } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";

type WireSchema = Tool["inputSchema"];

/**
 * An object schema with `properties` and `additionalProperties: false`, and nothing that some provider refuses: no
 * `$schema`, no bounds at the edge of what a number can be.
 */
export function toWireSchema(schema: z.ZodObject): WireSchema {
  return convert(schema, () => {});
}

/**
 * The schema of a result. It does not say which fields are required: that would cost a tenth of all that the tools cost a
 * model's context, and tells a model nothing that the result itself does not.
 */
export function toWireOutputSchema(schema: z.ZodObject): WireSchema {
  return convert(schema, (part) => {
    delete part.required;
  });
}

function convert(
  schema: z.ZodObject,
  change: (part: z.core.JSONSchema.BaseSchema) => void,
): WireSchema {
  const { $schema: _, ...wire } = z.toJSONSchema(schema, {
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      change(jsonSchema);
    },
  });
  return { ...wire, type: "object" } as WireSchema;
}

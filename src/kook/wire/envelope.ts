// The frame around every answer, and the frame of a list inside it.
import * as z from "zod";
import { countSchema, integerSchema, textSchema } from "./fields.ts";

/** `code` 0 is success, independent of the HTTP status; `data` depends on the endpoint. */
export const envelopeSchema = z.object({
  code: integerSchema,
  message: textSchema,
  data: z.unknown().optional(),
});

/** KOOK's own counts. Each part may be missing. */
interface PageMeta {
  page?: number;
  page_total?: number;
  page_size?: number;
  total?: number;
}

/** Yii2's names, which some of KOOK's lists use (seen in Kook.Net's PageMetaConverter). */
const yiiNames = {
  page: "currentPage",
  page_total: "pageCount",
  page_size: "perPage",
  total: "totalCount",
} as const;

const metaSchema = z.record(z.string(), z.unknown()).transform((meta): PageMeta => {
  const entries = Object.entries(yiiNames).flatMap(([name, yiiName]) => {
    const count = countSchema.safeParse(meta[name] ?? meta[yiiName]);
    return count.success ? [[name, count.data]] : [];
  });
  return Object.fromEntries(entries);
});

/** One page of a list. */
export interface WirePage<Item> {
  items: Item[];
  /** Items that could not be read and were left out. */
  skipped: number;
  meta: PageMeta;
}

/** PHP sends a list with gaps as a map. */
const itemsSchema = z.union([
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()).transform((map) => Object.values(map)),
]);

/** A page whose unreadable items are left out and counted. */
export function pageSchemaOf<Item>(itemSchema: z.ZodType<Item>): z.ZodType<WirePage<Item>> {
  return z
    .object({ items: itemsSchema, meta: metaSchema.catch({}) })
    .transform(({ items, meta }) => {
      const read = readAll(items, itemSchema);
      return { items: read, skipped: items.length - read.length, meta };
    });
}

/** The items that can be read. */
export function readAll<Item>(items: unknown[], schema: z.ZodType<Item>): Item[] {
  return items.flatMap((item) => {
    const read = schema.safeParse(item);
    return read.success ? [read.data] : [];
  });
}

export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Of a list, or of a map, which PHP sends for a list with gaps; anything else has none. */
export function itemsOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isMap(value) ? Object.values(value) : [];
}

// The type of an endpoint: data, no code. To add one, add an entry to its family's file, the schema of its answer to
// wire/, and its route to the sandbox.
import type * as z from "zod";

export type Params = Record<string, string | number>;

export interface Endpoint<Sent extends Params, Answer> {
  /** Reads are GET with a query, writes POST with a JSON body. */
  method: "GET" | "POST";
  /** Path below the base URL; also KOOK's name for the endpoint's rate limit. */
  route: string;
  /** Reads `data` of a successful answer. */
  answer: z.ZodType<Answer>;
  /**
   * Retry policy after a lost answer. `safe`: idempotent, sent again,
   * because twice has the same effect as once. `settle`: sent once; the caller reconciles by reading KOOK's state.
   */
  repeat: "safe" | "settle";
  /** Type of the parameters; never set. */
  readonly sent?: Sent;
}

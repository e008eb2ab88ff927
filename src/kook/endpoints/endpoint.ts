// What an endpoint of KOOK's API is: data. To add one, add an entry to its family's file, the schema of its answer to
// wire/, and its route to the sandbox.
import type * as z from "zod";

export type Parameters = Record<string, string | number>;

export interface Endpoint<Sent extends Parameters, Answer> {
  /** Reads are GET with a query, writes POST with a JSON body. */
  method: "GET" | "POST";
  /** Path below the base URL; also KOOK's name for the endpoint's rate limit. */
  route: string;
  /** Reads `data` of a successful answer. */
  answer: z.ZodType<Answer>;
  /**
   * What happens when the answer is lost and nobody knows whether KOOK carried the request out. `safe`: it is sent again,
   * because twice has the same effect as once. `settle`: it is sent once, and the caller looks at KOOK for the outcome.
   */
  repeat: "safe" | "settle";
  /** Type of the parameters; never set. */
  readonly sent?: Sent;
}

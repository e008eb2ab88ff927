// Requests whose results have no `isError`: what fails becomes an error of the protocol.
import { ErrorCode } from "@modelcontextprotocol/sdk/types.js";
import type { CallOptions } from "../kook/call-options.ts";
import { type Advice, type Explain, explainWith, ProtocolError } from "./failure.ts";
import { CALL_DEADLINE_MS } from "./session.ts";
import { ArgumentError } from "./tools/arguments.ts";

export interface ProtocolCall {
  options: CallOptions & { signal: AbortSignal };
  explain: Explain;
}

interface ProtocolCallOptions {
  advice: Advice;
  /** What is wrong with the set-up. */
  problem: string | undefined;
  signal: AbortSignal;
  priority?: CallOptions["priority"];
}

/** @throws ProtocolError */
export async function protocolCall<T>(
  { advice, problem, signal, priority }: ProtocolCallOptions,
  answer: (call: ProtocolCall) => Promise<T>,
): Promise<T> {
  if (problem !== undefined) throw new ProtocolError(ErrorCode.InternalError, problem);
  const explain = explainWith(advice);
  try {
    const options = { signal, priority, deadline: performance.now() + CALL_DEADLINE_MS };
    return await answer({ options, explain });
  } catch (error) {
    if (error instanceof ProtocolError) throw error;
    const isArgument = error instanceof ArgumentError;
    const code = isArgument ? ErrorCode.InvalidParams : ErrorCode.InternalError;
    throw new ProtocolError(code, explain(error));
  }
}

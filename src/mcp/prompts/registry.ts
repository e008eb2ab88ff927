// The prompts as MCP has them: a person picks one in the host, and the model gets its messages.
import type { Server } from "@modelcontextprotocol/sdk/server/index.js";
import {
  ErrorCode,
  GetPromptRequestSchema,
  ListPromptsRequestSchema,
} from "@modelcontextprotocol/sdk/types.js";
import type { Language } from "../../text/language.ts";
import type { TimeZone } from "../../text/time.ts";
import { type Advice, ProtocolError } from "../failure.ts";
import { type ProtocolCall, protocolCall } from "../protocol-call.ts";

interface PromptContext extends ProtocolCall {
  language: Language;
  timeZone: TimeZone;
}

interface Prompt {
  name: string;
  title: Record<Language, string>;
  description: Record<Language, string>;
  arguments?: { name: string; description: Record<Language, string>; required: boolean }[];
  /** Texts for the model, each in a separate message. @throws ArgumentError */
  get(args: Record<string, string>, context: PromptContext): Promise<string[]>;
}

/** Prompts about one subject. */
export interface PromptFamily {
  prompts: readonly Prompt[];
  advice: Advice;
}

interface PromptsOptions {
  language: Language;
  timeZone: TimeZone;
  /** The problem of the set-up; every prompt fails with it. */
  problem: string | undefined;
}

export function registerPrompts(
  server: Server,
  families: readonly PromptFamily[],
  { language, timeZone, problem }: PromptsOptions,
): void {
  const offered = families.flatMap(({ prompts, advice }) =>
    prompts.map((prompt) => ({ prompt, advice })),
  );

  server.setRequestHandler(ListPromptsRequestSchema, () => ({
    prompts: offered.map(({ prompt: { name, title, description, arguments: args } }) => ({
      name,
      title: title[language],
      description: description[language],
      ...(args && {
        arguments: args.map((one) => ({ ...one, description: one.description[language] })),
      }),
    })),
  }));

  server.setRequestHandler(GetPromptRequestSchema, async ({ params }, { signal }) => {
    const entry = offered.find(({ prompt }) => prompt.name === params.name);
    if (!entry) {
      const names = offered.map(({ prompt }) => prompt.name).join(", ");
      throw new ProtocolError(ErrorCode.InvalidParams, `Unknown prompt. The prompts are ${names}.`);
    }
    const { prompt, advice } = entry;
    const texts = await protocolCall({ advice, problem, signal }, (call) =>
      prompt.get(params.arguments ?? {}, { ...call, language, timeZone }),
    );
    return {
      description: prompt.description[language],
      messages: texts.map((text) => ({
        role: "user" as const,
        content: { type: "text" as const, text },
      })),
    };
  });
}

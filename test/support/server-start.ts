// Whether arguments and variables, as a document or a host's configuration has them, start the server.
import { expect } from "vitest";
import { type Setting, settings } from "../../src/config/settings.ts";
import { configOf } from "./config.ts";

/** The variables that are settings. */
export const variables = Object.values(settings).map(({ env }: Setting) => env);

/** Parses the settings as the server does when a host starts it with these arguments and variables. */
export function expectStarts(
  args: readonly string[],
  env: Record<string, string>,
  where: string,
): void {
  const script = args.findIndex((arg) => /[\\/]dist[\\/]main\.js$|^kook-chat-mcp$/.test(arg));
  expect(script, `${where}: ${args.join(" ")}`).toBeGreaterThanOrEqual(0);
  const files = { [env["KOOK_TOKEN_FILE"] ?? ""]: "token" };
  // The placeholder of an example is not a valid token.
  const given = { ...env, ...("KOOK_TOKEN" in env && { KOOK_TOKEN: "token" }) };
  expect(configOf(args.slice(script + 1), given, files).problem, where).toBeUndefined();
  expect([...variables, "HTTPS_PROXY"], where).toEqual(expect.arrayContaining(Object.keys(env)));
}

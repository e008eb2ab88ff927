// Settings as the server reads them from arguments, variables and files in memory.
import { parseCommandLine } from "../../src/cli/commands.ts";
import { type Config, readConfig } from "../../src/config/config.ts";

/** The system's locale is English unless given. */
export function configOf(
  argv: readonly string[] = [],
  env: Record<string, string> = {},
  files: Readonly<Record<string, string>> = {},
  locale = "en-US",
): Config {
  const { flags, problem } = parseCommandLine(argv);
  return readConfig({
    flags,
    env,
    problem,
    systemLocale: () => locale,
    readFile: (path) => {
      const text = files[path];
      if (text !== undefined) return text;
      throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    },
  });
}

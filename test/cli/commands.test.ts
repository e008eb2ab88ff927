import { expect, test } from "vitest";
import { optionsOf, parseCommandLine } from "../../src/cli/commands.ts";
import { helpText } from "../../src/cli/help.ts";
import { sandboxHelpText } from "../../src/cli/sandbox.ts";
import { settingNames, settings } from "../../src/config/settings.ts";
import { faults } from "../../src/sandbox/faults.ts";

test.each([
  [[], { command: "serve" }],
  [["--sandbox"], { command: "serve", flags: { sandbox: true } }],
  [["doctor", "--json"], { command: "doctor", flags: { json: true } }],
  [["--verbose", "doctor"], { command: "doctor", flags: { verbose: true } }],
  [["doctor", "--sandbox"], { command: "doctor", flags: { sandbox: true } }],
  [["sandbox", "--port", "8080"], { command: "sandbox", flags: { port: "8080" } }],
  [["sandbox", "--help"], { command: "sandbox", flags: { help: true } }],
  [["-h", "--sandbxo"], { command: "serve", flags: { help: true } }],
  [["-v"], { command: "serve", flags: { version: true } }],
])("%j is understood", (argv, meant) => {
  expect(parseCommandLine(argv)).toMatchObject({ ...meant, problem: undefined });
});

test.each([
  [["--port", "8080"], "--port is not an option of the server, but of sandbox"],
  [["--fault", "html-200"], "--fault is not an option of the server, but of sandbox"],
  [["--seed=5"], "--seed is not an option of the server, but of sandbox"],
  [["--json"], "--json is not an option of the server, but of doctor"],
  [["doctor", "--limit", "3"], "--limit is not an option of doctor, but of sandbox"],
  [["sandbox", "--json"], "--json is not an option of sandbox, but of doctor"],
  [["sandbox", "--sandbox"], "--sandbox is not an option of sandbox, but of the server and doctor"],
  [["sandbox", "--prot", "1"], "Unknown flag --prot; did you mean --port?"],
  [["doctor", "--jsn"], "Unknown flag --jsn; did you mean --json?"],
])("%j names the command that has the option", (argv, problem) => {
  expect(parseCommandLine(argv).problem).toBe(problem);
});

test.each([
  ["sandbux", 'Unknown command "sandbux"; did you mean sandbox?'],
  ["docter", "did you mean doctor?"],
  ["help", "did you mean --help?"],
  ["version", "did you mean --version?"],
  ["serve", "leave it out to serve MCP"],
  ["list_chats", "tools are called by an MCP host. --help lists the commands"],
  ["nonsense", "--help lists the commands"],
  ["1/MTk4NzY=/AbCdEfGhIjKlMnOpQrStUv==", "[token]"],
])("%s is no command, and the message names what to run", (word, told) => {
  expect(parseCommandLine([word]).problem).toContain(told);
});

test("a word after a command is refused", () => {
  const { problem } = parseCommandLine(["sandbox", "8080"]);
  expect(problem).toBe('Unexpected argument "8080"; sandbox takes options only');
});

test.each([
  [["--read-only", "true"], 'Unexpected argument "true" after --read-only, which takes no value'],
  [["--read-only", "false"], 'Unexpected argument "false" after --read-only, which takes no value'],
  [
    ["--allow-targets", "1001", "1002"],
    'Unexpected argument "1002" after --allow-targets, which takes one value; put commas between several',
  ],
  [[""], 'Unexpected argument ""; the server takes options only'],
  [["\u2014read-only"], "Unknown flag \u2014read-only; did you mean --read-only?"],
  [["\u2013output=text"], "Unknown flag \u2013output; did you mean --output?"],
  [["--", "--read-only"], 'Unexpected argument "--read-only"; remove the -- before it'],
  [["--sandbox", "serve"], 'Unexpected argument "serve" after --sandbox, which takes no value'],
  [
    ["--allow-targets=1", "--allow-targets="],
    "--allow-targets is given twice with different values",
  ],
  [["--output=text", "--output=both"], "--output is given twice with different values"],
])("%j is a problem, which the server can start and tell", (argv, problem) => {
  expect(parseCommandLine(argv)).toMatchObject({ command: "serve", problem });
});

test.each([
  [["--read-only", "--read-only"]],
  [["--output=text", "--output", "text"]],
  [["sandbox", "--fault", "drip", "--fault", "empty"]],
])("%j is understood: a repeated option with one value, and one that may be repeated", (argv) => {
  expect(parseCommandLine(argv).problem).toBeUndefined();
});

test("--help names every option of its command and fits a terminal of 80 columns", async () => {
  const texts = { serve: helpText(), doctor: helpText("doctor"), sandbox: await sandboxHelpText() };
  for (const command of ["serve", "doctor", "sandbox"] as const) {
    const own = Object.keys(optionsOf(command)).filter((name) => !/^(help|version)$/.test(name));
    for (const name of own) expect(texts[command], command).toContain(` --${name}`);
    const lines = texts[command].split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  }
  for (const name of settingNames) expect(texts.serve).toContain(`  ${settings[name].env}`);
});

test("sandbox --help says what each fault does", async () => {
  const help = await sandboxHelpText();
  for (const { name, does } of faults.values()) {
    expect(help).toContain(`  ${name} `);
    expect(help.replace(/\s+/g, " ")).toContain(does);
  }
});

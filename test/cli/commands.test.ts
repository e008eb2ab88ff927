import { describe, expect, test } from "vitest";
import { wrapped } from "../../src/cli/columns.ts";
import { optionsOf, parseCommandLine } from "../../src/cli/commands.ts";
import { helpText } from "../../src/cli/help.ts";
import { sandboxHelpText } from "../../src/cli/sandbox.ts";
import { settingNames, settings } from "../../src/config/settings.ts";
import { faults } from "../../src/sandbox/faults/all.ts";

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
  [["help"], { command: "serve", flags: { help: true } }],
  [["version"], { command: "serve", flags: { version: true } }],
  [["help", "doctor"], { command: "doctor", flags: { help: true } }],
  [["sandbox", "help"], { command: "sandbox", flags: { help: true } }],
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
  expect(parseCommandLine(argv).problem?.en).toBe(problem);
});

test.each([
  ["sandbux", 'Unknown command "sandbux"; did you mean sandbox?'],
  ["docter", "did you mean doctor?"],
  ["serve", "leave it out to serve MCP"],
  ["list_chats", "tools are called by an MCP host. To see them called, run npm run demo"],
  ["list-chats", "to call one yourself, use MCP Inspector (docs/hosts.md)"],
  ["nonsense", "--help lists the commands"],
  ["1/MTk4NzY=/AbCdEfGhIjKlMnOpQrStUv==", "[token]"],
])("%s is no command, and the message names what to run", (word, told) => {
  expect(parseCommandLine([word]).problem?.en).toContain(told);
});

test("a word after a command is refused", () => {
  const { problem } = parseCommandLine(["sandbox", "8080"]);
  expect(problem?.en).toBe('Unexpected argument "8080"; sandbox takes options only');
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
  expect(parseCommandLine(argv)).toMatchObject({ command: "serve", problem: { en: problem } });
});

test.each([
  [["--read-only", "--read-only"]],
  [["--output=text", "--output", "text"]],
  [["sandbox", "--fault", "drip", "--fault", "empty"]],
])("%j is understood: a repeated option with one value, and one that may be repeated", (argv) => {
  expect(parseCommandLine(argv).problem).toBeUndefined();
});

describe.each(["en", "zh"] as const)("--help in %s", (language) => {
  const textsOf = async () => ({
    serve: helpText("serve", language),
    doctor: helpText("doctor", language),
    sandbox: await sandboxHelpText(language),
  });

  test("names every option of its command and every setting", async () => {
    const texts = await textsOf();
    for (const command of ["serve", "doctor", "sandbox"] as const) {
      const own = Object.keys(optionsOf(command)).filter((name) => !/^(help|version)$/.test(name));
      for (const name of own) expect(texts[command], command).toContain(` --${name}`);
    }
    for (const name of settingNames) expect(texts.serve).toContain(`  ${settings[name].env}`);
  });

  test("fits a terminal of 80 columns, where a Chinese character takes two", async () => {
    for (const [command, help] of Object.entries(await textsOf())) {
      const wide = help.split("\n").filter((line) => twoColumns(line) > 80);
      expect(wide, command).toEqual([]);
    }
  });

  test("is in that language", async () => {
    for (const [command, help] of Object.entries(await textsOf())) {
      expect(/\p{sc=Han}{4}/u.test(help.split("\n")[0] ?? ""), command).toBe(language === "zh");
    }
  });
});

/** The width by the code points that Unicode calls wide; not the program's own count. */
const twoColumns = (line: string) =>
  [...line].reduce((sum, char) => sum + (/[\u3000-\u9fff\uff01-\uff60]/.test(char) ? 2 : 1), 0);

test("a line is broken between words and Chinese characters, and not before a closing mark", () => {
  const lines = wrapped(`${"会话，".repeat(30)}KOOK_TOKEN ${"word ".repeat(30)}`, "  ").split("\n");
  expect(lines.length).toBeGreaterThan(3);
  for (const line of lines) expect(twoColumns(line)).toBeLessThanOrEqual(80);
  expect(lines.join("")).not.toMatch(/ {2}[，。]| $/);
  expect(lines.filter((line) => line.includes("KOOK_TOKEN"))).toHaveLength(1);
});

test("a wrong argument is told in English and in Chinese, with the same words to write", () => {
  const wrong = [
    ["docter"],
    ["list_chats"],
    ["serve"],
    ["nonsense"],
    ["doctor", "8080"],
    ["doctor", "--limit", "3"],
    ["--hlep"],
    ["--token=x"],
    ["--output"],
    ["--read-only=1"],
    ["--read-only", "true"],
    ["--allow-targets", "1", "2"],
    ["--output=text", "--output=both"],
    ["\u2014read-only"],
    ["--", "--read-only"],
    [""],
  ];
  for (const argv of wrong) {
    const { en, zh } = parseCommandLine(argv).problem ?? { en: "", zh: "" };
    expect(zh, en).toMatch(/\p{sc=Han}{2}/u);
    const flags = (text: string) => new Set(text.match(/(?<![\w-])--[a-z-]+|"[^"]*"|KOOK_\w+/g));
    expect(flags(zh), en).toEqual(flags(en));
  }
});

test("sandbox --help says what each fault does", async () => {
  const help = await sandboxHelpText("en");
  for (const { name, does } of faults.values()) {
    expect(help).toContain(`  ${name} `);
    expect(help.replace(/\s+/g, " ")).toContain(does);
  }
});

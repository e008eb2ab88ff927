// The demo, which a newcomer runs first.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { basicEnv } from "../support/built.ts";

const run = promisify(execFile);

/** A Chinese character takes two columns of a terminal. */
const columnsOf = (line: string) => line.length + (line.match(/[\u2e80-\uffef]/g)?.length ?? 0);

test.each([
  ["en", "What to do next", "A model asks to send this message as the bot"],
  ["zh", "接下来", "模型请求以机器人的身份发送这条消息"],
])(
  "the demo in %s fits a terminal, answers a user after a question, and ends with what to do next",
  async (language, end, question) => {
    const { stdout } = await run(process.execPath, ["scripts/demo.mjs"], {
      env: basicEnv({ KOOK_LANGUAGE: language }),
    });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.length).toBeLessThan(80);
    expect(lines.filter((line) => columnsOf(line) > 80)).toEqual([]);
    expect(stdout).toContain(question);
    expect(stdout).toMatch(/^ {2}sent [0-9a-f]{8} to /m);
    expect(stdout).toMatch(/^ {2}already_sent /m);
    expect(lines.indexOf(`# ${end}`)).toBeGreaterThan(lines.length - 8);
  },
);

// docs/privacy.md and its Chinese twin against the files that doctor reads and the requests that it sends.
import { expect, test } from "vitest";
import { hostFiles } from "../../src/doctor/hosts.ts";
import { SANDBOX_TOKEN, Sandbox } from "../../src/sandbox/sandbox.ts";
import { chineseOf, proseOf } from "../support/documents.ts";
import { examined } from "./examined.ts";

const pages = ["docs/privacy.md", chineseOf("docs/privacy.md")];

/** Host → the files in its row. */
const filesIn = (path: string) => {
  const section = proseOf(path).split(/^## doctor |^## What doctor /m)[1] ?? "";
  const rows = [...section.matchAll(/^\| ([A-Z][\w ]+) \| (.+) \|$/gm)];
  return Object.fromEntries(
    rows.map(([, host, cells = ""]) => [
      host,
      [...cells.matchAll(/`([^`]+)`/g)].map(([, file]) => file),
    ]),
  );
};

test.each(pages)("%s names each file of a host", (path) => {
  const files = hostFiles({ platform: "linux", home: "~", folder: "", env: {} });
  const byHost: Record<string, string[]> = {};
  for (const file of files) {
    byHost[file.name] = [...(byHost[file.name] ?? []), file.path.replace("~/.config/", "")];
  }
  expect(filesIn(path)).toEqual(byHost);
});

test.each(pages)("%s names the folders of each system", (path) => {
  const windows = {
    platform: "win32",
    home: "~",
    folder: "",
    env: { APPDATA: "%APPDATA%" },
  } as const;
  const mac = { platform: "darwin", home: "~", folder: "", env: {} } as const;
  const folderOf = (place: Parameters<typeof hostFiles>[0]) =>
    hostFiles(place)[0]?.path.replace(/[\\/]Claude[\\/].+$/, "");
  for (const folder of [folderOf(windows), folderOf(mac)]) {
    expect(proseOf(path)).toContain(`\`${folder}\``);
  }
});

const asked = async (env: Record<string, string>) => {
  const urls: string[] = [];
  const sandbox = new Sandbox();
  const { sent } = await examined({
    env,
    fetch: (url, init) => {
      urls.push(new URL(url).pathname);
      return sandbox.fetch(url, init);
    },
  });
  return { sent, urls };
};

test("doctor sends three requests for user/me, with its own token", async () => {
  const { sent, urls } = await asked({ KOOK_TOKEN: SANDBOX_TOKEN });
  expect(urls).toEqual(Array(3).fill("/api/v3/user/me"));
  expect(sent).toEqual(Array(3).fill(`Bot ${SANDBOX_TOKEN}`));
});

test("doctor sends `none` without a token, and nothing with a wrong address", async () => {
  expect((await asked({})).sent).toEqual(["Bot none"]);
  expect((await asked({ KOOK_TOKEN: "paste the bot's token here" })).sent).toEqual(["Bot none"]);
  const wrong = await asked({ KOOK_TOKEN: SANDBOX_TOKEN, KOOK_BASE_URL: "kook" });
  expect(wrong.sent).toEqual([]);
});

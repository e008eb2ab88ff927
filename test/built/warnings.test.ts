// Node's own warnings would reach the host's log.
import { expect, test } from "vitest";
import { DOCUMENTED_CHAT } from "../../src/sandbox/seed.ts";
import { call } from "../support/connect.ts";
import { sandboxEnv } from "../support/fake-kook.ts";
import { attach } from "../support/stdio-client.ts";

test("thirty calls at a time print no warning of Node's", async () => {
  const seen = await attach({ env: { ...(await sandboxEnv()), KOOK_LOG_LEVEL: "error" } });
  const calls = Array.from({ length: 30 }, (_, index) =>
    index % 2 === 0
      ? call(seen.client, "list_chats", { query: `nobody ${index}` })
      : call(seen.client, "view_chat", { chat_code: DOCUMENTED_CHAT.code }),
  );
  await Promise.all(calls);
  expect(seen.log).toBe("");
});

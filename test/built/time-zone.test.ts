// KOOK_TIME_ZONE and the machine's zone, as the built server has them.
import { expect, test } from "vitest";
import { call } from "../support/connect.ts";
import { MAIN } from "../support/paths.ts";
import { attach } from "../support/stdio-client.ts";

const firstRow = async (args: string[], env: Record<string, string>) => {
  const { client, end } = await attach({ args: [MAIN, "--sandbox", ...args], env });
  const { text, structured } = await call(client, "list_chats", { page_size: 1 });
  await end();
  const { chats } = structured as { chats: { latest_msg_time: string }[] };
  return { text, time: chats[0]?.latest_msg_time };
};

test.each([
  { args: [], env: { TZ: "Asia/Tokyo" }, zone: "Asia/Tokyo", shown: "17:00" },
  { args: [], env: { KOOK_TIME_ZONE: "Asia/Shanghai" }, zone: "Asia/Shanghai", shown: "16:00" },
  { args: ["--time-zone", "utc"], env: { TZ: "Asia/Tokyo" }, zone: "UTC", shown: "08:00" },
])(
  "$args $env: texts are in $zone, structured times in UTC",
  async ({ args, env, zone, shown }) => {
    const { text, time } = await firstRow(args, env);
    expect(text).toContain(`latest message in ${zone}.`);
    expect(text).toContain(`2026-11-20 ${shown}`);
    expect(time).toBe("2026-11-20T08:00:00Z");
  },
);

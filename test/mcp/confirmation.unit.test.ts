// Confirmation by itself, with changes that are no deletes.
import type { ElicitRequestFormParams, ElicitResult } from "@modelcontextprotocol/sdk/types.js";
import { afterEach, describe, expect, test, vi } from "vitest";
import {
  Confirmation,
  ConfirmationError,
  type Form,
  type Question,
  type Verdict,
} from "../../src/mcp/confirmation.ts";

afterEach(() => void vi.useRealTimers());

const MINUTE = 60_000;
const form: Form = {
  message: "Send this?",
  fields: [
    { name: "to", title: "To", description: "user 1", value: "夏天1" },
    { name: "text", title: "Text", description: "in full", value: "你好" },
  ],
};
const accept: ElicitResult = { action: "accept", content: {} };

/** A change that is previewed on a host without forms. */
function question(changes: Partial<Question> = {}): Question {
  return {
    operation: "send",
    fingerprint: "a to 1",
    sentToken: undefined,
    mode: "always",
    session: { progress: undefined, ask: undefined },
    signal: new AbortController().signal,
    form: async () => form,
    ...changes,
  };
}

/** The same change, put to a person. */
const asking = (ask: () => Promise<ElicitResult>, changes: Partial<Question> = {}) =>
  question({ session: { progress: undefined, ask }, ...changes });

async function tokenOf(confirmation: Confirmation, changes: Partial<Question> = {}) {
  const verdict = await confirmation.ask(question(changes));
  return (verdict as Extract<Verdict, { outcome: "preview" }>).token;
}

describe("a token", () => {
  test("confirms the change for which it was given", async () => {
    const confirmation = new Confirmation();
    const sentToken = await tokenOf(confirmation);
    expect(await confirmation.ask(question({ sentToken }))).toMatchObject({ outcome: "confirmed" });
  });

  test.each([
    ["another fingerprint", { fingerprint: "b to 1" }],
    ["another operation", { operation: "edit" }],
  ])("does not confirm a change with %s, and stays valid for its own", async (_, other) => {
    const confirmation = new Confirmation();
    const sentToken = await tokenOf(confirmation);
    const verdict = await confirmation.ask(question({ ...other, sentToken }));
    expect(verdict).toMatchObject({ outcome: "preview", rejected: "invalid" });
    expect(await confirmation.ask(question({ sentToken }))).toMatchObject({ outcome: "confirmed" });
  });

  test.each(["", "0", "undefined", "null"])(
    "of %j, which was never given, is rejected",
    async (sentToken) => {
      const verdict = await new Confirmation().ask(question({ sentToken }));
      expect(verdict).toMatchObject({ outcome: "preview", rejected: "invalid" });
    },
  );

  test("confirms once", async () => {
    const confirmation = new Confirmation();
    const sentToken = await tokenOf(confirmation);
    await confirmation.ask(question({ sentToken }));
    const verdict = await confirmation.ask(question({ sentToken }));
    expect(verdict).toMatchObject({ outcome: "preview", rejected: "invalid" });
    expect(verdict).not.toMatchObject({ token: sentToken });
  });

  test("can be given back once its change has failed, and then confirms once", async () => {
    const confirmation = new Confirmation();
    const sentToken = await tokenOf(confirmation);
    const verdict = await confirmation.ask(question({ sentToken }));
    (verdict as Extract<Verdict, { outcome: "confirmed" }>).giveBack?.();
    expect(await confirmation.ask(question({ sentToken }))).toMatchObject({ outcome: "confirmed" });
    expect(await confirmation.ask(question({ sentToken }))).toMatchObject({ outcome: "preview" });
  });

  test("that is given back does not replace a newer one", async () => {
    const confirmation = new Confirmation();
    const first = await tokenOf(confirmation);
    const verdict = await confirmation.ask(question({ sentToken: first }));
    const second = await tokenOf(confirmation);
    (verdict as Extract<Verdict, { outcome: "confirmed" }>).giveBack?.();
    expect(await confirmation.ask(question({ sentToken: second }))).toMatchObject({
      outcome: "confirmed",
    });
  });

  test("expires after five minutes of the monotonic clock", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const confirmation = new Confirmation();
    const inTime = await tokenOf(confirmation);
    vi.advanceTimersByTime(5 * MINUTE - 1);
    const verdict = await confirmation.ask(question({ sentToken: inTime }));
    expect(verdict).toMatchObject({ outcome: "confirmed" });
    const late = await tokenOf(confirmation);
    vi.advanceTimersByTime(5 * MINUTE);
    expect(await confirmation.ask(question({ sentToken: late }))).toMatchObject({
      outcome: "preview",
      rejected: "invalid",
    });
  });

  test.each([-8, 8])("expires at the same moment if the clock is set by %i h", async (hours) => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    const confirmation = new Confirmation();
    const inTime = await tokenOf(confirmation);
    vi.setSystemTime(Date.now() + hours * 60 * MINUTE);
    expect(await confirmation.ask(question({ sentToken: inTime }))).toMatchObject({
      outcome: "confirmed",
    });
    const late = await tokenOf(confirmation);
    vi.setSystemTime(Date.now() + hours * 60 * MINUTE);
    vi.advanceTimersByTime(5 * MINUTE);
    expect(await confirmation.ask(question({ sentToken: late }))).toMatchObject({
      outcome: "preview",
      rejected: "invalid",
    });
  });

  test("does not replace a person's answer on a host with forms", async () => {
    const confirmation = new Confirmation();
    const sentToken = await tokenOf(confirmation);
    const declining = asking(async () => ({ action: "decline" }), { sentToken });
    expect(await confirmation.ask(declining)).toEqual({ outcome: "declined" });
  });
});

describe("a form", () => {
  test("has one field for each fact, with a single choice", async () => {
    let asked: ElicitRequestFormParams | undefined;
    const session = {
      progress: undefined,
      ask: async (params: ElicitRequestFormParams) => {
        asked = params;
        return accept;
      },
    };
    expect(await new Confirmation().ask(question({ session }))).toEqual({
      outcome: "confirmed",
      by: "form",
    });
    expect(asked?.message).toBe("Send this?");
    expect(asked?.requestedSchema.properties).toEqual({
      to: { type: "string", title: "To", description: "user 1", enum: ["夏天1"], default: "夏天1" },
      text: {
        type: "string",
        title: "Text",
        description: "in full",
        enum: ["你好"],
        default: "你好",
      },
    });
  });

  test.each([
    ["accepted without contents", accept, "confirmed"],
    [
      "accepted as it is",
      { action: "accept", content: { to: "夏天1", text: "你好" } },
      "confirmed",
    ],
    [
      "accepted with one fact changed",
      { action: "accept", content: { to: "夏天1", text: "再见" } },
      "dismissed",
    ],
    [
      "accepted with another recipient",
      { action: "accept", content: { to: "工具1" } },
      "dismissed",
    ],
    ["declined", { action: "decline" }, "declined"],
    ["closed", { action: "cancel" }, "dismissed"],
  ] as const)("that is %s, with %j, is %s", async (_, answer, outcome) => {
    const verdict = await new Confirmation().ask(asking(async () => answer as ElicitResult));
    expect(verdict).toMatchObject({ outcome });
  });

  test("that does not reach a person confirms nothing", async () => {
    const failing = asking(() => Promise.reject(new Error("no window")));
    await expect(new Confirmation().ask(failing)).rejects.toBeInstanceOf(ConfirmationError);
  });

  test("that is answered after the call was cancelled confirms nothing", async () => {
    const controller = new AbortController();
    const late = asking(
      async () => {
        controller.abort("changed my mind");
        return accept;
      },
      { signal: controller.signal },
    );
    await expect(new Confirmation().ask(late)).rejects.toBe("changed my mind");
  });

  test("stops its progress once it is answered", async () => {
    vi.useFakeTimers();
    let beats = 0;
    const session = { progress: () => void beats++, ask: async () => accept };
    await new Confirmation().ask(question({ session }));
    const answered = beats;
    await vi.advanceTimersByTimeAsync(MINUTE);
    expect(beats).toBe(answered);
  });
});

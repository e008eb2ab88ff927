// Valid envelopes whose data differs from KOOK's documentation.
import {
  type AnswerFault,
  edit,
  editChats,
  editMeta,
  type RealAnswer,
  respond,
  rewrite,
} from "./fault.ts";

export const dataFaults: readonly AnswerFault[] = [
  {
    name: "data-list",
    does: "sends [] where `data` is documented as a map",
    spoil: (answer) => edit(answer, (envelope) => ({ ...envelope, data: [] })),
  },
  {
    name: "target-missing",
    does: "leaves `target_info` out",
    spoil: (answer) => editChats(answer, ({ target_info: _, ...chat }) => chat),
  },
  {
    name: "target-null",
    does: "sends null for `target_info`, as for a deleted account",
    spoil: (answer) => editChats(answer, (chat) => ({ ...chat, target_info: null })),
  },
  {
    name: "ids-numeric",
    does: "sends user ids as numbers",
    spoil: (answer) => editTargets(answer, (id) => id),
  },
  {
    name: "ids-too-large",
    does: "sends user ids as numbers beyond JavaScript's safe integers",
    spoil: (answer) => editTargets(answer, (id) => `9007199254${id}`),
  },
  {
    name: "times-fractional",
    does: "sends times with a fraction of a millisecond",
    spoil: (answer) => editTimes(answer, (ms) => ms + 0.5),
  },
  {
    name: "times-seconds",
    does: "sends times in seconds instead of milliseconds",
    spoil: (answer) => editTimes(answer, (ms) => Math.floor(ms / 1000)),
  },
  {
    name: "bad-row",
    does: "sends one chat of a page without a code",
    spoil: (answer) =>
      editChats(answer, ({ code, ...chat }, index) => (index === 1 ? chat : { code, ...chat })),
  },
  {
    name: "page-repeats",
    does: "counts one page too many, and repeats the last page there",
    spoil: (answer) =>
      editMeta(answer, (meta) => ({ ...meta, page_total: (meta["page_total"] ?? 0) + 1 })),
  },
  {
    name: "page-total-0",
    does: "sends 0 for `page_total`, and a page",
    spoil: (answer) => editMeta(answer, (meta) => ({ ...meta, page_total: 0 })),
  },
  {
    name: "meta-yii",
    does: "sends a list's `meta` in the spelling of the Yii framework, such as `pageCount`",
    spoil: (answer) =>
      editMeta(answer, ({ page, page_total, page_size, total }) => ({
        currentPage: page,
        pageCount: page_total,
        perPage: page_size,
        totalCount: total,
      })),
  },
  {
    name: "meta-missing",
    does: "leaves a list's `meta` out",
    spoil: (answer) => editMeta(answer, () => undefined),
  },
  {
    name: "meta-partial",
    does: "leaves `page_total` out of a list's `meta`",
    spoil: (answer) => editMeta(answer, ({ page_total: _, ...meta }) => meta),
  },
  {
    name: "late-message",
    does: "shows a created message only after 2.5 seconds, in lists and by its id",
    handling: { lateMs: 2_500 },
    spoil: (answer) => respond(answer, answer.body),
  },
];

/** Edits the text, because JSON.stringify cannot write integers above 2^53. */
function editTargets(answer: RealAnswer, change: (id: string) => string): Response {
  return rewrite(answer, (body) =>
    body.replace(
      /"target_info":\{"id":"(\d+)"/g,
      (_, id: string) => `"target_info":{"id":${change(id)}`,
    ),
  );
}

/** 0 means never and stays 0. */
function editTimes(answer: RealAnswer, change: (ms: number) => number): Response {
  return editChats(answer, (chat) => {
    const times = ["last_read_time", "latest_msg_time"].map((name) => {
      const time = chat[name] as number;
      return [name, time === 0 ? 0 : change(time)];
    });
    return { ...chat, ...Object.fromEntries(times) };
  });
}

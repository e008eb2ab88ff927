// The settings table, one entry a setting. The parser, --help, the READMEs' tables, server.json and the MCPB manifest are
// made from it.
import * as z from "zod";
import type { Setting, Text } from "./setting.ts";
import {
  baseUrlSchema,
  confirmModes,
  countSchema,
  languageSchema,
  languages,
  logLevels,
  messagesSchema,
  millisecondsSchema,
  oneOf,
  outputForms,
  sendToSchema,
  switchSchema,
  timeZoneSchema,
  userIdsSchema,
} from "./setting-schemas.ts";

export type { Setting, Text };

const listed = (choices: readonly string[], separator: string) =>
  choices.map((choice) => `\`${choice}\``).join(separator);

export const settings = {
  token: {
    env: "KOOK_TOKEN",
    isSecret: true,
    isRequired: true,
    schema: z.string().optional(),
    title: { en: "Bot token", zh: "机器人 Token" },
    help: {
      en: "the bot's token, from https://developer.kookapp.cn/app/index (应用 → 机器人)",
      zh: "机器人的 Token，见 https://developer.kookapp.cn/app/index（应用 → 机器人）",
    },
  },
  tokenFile: {
    env: "KOOK_TOKEN_FILE",
    flag: "token-file",
    format: "filepath",
    schema: z.string().optional(),
    help: {
      en: "file that holds the token; wins over `KOOK_TOKEN`",
      zh: "存放 Token 的文件；优先于 `KOOK_TOKEN`",
    },
  },
  baseUrl: {
    env: "KOOK_BASE_URL",
    flag: "base-url",
    default: "https://www.kookapp.cn/api/v3",
    schema: baseUrlSchema,
    help: {
      en: "KOOK's API; `http:` only on this machine",
      zh: "KOOK 的接口地址；`http:` 仅限本机",
    },
  },
  language: {
    env: "KOOK_LANGUAGE",
    flag: "language",
    choices: languages,
    schema: languageSchema.optional(),
    title: { en: "Language", zh: "语言" },
    help: {
      en: "language of what a person reads (questions, `doctor`, `--help`), `zh` or `en`; default: the machine's",
      zh: "给人看的文字（提问、`doctor`、`--help`）所用的语言，`zh` 或 `en`；默认与本机相同",
    },
  },
  timeZone: {
    env: "KOOK_TIME_ZONE",
    flag: "time-zone",
    schema: timeZoneSchema.optional(),
    title: { en: "Time zone", zh: "时区" },
    help: {
      en: "time zone of the times in texts, such as `Asia/Shanghai`; default: the machine's. Structured times are UTC",
      zh: "文本中时间所用的时区，如 `Asia/Shanghai`；默认与本机相同。结构化结果中的时间为 UTC",
    },
  },
  timeoutMs: {
    env: "KOOK_TIMEOUT_MS",
    flag: "timeout-ms",
    format: "number",
    default: "10000",
    schema: millisecondsSchema,
    help: {
      en: "timeout of one HTTP attempt, in milliseconds",
      zh: "单次 HTTP 请求的超时时间（毫秒）",
    },
  },
  maxWaitMs: {
    env: "KOOK_MAX_WAIT_MS",
    flag: "max-wait-ms",
    format: "number",
    default: "20000",
    schema: millisecondsSchema,
    help: {
      en: "longest wait for KOOK's rate limit, in milliseconds",
      zh: "因 KOOK 限速而等待的最长时间（毫秒）",
    },
  },
  readOnly: {
    env: "KOOK_READ_ONLY",
    flag: "read-only",
    isSwitch: true,
    isGuard: true,
    default: "off",
    schema: switchSchema,
    title: { en: "Read only", zh: "只读" },
    help: {
      en: "offer only the tools that change nothing; wins over all other settings",
      zh: "只提供不作任何更改的工具；优先于其他所有设置",
    },
  },
  confirmDelete: {
    env: "KOOK_CONFIRM_DELETE",
    flag: "confirm-delete",
    isGuard: true,
    choices: confirmModes,
    default: "ask",
    schema: oneOf(confirmModes),
    title: { en: "Confirm deletions", zh: "删除确认" },
    help: {
      en: "ask a person before a delete: `ask` (where the host can), `always`, `never`",
      zh: "删除前请人确认：`ask`（客户端支持时）、`always`（总是）、`never`（从不）",
    },
  },
  output: {
    env: "KOOK_OUTPUT",
    flag: "output",
    choices: outputForms,
    default: "both",
    schema: oneOf(outputForms),
    help: {
      en: `form of the tools' results: ${listed(outputForms, ", ")}`,
      zh: "工具结果的形式：`both`（两者）、`text`（文本）、`structured`（结构化）",
    },
  },
  allowTargets: {
    env: "KOOK_ALLOW_TARGETS",
    flag: "allow-targets",
    isGuard: true,
    schema: userIdsSchema.optional(),
    title: { en: "Only these users", zh: "仅限这些用户" },
    help: {
      en: "user ids, separated by commas: hides all other chats; default: all",
      zh: "用户 ID，以逗号分隔：看不到名单以外的会话；默认不限",
    },
  },
  messages: {
    env: "KOOK_MESSAGES",
    flag: "messages",
    schema: messagesSchema.optional(),
    title: { en: "Messages", zh: "消息" },
    help: {
      en: "what a model may do with the messages in chats: `read`, `send`, or `read,send`; default: nothing",
      zh: "允许模型对会话中的消息做什么：`read`（读取）、`send`（发送）或 `read,send`；默认不允许",
    },
  },
  sendTo: {
    env: "KOOK_SEND_TO",
    flag: "send-to",
    isGuard: true,
    default: "replies",
    schema: sendToSchema,
    help: {
      en: "whom a model may write to: `replies` (users who wrote to the bot in the last 7 days), `*` (everybody with a chat), or user ids; always within `KOOK_ALLOW_TARGETS`",
      zh: "允许模型写给谁：`replies`（最近 7 天给机器人发过消息的用户）、`*`（所有已有会话的用户）或用户 ID；始终不超出 `KOOK_ALLOW_TARGETS`",
    },
  },
  confirmSend: {
    env: "KOOK_CONFIRM_SEND",
    flag: "confirm-send",
    isGuard: true,
    choices: confirmModes,
    default: "always",
    schema: oneOf(confirmModes),
    help: {
      en: "ask a person before a message is sent or edited: `always`, `ask` (where the host can), `never`",
      zh: "发送或编辑消息前请人确认：`always`（总是）、`ask`（客户端支持时）、`never`（从不）",
    },
  },
  sendLimit: {
    env: "KOOK_SEND_LIMIT",
    flag: "send-limit",
    isGuard: true,
    format: "number",
    default: "30",
    schema: countSchema,
    help: {
      en: "messages that this process sends or edits in an hour",
      zh: "本进程每小时最多发送和编辑的消息数",
    },
  },
  auditLog: {
    env: "KOOK_AUDIT_LOG",
    flag: "audit-log",
    isGuard: true,
    format: "filepath",
    schema: z.string().optional(),
    help: {
      en: "file to which each change is appended, one JSON line without contents; default: none",
      zh: "记录每次更改的文件，每次追加一行 JSON，不含内容；默认不记录",
    },
  },
  logLevel: {
    env: "KOOK_LOG_LEVEL",
    flag: "log-level",
    choices: logLevels,
    default: "info",
    schema: oneOf(logLevels),
    help: {
      en: `what is logged to stderr: ${listed(logLevels, ", ")}`,
      zh: `输出到 stderr 的日志：${listed(logLevels, "、")}`,
    },
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as SettingName[];

/** The values of all settings, read from their texts. */
export type SettingValues = {
  [Name in SettingName]: z.infer<(typeof settings)[Name]["schema"]>;
};

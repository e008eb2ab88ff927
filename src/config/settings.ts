// What the person who runs the server can set, one entry a setting. This table feeds the parser and --help, and what is
// generated for people and hosts: the READMEs' tables, server.json and the MCPB manifest.
import * as z from "zod";

/** The same in English and in Chinese; Markdown where it says so. */
export interface Text {
  en: string;
  zh: string;
}

export interface Setting {
  env: string;
  /** Without its dashes. Absent for the token alone: a flag would show in the list of processes. */
  flag?: string;
  /** The flag is on by being there and takes no value. */
  isSwitch?: true;
  /** Its value must not be shown. */
  isSecret?: true;
  /** Without it no call succeeds. */
  isRequired?: true;
  /** What the value is, where it is not just text. */
  format?: "number" | "filepath";
  /** What holds when nothing is set, in the form in which it would be set. */
  default?: string;
  /** Reads the text of the variable or flag. */
  schema: z.ZodType;
  /** What the form that a bundle's host shows calls it; the form asks for those that have one. */
  title?: Text;
  /** What it does, in Markdown. */
  help: Text;
}

const on = ["1", "true", "yes", "on"];
const off = ["0", "false", "no", "off"];

const switchSchema = z
  .string()
  .transform((text) => text.toLowerCase())
  .pipe(z.enum([...on, ...off]))
  .transform((text) => on.includes(text));

/** Whole milliseconds; a day is more than any host waits. */
const millisecondsSchema = z
  .string()
  .regex(/^\d+$/, "must be a whole number of milliseconds")
  .transform(Number)
  .pipe(z.int().min(1, "must be 1 or more").max(86_400_000, "must be a day or less"));

const baseUrlSchema = z.string().superRefine((text, context) => {
  const problem = baseUrlProblem(text);
  if (problem) context.addIssue({ code: "custom", message: problem });
});

/** User ids, with commas of either width or spaces between them. A list without any would be no list at all. */
const userIdsSchema = z
  .string()
  .transform((text) => text.split(/[,，、\s]+/u).filter(Boolean))
  .pipe(
    z
      .array(z.string().regex(/^\d{1,20}$/, "must be user ids, digits with commas between them"))
      .min(1, "must name at least one user id"),
  );

export const logLevels = ["error", "warn", "info", "debug"] as const;
const logLevelList = logLevels.map((level) => `\`${level}\``);

export const settings = {
  token: {
    env: "KOOK_TOKEN",
    isSecret: true,
    isRequired: true,
    schema: z.string().optional(),
    title: { en: "Bot token", zh: "机器人令牌" },
    help: {
      en: "the bot's token, from https://developer.kookapp.cn/app/index (应用 → 机器人)",
      zh: "机器人的令牌（Token），见 https://developer.kookapp.cn/app/index（应用 → 机器人）",
    },
  },
  tokenFile: {
    env: "KOOK_TOKEN_FILE",
    flag: "token-file",
    format: "filepath",
    schema: z.string().optional(),
    help: {
      en: "file that holds the token; wins over `KOOK_TOKEN`",
      zh: "存放令牌的文件；优先于 `KOOK_TOKEN`",
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
    default: "zh-CN",
    schema: z
      .string()
      .regex(
        /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/,
        "must be a language tag such as zh-CN or en-US",
      ),
    title: { en: "Language", zh: "语言" },
    help: {
      en: "language of KOOK's messages and of questions to a person (zh or en)",
      zh: "KOOK 的消息和向用户提问所用的语言（zh 或 en）",
    },
  },
  timeoutMs: {
    env: "KOOK_TIMEOUT_MS",
    flag: "timeout-ms",
    format: "number",
    default: "10000",
    schema: millisecondsSchema,
    help: { en: "longest wait for one HTTP answer", zh: "等待一次 HTTP 应答的最长时间" },
  },
  maxWaitMs: {
    env: "KOOK_MAX_WAIT_MS",
    flag: "max-wait-ms",
    format: "number",
    default: "20000",
    schema: millisecondsSchema,
    help: { en: "longest wait for KOOK's rate limit", zh: "因 KOOK 限速而等待的最长时间" },
  },
  readOnly: {
    env: "KOOK_READ_ONLY",
    flag: "read-only",
    isSwitch: true,
    default: "off",
    schema: switchSchema,
    title: { en: "Read only", zh: "只读" },
    help: {
      en: "offer `list_chats` and `view_chat` only",
      zh: "只提供 `list_chats` 和 `view_chat`",
    },
  },
  confirmDelete: {
    env: "KOOK_CONFIRM_DELETE",
    flag: "confirm-delete",
    default: "ask",
    schema: z.enum(["ask", "always", "never"]),
    title: { en: "Confirm deletions", zh: "删除确认" },
    help: {
      en: "ask a person before a delete: `ask` (where the host can), `always`, `never`",
      zh: "删除前请用户确认：`ask`（客户端支持时）、`always`（总是）、`never`（从不）",
    },
  },
  output: {
    env: "KOOK_OUTPUT",
    flag: "output",
    default: "both",
    schema: z.enum(["both", "text", "structured"]),
    help: {
      en: "form of the tools' results: `both`, `text`, `structured`",
      zh: "工具结果的形式：`both`（两者）、`text`（文本）、`structured`（结构化）",
    },
  },
  allowTargets: {
    env: "KOOK_ALLOW_TARGETS",
    flag: "allow-targets",
    schema: userIdsSchema.optional(),
    title: { en: "Only these users", zh: "仅限这些用户" },
    help: {
      en: "user ids, with commas between them: only chats with these are seen and touched",
      zh: "用户 ID，以逗号分隔：只能看到和操作与这些用户的私信",
    },
  },
  logLevel: {
    env: "KOOK_LOG_LEVEL",
    flag: "log-level",
    default: "info",
    schema: z.enum(logLevels),
    help: {
      en: `what is logged to stderr: ${logLevelList.join(", ")}`,
      zh: `输出到 stderr 的日志：${logLevelList.join("、")}`,
    },
  },
} as const satisfies Record<string, Setting>;

export type SettingName = keyof typeof settings;
export const settingNames = Object.keys(settings) as SettingName[];

/** The values of all settings, made from their texts. */
export type SettingValues = {
  [Name in SettingName]: z.infer<(typeof settings)[Name]["schema"]>;
};

function baseUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return "must be a web address such as https://www.kookapp.cn/api/v3";
  const { protocol, hostname, username, password } = new URL(text);
  // A lone `?` or `#` counts too: what is appended would no longer be a path.
  if (username || password || /[?#]/.test(text)) {
    return "must have no credentials, query or fragment";
  }
  const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
  if (protocol === "https:" || (protocol === "http:" && loopback)) return undefined;
  return "must begin with https:, because the token travels with every request";
}

// The sandbox's data at the start: the bot, users with made-up names, and a chat with most of them. Always the same.

/** A user as KOOK sends one inside a chat, with undocumented fields that SDKs rely on. */
export interface SandboxUser {
  id: string;
  username: string;
  identify_num: string;
  online: boolean;
  os: string;
  bot: boolean;
  status: number;
  avatar: string;
  vip_avatar: string;
  is_vip: boolean;
}

export interface SandboxChat {
  code: string;
  last_read_time: number;
  latest_msg_time: number;
  unread_count: number;
  is_friend: boolean;
  is_blocked: boolean;
  is_target_blocked: boolean;
  target_info: SandboxUser;
}

/** The chat in KOOK's documentation, so that its examples work here. */
export const DOCUMENTED_CHAT = { code: "5c7ec6d021216c136c9198285c15ed47", targetId: "3903536527" };
/** A user without a chat: `create` opens one. */
export const NEW_USER_ID = "2418200000";
/** A user without a chat: KOOK refuses to open one. */
export const UNWILLING_USER_ID = "2418200001";

const names = [
  "夏天",
  "工具",
  "小明",
  "星河入梦",
  "柚子茶",
  "Nightwing",
  "阿狸🦊",
  "Mr_Chen",
  "雨后初晴",
  "老王 (深圳)",
  "Ωmega",
  "さくら",
];

/** Time of the newest message, so that documents can quote it. */
export const NEWEST = Date.UTC(2026, 10, 20, 8, 0, 0);
const MINUTE = 60_000;

export interface Seed {
  bot: SandboxUser;
  chats: SandboxChat[];
  /** Users without a chat. */
  strangers: SandboxUser[];
}

/** @param newest time of the newest message, epoch ms */
export function seed(chatCount: number, newest = NEWEST): Seed {
  return {
    bot: { ...seedUser("1287654321", "沙盒机器人", 0), identify_num: "0001", bot: true },
    chats: Array.from({ length: chatCount }, (_, index) => seedChat(index, newest)),
    strangers: [seedUser(NEW_USER_ID, "新朋友", 7), seedUser(UNWILLING_USER_ID, "不接私信", 8)],
  };
}

function seedChat(index: number, newest: number): SandboxChat {
  const documented = index === 0;
  const id = documented ? DOCUMENTED_CHAT.targetId : String(1_000_000_007 + 7_919 * index);
  const latest_msg_time = index % 29 === 28 ? 0 : newest - index * 37 * MINUTE;
  const unread_count = index % 4 === 1 ? (index % 9) + 1 : 0;
  return {
    code: documented ? DOCUMENTED_CHAT.code : codeOf(id),
    last_read_time: unread_count > 0 ? latest_msg_time - 90 * MINUTE : latest_msg_time,
    latest_msg_time,
    unread_count,
    is_friend: index % 10 === 2,
    is_blocked: index % 40 === 3,
    is_target_blocked: index % 25 === 4,
    target_info: seedUser(id, nameOf(index), index),
  };
}

function nameOf(index: number): string {
  const name = names[index % names.length] as string;
  return `${name}${Math.floor(index / names.length) + 1}`;
}

function seedUser(id: string, username: string, index: number): SandboxUser {
  return {
    id,
    username,
    identify_num: String(1000 + ((index * 37) % 9000)),
    online: index % 3 === 0,
    os: index % 2 === 0 ? "Websocket" : "Android",
    bot: false,
    status: 1,
    avatar: `https://img.kookapp.cn/avatars/2026-11/${codeOf(id).slice(0, 16)}.jpg/icon`,
    vip_avatar: "",
    is_vip: false,
  };
}

/** The chat code for a user id: 32 hex digits, four rounds of FNV-1a. */
export function codeOf(id: string): string {
  const code = Buffer.alloc(16);
  for (let round = 0; round < 4; round++) code.writeUInt32BE(hash(`${round + 1}:${id}`), 4 * round);
  return code.toString("hex");
}

/** FNV-1a: an unsigned number of 32 bits. */
export function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    bits = Math.imul(bits ^ text.charCodeAt(index), 0x01000193);
  }
  return bits >>> 0;
}

// The questions to a person before a message is sent, edited or deleted.
import type { WireMessage } from "../../kook/wire/message.ts";
import type { ChatOfMessages } from "../../messages/chat.ts";
import { quoteText } from "../../messages/content.ts";
import type { Leak } from "../../messages/leak-guard.ts";
import type { Outgoing } from "../../messages/outgoing.ts";
import type { Edit, OwnMessage } from "../../messages/own-messages.ts";
import type { Language } from "../../text/language.ts";
import type { TimeZone } from "../../text/time.ts";
import { quoted, visibleText } from "../../text/untrusted.ts";
import type { Form } from "../confirmation.ts";

/** Of the line that is answered. */
const MAX_LINE = 120;
/** Users whose words a message repeats: more fields would bury the recipient. */
const MAX_NAMED = 3;

const words = {
  en: {
    send: (count: number) =>
      `A model asks to send ${count === 1 ? "this message" : `these ${count} messages`} as the bot. Send?`,
    again: "The chat or message changed. Check again.",
    edit: "A model asks to edit this bot message. Edit it?",
    delete: "A model asks to delete this bot message, for both sides. Delete it?",
    text: "Text:",
    reaction: "Reaction:",
    old: "Now:",
    new: "New:",
    links: "Links to: ",
    to: "To",
    answers: "Answers",
    reactsTo: "Reacts to",
    from: "Sent",
    nothing: "No recent message from this user",
    leak: "Repeats words of another user",
    leakFacts: "This other user wrote it to the bot. Check that it may be passed on.",
    moreLeaks: (count: number) => `and ${count} more`,
  },
  zh: {
    send: (count: number) =>
      `模型请求以机器人的身份发送${count === 1 ? "这条消息" : `这 ${count} 条消息`}。确认发送吗？`,
    again: "会话或消息有更新，请重新核对。",
    edit: "模型请求修改机器人的这条消息。确认修改吗？",
    delete: "模型请求删除机器人的这条消息，双方都将看不到。确认删除吗？",
    text: "内容：",
    reaction: "表情回应：",
    old: "原内容：",
    new: "新内容：",
    links: "链接指向：",
    to: "收件人",
    answers: "回复",
    reactsTo: "回应",
    from: "发送于",
    nothing: "该用户最近没有发过消息",
    leak: "含有另一位用户发来的内容",
    leakFacts: "这是另一位用户写给机器人的，请确认可以发给此收件人。",
    moreLeaks: (count: number) => `另有 ${count} 位用户`,
  },
} satisfies Record<Language, object>;
type Words = (typeof words)[Language];

interface Style {
  language: Language;
  zone: TimeZone;
  /** The question was asked before, and the facts have changed since. */
  again: boolean;
}

export function sendForm(batch: readonly Outgoing[], { language, zone, again }: Style): Form {
  const say = words[language];
  const isOne = batch.length === 1;
  const number = (index: number) => (isOne ? "" : `${index + 1}. `);
  const texts = batch.map(({ kind, shown, hosts }, index) => {
    const head = `${number(index)}${kind === "reaction" ? say.reaction : say.text}`;
    return [head, barred(shown), linksLine(hosts, say)].filter(Boolean).join("\n");
  });
  return {
    message: [again && say.again, say.send(batch.length), ...texts].filter(Boolean).join("\n\n"),
    fields: batch.flatMap(({ kind, chat, on, latest, leaks }, index) => [
      {
        name: `to_${index + 1}`,
        title: `${number(index)}${say.to}`,
        description: answersLine(kind, on ?? latest.fromUser, { say, zone }),
        value: named(chat),
      },
      ...leakFields(leaks, { say, number: number(index), index }),
    ]),
  };
}

export function editForm(edit: Edit, { language, zone, again }: Style): Form {
  const say = words[language];
  const { chat, message, shown, hosts, leaks } = edit;
  const parts = [
    again && say.again,
    say.edit,
    `${say.old}\n${barred(wordsOf(message))}`,
    [say.new, barred(shown), linksLine(hosts, say)].filter(Boolean).join("\n"),
  ];
  return {
    message: parts.filter(Boolean).join("\n\n"),
    fields: [
      chatField(chat, message, { say, zone }),
      ...leakFields(leaks, { say, number: "", index: 0 }),
    ],
  };
}

export function deleteMessageForm(
  { chat, message }: OwnMessage,
  { language, zone, again }: Style,
): Form {
  const say = words[language];
  return {
    message: [again && say.again, say.delete, barred(wordsOf(message))]
      .filter(Boolean)
      .join("\n\n"),
    fields: [chatField(chat, message, { say, zone })],
  };
}

function chatField(
  chat: ChatOfMessages,
  { create_at }: WireMessage,
  { say, zone }: { say: Words; zone: TimeZone },
) {
  const description = `${say.from} ${zone.minute(create_at)} (${zone.name})`;
  return { name: "to", title: say.to, description, value: named(chat) };
}

function leakFields(
  leaks: readonly Leak[],
  { say, number, index }: { say: Words; number: string; index: number },
) {
  const values = leaks.slice(0, MAX_NAMED).map(named);
  const more = leaks.length - values.length;
  if (more > 0) values.push(say.moreLeaks(more));
  return values.map((value, place) => ({
    name: `repeats_${index + 1}_${place + 1}`,
    title: `⚠ ${number}${say.leak}`,
    description: say.leakFacts,
    value,
  }));
}

const named = ({ username, target_id }: Leak) => `${quoted(username)} (${target_id || "?"})`;

function answersLine(
  kind: Outgoing["kind"],
  message: WireMessage | undefined,
  { say, zone }: { say: Words; zone: TimeZone },
): string {
  if (!message) return say.nothing;
  const verb = kind === "reaction" ? say.reactsTo : say.answers;
  return `${verb} ${zone.minute(message.create_at)} (${zone.name}): ${quoted(wordsOf(message), MAX_LINE)}`;
}

const wordsOf = (message: WireMessage) => visibleText(quoteText(message)).text;

/**
 * Each line behind a bar, with an end: no text of a model's passes for the question, also where a host joins the lines
 * (seen in Inspector).
 */
function barred(text: string): string {
  return `${text.replace(/[│└]/g, "|").replace(/^/gm, "│ ")}\n└`;
}

function linksLine(hosts: readonly string[], { links }: Words): string {
  return hosts.length === 0 ? "" : `${links}${hosts.join(", ")}`;
}

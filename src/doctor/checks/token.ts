// Checks the token's text or file, and asks KOOK about the token in force.
import type { Config, SettingInForce } from "../../config/config.ts";
import type { Token } from "../../kook/client.ts";
import { ApiError } from "../../kook/errors.ts";
import { looksLikeToken, shownValue } from "../../text/token-pattern.ts";
import { harmlessText, quoted } from "../../text/untrusted.ts";
import { error, note, type Observation, ok, warning } from "../finding.ts";
import type { Machine } from "../hosts.ts";
import type { Probe } from "../probe.ts";
import { settingText } from "./settings.ts";

const KOOK_MESSAGE_LENGTH = 200;

/** The token in force, before it is sent: an error means that it is not. */
export function checkOwnToken(
  { token, sandbox }: Config,
  inForce: SettingInForce[],
  machine: Machine,
  hasHostToken: boolean,
): { observations: Observation[]; isUsable: boolean } {
  if (sandbox) return { observations: [], isUsable: true };
  const file = settingText(inForce, "tokenFile");
  const text = settingText(inForce, "token");
  if (file === undefined && text === undefined) {
    const missing = hasHostToken
      ? note((words) => words.token.elsewhere)
      : error((words) => words.token.missing);
    return { observations: [missing], isUsable: false };
  }
  const found = file === undefined ? checkTokenText(text) : checkTokenFile(file, machine);
  const isWrong = found.some(({ status }) => status === "error");
  if (!("problem" in token)) return { observations: found, isUsable: !isWrong };
  const { problem } = token;
  const unusable = error((words) => words.token.unusable(problem));
  return { observations: isWrong ? found : [...found, unusable], isUsable: false };
}

export function checkTokenText(text = ""): Observation[] {
  if (isPlaceholder(text)) return [error(({ token }) => token.placeholder)];
  const isQuoted = /^["'`“”‘’]|["'`“”‘’]$/.test(text.trim());
  return isQuoted ? [warning(({ token }) => token.quoted)] : [];
}

/** Checks that the file is there, without opening it: a project's entry may name any file. */
export function checkTokenFile(path: string, machine: Machine): Observation[] {
  const named = shown(shownValue(path));
  if (path.startsWith("~")) return [error(({ token }) => token.tilde(named))];
  if (isOnNetwork(path)) return [];
  if (!machine.exists(path)) return [error(({ token }) => token.fileMissing(named))];
  return isFolder(path, machine) ? [error(({ token }) => token.fileIsFolder(named))] : [];
}

/** A path or other foreign text for one line of the report. */
export const shown = (text: string) => harmlessText(text, 256);

/** A file cannot be followed by a separator. */
export const isFolder = (path: string, machine: Machine) => machine.exists(`${path}/`);

/** Looking at `\\host\share` makes Windows log in at that host, which a project's file may have chosen. */
export const isOnNetwork = (path: string) => /^[\\/]{2}/.test(path);

/** KOOK's verdict. Names the bot, never the token. */
export function checkAcceptance({ me, error: failure }: Probe, token: Token): Observation {
  if (me) {
    const name = quoted(me.username);
    return me.bot
      ? ok((words) => words.token.accepted(name, me.id))
      : warning((words) => words.token.person(name, me.id));
  }
  if (!(failure instanceof ApiError)) return note((words) => words.token.unreachable);
  const said = harmlessText(`${failure.code}, ${failure.kookMessage}`, KOOK_MESSAGE_LENGTH);
  if (failure.reason !== "bad_token") return error((words) => words.token.error(said));
  // Every known form of a bot token has at least one of these.
  const isOtherKind = "value" in token && !/[/+=]/.test(token.value);
  return error((words) =>
    isOtherKind ? words.token.refusedOther(said) : words.token.refused(said),
  );
}

/** True for the placeholder of an example: it is not sent to KOOK. */
function isPlaceholder(text: string): boolean {
  const value = text.trim().replace(/^(bot|bearer)\s+/i, "");
  if (/x{4}/i.test(value)) return true;
  return (
    !looksLikeToken(value) && /token|your|paste|here|x{3}|[<>…\p{Script=Han}]|\.{3}/iu.test(value)
  );
}

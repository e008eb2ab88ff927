// Settings that are wrong, misspelt or dangerous: the ones in force, or those of a host's entry.
import { type SettingInForce, unknownVariables } from "../../config/config.ts";
import { type Setting, settings } from "../../config/settings.ts";
import { shownValue } from "../../text/token-pattern.ts";
import { error, type Observation, warning } from "../finding.ts";

/** A setting's text, if it was given. */
export const settingText = (inForce: readonly SettingInForce[], wanted: SettingInForce["name"]) =>
  inForce.find(({ name }) => name === wanted)?.text;

export function checkSettings(
  inForce: SettingInForce[],
  env: Readonly<Record<string, string | undefined>>,
): Observation[] {
  return [
    ...inForce.flatMap(checkSetting),
    ...unknownVariables(env).map(({ name, meant }) =>
      meant === undefined
        ? warning((words) => words.settings.unknown(name))
        : error((words) => words.settings.misspelt(name, meant)),
    ),
    ...(env["NODE_TLS_REJECT_UNAUTHORIZED"] === "0"
      ? [warning((words) => words.settings.unverified)]
      : []),
  ];
}

function checkSetting(inForce: SettingInForce): Observation[] {
  const { name, source, text = "", problem, ignored } = inForce;
  const setting: Setting = settings[name];
  const named = source === "flag" ? `--${setting.flag}` : setting.env;
  if (problem !== undefined) {
    // A wrong base URL is not quoted: it may hold a password.
    const shown = name === "baseUrl" ? undefined : shownValue(text);
    const { help } = setting;
    return [error((words) => words.settings.wrong({ named, problem, shown, help }))];
  }
  if (ignored !== undefined) {
    const passed = JSON.stringify(shownValue(ignored));
    return [
      warning((words) => words.settings.ignored(setting.env, passed, setting.default ?? "off")),
    ];
  }
  const isKooksPath = name !== "baseUrl" || /\/api\/v3\/*$/.test(text);
  return isKooksPath ? [] : [warning((words) => words.settings.baseUrlPath(named))];
}

/** True if KOOK_BASE_URL is wrong, so that there is no address to send the token to. */
export function isBaseUrlWrong(inForce: SettingInForce[]): boolean {
  return inForce.some(({ name, problem }) => name === "baseUrl" && problem !== undefined);
}

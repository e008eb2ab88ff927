// The token of a host's entry: whether there is one, and whether KOOK may be asked about it.
import { type Config, settingsInForce } from "../config/config.ts";
import { settings } from "../config/settings.ts";
import { error, note, type Observation, warning } from "./finding.ts";
import { type HostEntry, type Machine, mapOf } from "./host-files.ts";
import type { Launch } from "./launch.ts";
import { isPlaceholder } from "./token.ts";
import { hostWords, tokenWords } from "./wording.ts";

export interface EntryExamined {
  observations: Observation[];
  /** The settings with which KOOK can be asked about the entry's token; undefined where there is none to ask about. */
  toAsk: Config | undefined;
}

/** What can be told of an entry's token without asking KOOK. */
export function observeEntryToken(
  entry: HostEntry,
  launch: Launch,
  config: Config,
  machine: Machine,
): EntryExamined {
  if (config.sandbox) return only(note(hostWords.sandbox));
  const { env, serverArgs } = launch;
  const text = env["KOOK_TOKEN"]?.trim() ?? "";
  // Only the host knows it, which has been told.
  if (text.includes("${")) return { observations: [], toAsk: undefined };
  const inForce = settingsInForce({ argv: serverArgs ?? [], env });
  const fromFile = inForce.some(({ name, text }) => name === "tokenFile" && text !== undefined);
  if (!fromFile && isPlaceholder(text)) return only(error(...tokenWords.placeholder()));
  const { KOOK_TOKEN: own } = machine.env;
  const unread = fromFile && entry.file.shared;
  if (unread || !("problem" in config.token)) {
    return usable(entry, { text, config, fromFile, own });
  }
  if (text !== "" || fromFile) return only(error(...tokenWords.unusable(config.token.problem)));
  if (mapOf(entry.value)["envFile"] !== undefined) return only(note(hostWords.asked(["envFile"])));
  return only(own ? warning(...hostWords.tokenOfShell()) : error(...hostWords.noToken()));
}

/**
 * A project's file may be a stranger's. It could name any file or variable of this computer's as the token, and an address
 * of its own for it. So of such a file only the token that it holds itself is tried, or the person's own KOOK_TOKEN, and
 * only at KOOK's own address.
 */
function usable(
  { file, value }: HostEntry,
  {
    text,
    config,
    fromFile,
    own,
  }: { text: string; config: Config; fromFile: boolean; own: string | undefined },
): EntryExamined {
  const { baseUrl } = config;
  const elsewhere = baseUrl !== settings.baseUrl.default;
  const written = String(mapOf(mapOf(value)["env"])["KOOK_TOKEN"]);
  const borrowed = fromFile || (written.includes("${") && text !== own?.trim());
  if (file.shared && elsewhere) return only(warning(...hostWords.sharedAddress(baseUrl)));
  if (file.shared && borrowed) return only(note(hostWords.sharedSource));
  const exposed = file.shared && !written.includes("${");
  return {
    observations: [
      ...(elsewhere ? [note(hostWords.address(baseUrl))] : []),
      ...(exposed ? [warning(...hostWords.sharedToken())] : []),
    ],
    toAsk: config,
  };
}

const only = (observation: Observation): EntryExamined => ({
  observations: [observation],
  toAsk: undefined,
});

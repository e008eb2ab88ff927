// What an inquiry tells of the token, and what can be told of one without asking.

import { looksLikeToken } from "../config/token-pattern.ts";
import type { Token } from "../kook/client.ts";
import { ApiError } from "../kook/errors.ts";
import { error, note, type Observation, ok, oneLine, warning } from "./finding.ts";
import type { Inquiry } from "./inquiry.ts";
import { tokenWords } from "./wording.ts";

/** Whether KOOK accepts the token, and whose it is. Names the bot, never the token. */
export function observeAcceptance({ me, error: failure }: Inquiry, token: Token): Observation {
  if (me) {
    const name = JSON.stringify(oneLine(me.username));
    return me.bot
      ? ok(tokenWords.accepted(name, me.id))
      : warning(...tokenWords.person(name, me.id));
  }
  if (!(failure instanceof ApiError)) return note(tokenWords.unchecked);
  const said = oneLine(`${failure.code}, ${failure.kookMessage}`);
  if (failure.reason !== "bad_token") return error(...tokenWords.error(said));
  const odd = "value" in token && !looksLikeToken(token.value);
  return error(...(odd ? tokenWords.refusedOdd(said) : tokenWords.refused(said)));
}

/** Whether a text stands where a token is to be put. Such a one is not worth a request. */
export function isPlaceholder(text: string): boolean {
  const value = text.trim().replace(/^(bot|bearer)\s+/i, "");
  if (/x{4}/i.test(value)) return true;
  return (
    !looksLikeToken(value) && /token|your|paste|here|x{3}|[<>…\p{Script=Han}]|\.{3}/iu.test(value)
  );
}

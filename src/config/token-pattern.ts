// What a KOOK token looks like. KOOK documents no form: these are guesses by what its documents and SDKs show.

/** Whether a text is of a token's form, as it is, `1/MTIzNDU=/…==`, or as it was. */
export function looksLikeToken(value: string): boolean {
  const usual = /^\d+\/[\w+/=-]+\/[\w+/=-]+$/.test(value);
  return usual || (/^[A-Za-z0-9+/=]{32,}$/.test(value) && /[+/=]/.test(value));
}

/** Inside a path such as `node-v20/bin/node` only the `=` at the end tells a token from folders. */
const TOKENS =
  /(?<![\w./\\])\d{1,9}\/[\w+=-]+\/[\w+/=-]{6,}|\d{1,9}\/[\w+-]+={0,2}\/[\w+/-]{4,}={1,2}/g;

/** A text that may quote what somebody put in the wrong place, with what looks like a token taken out. */
export function withoutTokens(text: string): string {
  return text.replace(TOKENS, "[token]");
}

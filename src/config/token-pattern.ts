// What a KOOK token looks like. KOOK documents no form: these are guesses from its documents and SDKs.

/** Whether a text has the form of a token: `1/MTIzNDU=/…==`, or the older base64 without slashes. */
export function looksLikeToken(value: string): boolean {
  const usual = /^\d+\/[\w+/=-]+\/[\w+/=-]+$/.test(value);
  return usual || (/^[A-Za-z0-9+/=]{32,}$/.test(value) && /[+/=]/.test(value));
}

/** Inside a path such as `node-v20/bin/node` only the `=` at the end tells a token from folders. */
const TOKENS =
  /(?<![\w./\\])\d{1,9}\/[\w+=-]+\/[\w+/=-]{6,}|\d{1,9}\/[\w+-]+={0,2}\/[\w+/-]{4,}={1,2}/g;

/** Redacts what looks like a token, for texts that quote a value from the wrong place. */
export function withoutTokens(text: string): string {
  return text.replace(TOKENS, "[token]");
}

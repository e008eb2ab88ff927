// Patterns of KOOK tokens, inferred from KOOK's examples and SDKs: KOOK documents no format.

/** Whether a text has the form of a token: `1/MTIzNDU=/…==`, or the older base64 without slashes. */
export function looksLikeToken(value: string): boolean {
  const usual = /^\d+\/[\w+/=-]+\/[\w+/=-]+$/.test(value);
  return usual || (/^[A-Za-z0-9+/=]{32,}$/.test(value) && /[+/=]/.test(value));
}

/**
 * Tokens inside other text. In a path such as `node-v20/bin/node`, and for the older form, only `=` or `+` tells a token
 * from folders and ids. The look-behinds keep the time linear: a value may have 128 KiB.
 */
const TOKENS = new RegExp(
  [
    /(?<![\w./\\])\d{1,9}\/[\w+=-]+\/[\w+/=-]{6,}/,
    /\d{1,9}(?:\/|%2F)[\w+-]{1,40}(?:=|%3D){0,2}(?:\/|%2F)[\w+/-]{4,200}(?:=|%3D)(?:[\w+/=-]|%2F|%3D)*/,
    /\d{1,9}(?:\/|%2F)[\w+-]{1,40}(?:=|%3D){1,2}(?:\/|%2F)[\w+/-]{4,200}/,
    /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{30,}(?:=|%3D){1,2}/,
    /(?<![A-Za-z0-9+])(?=[A-Za-z0-9]{0,200}\+)[A-Za-z0-9+]{32,}/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gi",
);

/** Redacts what looks like a token, for texts that quote a value from the wrong place. */
export function withoutTokens(text: string): string {
  return text.replace(TOKENS, "[token]");
}

/** `1/MTIzNDU=/…==`: the second part, its padding, the third and its padding. Matches may overlap. */
const slashedToken = /(?<!\d)(?=\d{1,9}\/([\w-]{1,40})(={0,2})\/([\w+/-]{16,200})(=?))/g;
/** The older form, as in TOKENS. */
const olderToken = /(?<![A-Za-z0-9+/])([A-Za-z0-9+/]{30,})=|(?<![A-Za-z0-9+])([A-Za-z0-9+]{32,})/g;

/**
 * Whether a message holds what looks like a token. Stricter than for settings, because people write 24/7/support: the
 * secret must look like 16 characters of base64.
 */
export function holdsTokenShape(message: string): boolean {
  const text = message.replace(/%(?:2B|2F|3D)/gi, decodeURIComponent);
  for (const [, id = "", padding, secret = "", end] of text.matchAll(slashedToken)) {
    // Without padding, only the id tells a token from folders.
    if (isBase64(secret) && (padding || end || isEncodedNumber(id))) return true;
  }
  for (const [, padded = "", plain = ""] of text.matchAll(olderToken)) {
    if (isBase64(padded) || (plain.includes("+") && isBase64(plain))) return true;
  }
  return false;
}

/** Random base64 has letters of both cases; a digit tells it from words in camel case. */
function isBase64(text: string): boolean {
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text);
}

function isEncodedNumber(text: string): boolean {
  return /^\d+$/.test(Buffer.from(text, "base64").toString("latin1"));
}

/** A setting's value as it may be shown: a token in the wrong setting is redacted whole, in every form that it may have. */
export function shownValue(value: string): string {
  const bare = value.trim().replace(/^(bot|bearer)\s+/i, "");
  // A path of folders with plain names has the characters of base64 too.
  const isPath = /^([./~\\]|[a-z]:)/i.test(bare);
  return looksLikeToken(bare) && !isPath ? "[token]" : withoutTokens(value);
}

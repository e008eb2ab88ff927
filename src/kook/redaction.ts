// Keeps the token out of texts: a gateway or an error page may echo what it was sent, in several encodings.

/** No token of KOOK's is shorter, and a shorter text would be found in harmless ones. */
const MIN_LENGTH = 8;

/** Returns a function that replaces the token by `[token]`, plain or encoded for a URL, JSON or base64. */
export function createRedaction(token: string): (text: string) => string {
  if (token.length < MIN_LENGTH) return (text) => text;
  // Longest first, so that no end of a longer form remains.
  const forms = [...new Set(formsOf(token))].sort((a, b) => b.length - a.length);
  const found = new RegExp(forms.map(escapeForRegExp).join("|"), "g");
  // Most texts hold no token, and includes() is much faster than the pattern.
  return (text) =>
    forms.some((form) => text.includes(form)) ? text.replace(found, "[token]") : text;
}

function formsOf(token: string): string[] {
  const forUrl = encodeURIComponent(token);
  const base64 = [token, `Bot ${token}`, `Bearer ${token}`].flatMap((text) => {
    const padded = btoa(text);
    const bare = padded.replace(/=+$/, "");
    return [padded, bare, bare.replaceAll("+", "-").replaceAll("/", "_")];
  });
  return [
    token,
    forUrl,
    forUrl.replace(/%../g, (code) => code.toLowerCase()),
    token.replaceAll("/", "\\/"),
    JSON.stringify(token).slice(1, -1),
    ...base64,
  ];
}

function escapeForRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

// Emoji of reactions.

/** The longest emoji sequence has ten code points. */
const MAX_LENGTH = 128;

/**
 * KOOK sends a Unicode emoji as `[#128077;]`, its code points. The id of a server emoji has a slash, and its name may be `--`.
 * @returns the emoji; `:name:` of a server emoji, or its id where it has no name
 */
export function emojiOf(id: string, name: string): string {
  if (id.length <= MAX_LENGTH && /^(?:\[(?:#\d{1,7};)+\])+$/.test(id)) return decoded(id) ?? id;
  if (id !== "" && !/^[\w/.+-]+$/.test(id)) return id;
  if (name !== "" && name !== "--") return `:${name}:`;
  return id === "" || id.includes("/") ? id : `:${id}:`;
}

/** @returns undefined where a number is no character that an emoji can have */
function decoded(id: string): string | undefined {
  const points = Array.from(id.matchAll(/\d+/g), Number);
  if (points.some((point) => point > 0x10_ffff)) return undefined;
  const emoji = String.fromCodePoint(...points);
  return /^[\p{Emoji}\p{Emoji_Component}]+$/u.test(emoji) ? emoji : undefined;
}

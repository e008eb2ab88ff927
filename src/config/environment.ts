// Environment variables as hosts pass them.

export type Environment = Readonly<Record<string, string | undefined>>;

/** The trimmed text. Hosts pass empty values, and `${…}` where they did not substitute: both mean that nothing was set. */
export function textIfSet(value: unknown): string | undefined {
  const text = value === undefined ? "" : String(value).trim();
  return text === "" || /^\$\{[^}]*\}$/.test(text) ? undefined : text;
}

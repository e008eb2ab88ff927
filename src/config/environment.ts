// Environment variables as hosts pass them.

export type Environment = Readonly<Record<string, string | undefined>>;

/** The trimmed text. Hosts pass empty values, and `${…}` where they did not substitute: both mean that nothing was set. */
export function textIfSet(value: unknown): string | undefined {
  const text = value === undefined ? "" : String(value).trim();
  return text === "" || /^\$\{[^}]*\}$/.test(text) ? undefined : text;
}

const QUOTATION = /^(?:"(.*)"|'(.*)'|`(.*)`|“(.*)”|‘(.*)’)$/s;

/** Without the white space and quotation marks around a pasted value. */
export function unquoted(text: string): string {
  let value = text.trim();
  for (let quoted = QUOTATION.exec(value); quoted; quoted = QUOTATION.exec(value)) {
    value = (quoted.slice(1).find((inner) => inner !== undefined) ?? "").trim();
  }
  return value;
}

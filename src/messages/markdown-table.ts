// A table as text for a code block: KMarkdown has no tables.
import { eastAsianWidth } from "get-east-asian-width";

/** Beyond this width a column is not padded: on a phone its lines wrap anyway. */
const MAX_WIDTH = 40;
const markOrJoiner = /[\p{M}\u200d]/u;

/**
 * @param rows the first is the head
 * @param align of each column
 */
export function tableText(rows: string[][], align: readonly (string | null)[]): string {
  const widths = align.map((_, column) =>
    Math.max(3, ...rows.map((row) => widthOf(row[column] ?? ""))),
  );
  const padded = (cell: string, column: number) => {
    const width = widths[column] ?? 0;
    const space = width > MAX_WIDTH ? "" : " ".repeat(Math.max(0, width - widthOf(cell)));
    return align[column] === "right" ? space + cell : cell + space;
  };
  const lines = rows.map((row) => row.map(padded).join(" | ").trimEnd());
  const rule = widths.map((width) => "-".repeat(Math.min(width, MAX_WIDTH))).join("-|-");
  const aligned = [lines[0], rule, ...lines.slice(1)].join("\n");
  // One wide cell would pad the column of a hundred rows.
  const plain = rows.map((row) => row.join(" | "));
  const bound = 3 * plain.join("\n").length + rule.length;
  return aligned.length <= bound ? aligned : [plain[0], "---", ...plain.slice(1)].join("\n");
}

function widthOf(text: string): number {
  let width = 0;
  for (const point of text)
    width += markOrJoiner.test(point) ? 0 : eastAsianWidth(point.codePointAt(0) ?? 0);
  return width;
}

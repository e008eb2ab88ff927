// Where the marks of bold, italic and struck text stand in a line. Marks are live only where every reading of KMarkdown
// agrees on them; otherwise the text stays without them. KOOK's own parser is not public.

type Kind = "strong" | "emphasis" | "delete";
/** A new object for each span: two spans side by side are two. */
export interface Style {
  kind: Kind;
}
/** The outermost first, each kind once. */
export type Styles = readonly Style[];
export type Leaf =
  | { type: "text"; text: string; styles: Styles }
  | { type: "code"; text: string; styles: Styles }
  | { type: "link"; text: string; address: string; styles: Styles };

/** The first and the last leaf between two marks. */
interface Range {
  mark: string;
  start: number;
  end: number;
}

export interface MarkedLeaf {
  leaf: Leaf;
  /** The outer first. */
  opened: Range[];
  closed: Range[];
}

const marks: Record<Kind, string> = { strong: "**", emphasis: "*", delete: "~~" };

export function markedLeaves(line: Leaf[]): MarkedLeaf[] {
  const leaves = line.flatMap(withoutEdges);
  const marked = leaves.map((leaf): MarkedLeaf => ({ leaf, opened: [], closed: [] }));
  for (const range of extents(leaves)) {
    if (!isClear(range, marked)) continue;
    marked[range.start]?.opened.push(range);
    marked[range.end]?.closed.unshift(range);
  }
  return marked;
}

/** Splits off the white space at the ends of a text: a mark beside it is not live. */
function withoutEdges(leaf: Leaf): Leaf[] {
  if (leaf.text === "") return [];
  if (leaf.type !== "text" || leaf.styles.length === 0) return [leaf];
  const { text } = leaf;
  const start = text.length - text.trimStart().length;
  const end = Math.max(start, text.trimEnd().length);
  return [text.slice(0, start), text.slice(start, end), text.slice(end)]
    .filter((piece) => piece !== "")
    .map((piece) => ({ ...leaf, text: piece }));
}

/** The leaves of each style, without white space at its ends. The outer and the earlier come first. */
function extents(leaves: Leaf[]): Iterable<Range> {
  const found = new Map<Style, Range>();
  leaves.forEach(({ text, styles }, index) => {
    if (text.trim() === "") return;
    for (const style of styles) {
      const range = found.get(style);
      if (range) range.end = index;
      else found.set(style, { mark: marks[style.kind], start: index, end: index });
    }
  });
  return found.values();
}

/** Whether a mark stands apart from others of its character. Only bold and italic of the same text share a place. */
function isClear({ mark, start, end }: Range, marked: MarkedLeaf[]): boolean {
  const character = mark[0] ?? "";
  const isAlike = (other: Range) => other.mark.startsWith(character);
  const inside = marked.slice(start, end + 1);
  const sharing = [...(inside[0]?.opened ?? []), ...(inside.at(-1)?.closed ?? [])].filter(isAlike);
  const before = marked[start - 1];
  const after = marked[end + 1];
  return (
    sharing.every((other) => other.start === start && other.end === end) &&
    !before?.closed.some(isAlike) &&
    !after?.opened.some(isAlike) &&
    // A parser may take a backslash or a mark there for its own.
    !`\\${character}`.includes(edge(inside[0]?.leaf, 0)) &&
    !`\\${character}`.includes(edge(inside.at(-1)?.leaf, -1)) &&
    !`\\${character}`.includes(edge(before?.leaf, -1)) &&
    edge(after?.leaf, 0) !== character &&
    // A parser may look for the mark before it looks for code.
    !inside.some(({ leaf }) => leaf.type === "code" && leaf.text.includes(character))
  );
}

/** The first or last character of a text; a space for anything else. */
function edge(leaf: Leaf | undefined, at: 0 | -1): string {
  return (leaf?.type === "text" && leaf.text.at(at)) || " ";
}

// The live parts of KMarkdown, found without src/: a plain tokenizer that takes more for live than KOOK may.

export interface Live {
  /** Unescaped tags, closed or not. */
  tags: string[];
  /** `:word:`; times such as 12:30:45 are none. */
  emoji: string[];
  links: { words: string; address: string }[];
  /** Addresses in text, which KOOK may link and preview. */
  bare: string[];
  /** Contents of inline code and of blocks; those of a block without its first line. */
  code: string[];
  blocks: string[];
  /** Texts between two marks, and marks without a partner. */
  styled: { mark: string; text: string }[];
  oddMarks: string[];
  quotes: number;
  rules: number;
}

export function liveIn(content: string): Live {
  const live: Live = {
    ...{ tags: [], emoji: [], links: [], bare: [], code: [], blocks: [], styled: [] },
    ...{ oddMarks: [], quotes: 0, rules: 0 },
  };
  const text = content.replace(
    /```([\s\S]*?)```|`([^`\n]+)`|\\([!-/:-@[-^`{-~])/g,
    (match, block?: string, code?: string, escaped?: string) => {
      if (block !== undefined) live.blocks.push(block.replace(/^.*\n/, "").replace(/\n$/, ""));
      else if (code !== undefined) live.code.push(code);
      // A private character for an escaped one, so that it starts nothing.
      else return String.fromCharCode(0xe000 + (escaped ?? "").charCodeAt(0));
      // Code keeps words apart, and is no construct.
      return match.startsWith("```") ? "\ue200" : "\ue201";
    },
  );
  for (const line of text.split("\n")) inLine(line, live);
  return live;
}

function inLine(line: string, live: Live): void {
  if (/^\s*>/.test(line)) live.quotes += 1;
  if (/^\s*---/.test(line)) live.rules += 1;
  const rest = line.replace(/\[([^[\]]*)\]\(\s*<?([^()\s]*)[^()]*\)/g, (_, words, address) => {
    live.links.push({ words: plain(words), address: plain(address) });
    return `\ue202${words}\ue202`;
  });
  live.tags.push(...(rest.match(/\((?:met|chn|rol|emj|ins|spl|font)\)/gi) ?? []));
  for (const { index, 1: word = "" } of rest.matchAll(/:(?=([\w+-]+):)/g)) {
    if (!/\d:\d\d?:\d/.test(rest.slice(index - 1, index + word.length + 3))) live.emoji.push(word);
  }
  live.bare.push(...(rest.match(/https?:\/\/[^\s]*/gi) ?? []));
  marks(rest, live);
}

/** Marks open and close like brackets; one that does neither is odd. */
function marks(line: string, live: Live): void {
  const open: { mark: string; start: number }[] = [];
  for (const { index, 0: mark } of line.matchAll(/\*+|~+/g)) {
    const last = open.findLastIndex((other) => other.mark === mark);
    if (!["*", "**", "***", "~~"].includes(mark)) {
      live.oddMarks.push(mark);
    } else if (last === open.length - 1 && last >= 0) {
      const text = line.slice(open[last]?.start, index).replace(/[*~]/g, "");
      live.styled.push({ mark, text: plain(text) });
      open.pop();
    } else {
      open.push({ mark, start: index + mark.length });
    }
  }
  live.oddMarks.push(...open.map(({ mark }) => mark));
}

function plain(text: string): string {
  return text.replace(/[\ue000-\ue0ff]/g, (character) =>
    String.fromCharCode(character.charCodeAt(0) - 0xe000),
  );
}

// Lines that fit a terminal.

const WIDTH = 80;

/** Columns in a terminal: Chinese characters and full-width punctuation take two. */
const columnsOf = (text: string): number =>
  [...text].length +
  (text.match(/[\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60]/gu)?.length ?? 0);

/** Between words, and beside a Chinese character; never before a closing mark or after an opening one. */
const BREAK =
  /(?<= )|(?<=[\p{sc=Han}，。；：、）」”])(?![，。；：、）」”])|(?<![（「“])(?=[\p{sc=Han}（「“])/u;

/** Breaks a text so that no line is wider than a terminal. Every line starts with `indent`. */
export function wrapped(text: string, indent: string): string {
  const lines = [""];
  for (const part of text.split(BREAK)) {
    const last = lines.at(-1) ?? "";
    const fits = columnsOf(indent) + columnsOf((last + part).trimEnd()) <= WIDTH;
    if (fits || last === "") lines[lines.length - 1] = last + part;
    else lines.push(part);
  }
  return lines.map((line) => indent + line.trimEnd()).join("\n");
}

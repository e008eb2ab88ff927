// Bytes as lines, with a bound on what is held in memory.

const NEWLINE = 10;

/** Bytes that are kept at each end of a line that is too long. */
const END_BYTES = 1024;

interface LineHandlers {
  /** A line without its ends: white space, the CR of a CRLF and a byte order mark are trimmed. Never empty. */
  line(text: string): void;
  /** The first and the last characters of a line that is longer than allowed. */
  tooLong(ends: string): void;
}

export class LineReader {
  readonly #maxBytes: number;
  readonly #handlers: LineHandlers;
  /** The line being read. Decoding it as a whole keeps characters that two chunks share. */
  #pieces: Buffer[] = [];
  #length = 0;

  constructor(maxBytes: number, handlers: LineHandlers) {
    this.#maxBytes = maxBytes;
    this.#handlers = handlers;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#append(chunk.subarray(start, end));
      this.end();
      start = end + 1;
    }
    this.#append(chunk.subarray(start));
  }

  /** Ends a line; the last one of a stream may come without a newline. */
  end(): void {
    const text = Buffer.concat(this.#pieces).toString().trim();
    const { line, tooLong } = this.#handlers;
    const handle = this.#length > this.#maxBytes ? tooLong : line;
    this.#pieces = [];
    this.#length = 0;
    if (text !== "") handle(text);
  }

  #append(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length <= this.#maxBytes) return;
    const held = Buffer.concat(this.#pieces);
    // Copies: parts of the buffer would keep the whole in memory.
    const ends = [held.subarray(0, END_BYTES), held.subarray(-END_BYTES)];
    this.#pieces = ends.map((end) => Buffer.from(end));
  }
}

// Bytes as lines, with a bound on what is held in memory.

const NEWLINE = 10;

interface LineHandlers {
  /** A line without its ends: white space, the CR of a CRLF and a byte order mark are trimmed. Never empty. */
  line(text: string): void;
  /** The beginning of a line that is longer than allowed. The rest of the line is skipped. */
  tooLong(beginning: string): void;
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
    this.#pieces = [];
    this.#length = 0;
    if (text !== "") this.#handlers.line(text);
  }

  #append(piece: Buffer): void {
    const skips = this.#length > this.#maxBytes;
    this.#length += piece.length;
    if (skips) return;
    this.#pieces.push(piece);
    if (this.#length <= this.#maxBytes) return;
    const beginning = Buffer.concat(this.#pieces, 1024).toString();
    this.#pieces = [];
    this.#handlers.tooLong(beginning);
  }
}

// KOOK's pages in order, with the next ones already under way.
import type { ChatPage } from "./page.ts";

/** Reads one page; `signal` aborts when nobody wants it any more. */
export type ReadPage = (page: number, signal: AbortSignal) => Promise<ChatPage>;

export interface ReadAheadOptions {
  first: number;
  /** How many pages may be under way at once; asked anew before each page. */
  ahead: () => number;
  signal: AbortSignal | undefined;
}

/**
 * Gives the pages from `first` to the last one that KOOK tells of. What is under way is aborted when the reader stops.
 * Only the first page is asked for at the start: it tells how many there are, and often it is enough.
 */
export async function* readAhead(
  read: ReadPage,
  { first, ahead, signal }: ReadAheadOptions,
): AsyncGenerator<ChatPage, void> {
  const unwanted = new AbortController();
  const readSignal = signal ? AbortSignal.any([signal, unwanted.signal]) : unwanted.signal;
  const underWay: Promise<ChatPage>[] = [];
  const start = (page: number) => {
    const reading = read(page, readSignal);
    // It may fail after the reader has stopped; the reader sees it when its turn comes.
    reading.catch(() => undefined);
    underWay.push(reading);
  };
  try {
    start(first);
    for (let asked = first; underWay.length > 0; ) {
      const page = (await underWay.shift()) as ChatPage;
      yield page;
      if (!page.next_page) return;
      while (asked < page.page_total && underWay.length < Math.max(1, ahead())) start(++asked);
    }
  } finally {
    unwanted.abort();
  }
}

// KOOK's pages in order, with the next ones already in flight.
import type { ChatPage } from "./page.ts";

/** Reads one page; `signal` aborts when the reader has stopped. */
export type ReadPage = (page: number, signal: AbortSignal) => Promise<ChatPage>;

export interface PrefetchOptions {
  first: number;
  /** How many pages may be in flight; asked again before each page. */
  ahead: () => number;
  signal: AbortSignal | undefined;
}

/**
 * Yields the pages from `first` to the last one, and aborts what is in flight when the reader stops. Only the first page
 * is requested at the start: it tells how many there are, and often it is enough.
 */
export async function* prefetch(
  read: ReadPage,
  { first, ahead, signal }: PrefetchOptions,
): AsyncGenerator<ChatPage, void> {
  const stopped = new AbortController();
  const readSignal = signal ? AbortSignal.any([signal, stopped.signal]) : stopped.signal;
  const inFlight: Promise<ChatPage>[] = [];
  const start = (page: number) => {
    const reading = read(page, readSignal);
    // A page can fail after the reader has stopped; before that, the reader sees the failure when its turn comes.
    reading.catch(() => undefined);
    inFlight.push(reading);
  };
  try {
    start(first);
    for (let asked = first; inFlight.length > 0; ) {
      const page = (await inFlight.shift()) as ChatPage;
      yield page;
      if (!page.next_page) return;
      while (asked < page.page_total && inFlight.length < Math.max(1, ahead())) start(++asked);
    }
  } finally {
    stopped.abort();
  }
}

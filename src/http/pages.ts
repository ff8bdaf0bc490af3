/** Lists that come in pages. */
import { NetworkError } from "../errors.ts";

export interface Page<T> {
  items: readonly T[];
  /** What to ask the next page with; absent on the last one. */
  next?: string;
}

/**
 * Everything in a list, page by page. Throws `rejected` when it does not end after `most` pages: then it is unknown what is
 * not in it.
 */
export async function* everyItem<T>(
  ask: (next: string | undefined) => Promise<Page<T>>,
  most = 20,
): AsyncGenerator<T> {
  let next: string | undefined;
  for (let page = 0; page < most; page++) {
    const found = await ask(next);
    yield* found.items;
    next = found.next;
    if (next === undefined) return;
  }
  throw tooMuch();
}

/** The list goes on, and cannot be read further. */
export function tooMuch(): NetworkError {
  return new NetworkError("rejected", "too much was posted since then to look through");
}

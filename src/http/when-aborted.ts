/** Who waits for a signal: requests share them, and a listener of each one's own would be looked for among all of them when it goes. */
const listening = new WeakMap<AbortSignal, Set<() => void>>();

/** Gives what stops the listening. */
export function whenAborted(signal: AbortSignal, abort: () => void): () => void {
  let all = listening.get(signal);
  if (!all) {
    const fresh = new Set<() => void>();
    signal.addEventListener("abort", () => fresh.forEach((each) => void each()), { once: true });
    listening.set(signal, fresh);
    all = fresh;
  }
  all.add(abort);
  return () => void all.delete(abort);
}

/** "Did you mean": the nearest valid word. */

/** The nearest candidate, if it may be a typing error: at most a third of the letters differ, and never more than three. */
export function suggest(written: string, candidates: Iterable<string>): string | undefined {
  const word = written.toLowerCase();
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    const limit = Math.min(3, Math.floor(Math.max(word.length, other.length) / 3));
    if (candidate === written || Math.abs(other.length - word.length) > limit || isAnotherWord(word, other))
      continue;
    const distance = editDistance(word, other);
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

// People rarely mistype the first letter: of two short words, `memo` is not a slip for `demo`.
function isAnotherWord(a: string, b: string): boolean {
  return a.length <= 4 && a.length === b.length && a[0] !== b[0] && a[0] !== b[1];
}

/** `did you mean x?`, or the choices when there are few, as the start of a remedy; empty when neither helps. */
export function didYouMean(written: string, candidates: Iterable<string>): string {
  const all = [...candidates];
  const near = suggest(written, all);
  if (near !== undefined) return `Did you mean \`${near}\`?`;
  if (all.length === 0 || all.length > 20) return "";
  return all.length === 1 ? `There is only \`${all[0]}\`.` : `Choose from ${listed(all)}.`;
}

/** `a`, `b` or `c`. */
export function listed(words: readonly string[], last = "or"): string {
  const quoted = words.map((word) => `\`${word}\``);
  if (quoted.length < 2) return quoted.join("");
  return `${quoted.slice(0, -1).join(", ")} ${last} ${quoted.at(-1)}`;
}

/** Levenshtein with neighbours swapped counted once (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, before[j - 2]! + 1);
      }
      row.push(least);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length]!;
}

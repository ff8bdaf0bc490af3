/** "Did you mean": the nearest of the words that would have been right. */

/** The nearest candidate, if it is near enough to be a slip of the hand or a plural too many. */
export function suggest(written: string, candidates: Iterable<string>): string | undefined {
  const word = written.toLowerCase();
  // A third of the word may be wrong, and never more than three letters.
  const limit = Math.min(3, Math.max(1, Math.floor(word.length / 3)));
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    if (candidate === written || Math.abs(candidate.length - word.length) > limit) continue;
    const distance = editDistance(word, candidate.toLowerCase());
    if (distance <= limit && (best === undefined || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
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

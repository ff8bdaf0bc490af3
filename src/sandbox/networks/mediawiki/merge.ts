/** The merge of two changes of one text, as a wiki does it with diff3: what both have touched is a conflict. */
export function merged(base: string, theirs: string, ours: string): string | undefined {
  if (theirs === ours || theirs === base) return ours;
  if (ours === base) return theirs;
  const [old, one, two] = [base, theirs, ours].map((text) => text.split("\n")) as [
    string[],
    string[],
    string[],
  ];
  const [a, b] = [changeOf(old, one), changeOf(old, two)];
  // Lines that touch each other count as the same place.
  if (a.from <= b.to && b.from <= a.to) return undefined;
  const [first, second] = a.from < b.from ? [a, b] : [b, a];
  return [
    ...old.slice(0, first.from),
    ...first.lines,
    ...old.slice(first.to, second.from),
    ...second.lines,
    ...old.slice(second.to),
  ].join("\n");
}

/** The one stretch of lines, end exclusive, that is other than it was. */
function changeOf(old: string[], now: string[]): { from: number; to: number; lines: string[] } {
  let from = 0;
  while (from < old.length && from < now.length && old[from] === now[from]) from++;
  let tail = 0;
  while (
    tail < old.length - from &&
    tail < now.length - from &&
    old[old.length - 1 - tail] === now[now.length - 1 - tail]
  )
    tail++;
  return { from, to: old.length - tail, lines: now.slice(from, now.length - tail) };
}

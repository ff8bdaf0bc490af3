/** The difference between two texts, word by word, in the lines where there is one. */
import type { Paint } from "./style.ts";

// Beyond this a table of all pairs takes too long: the whole middle counts as changed.
const MOST_PAIRS = 4_000_000;

const words = new Intl.Segmenter(undefined, { granularity: "word" });

export interface Piece {
  is: "same" | "gone" | "new";
  text: string;
}

/** Lines with a change in them; removed words and new ones are marked. Texts are printable. */
export function wordDiff(before: string, after: string, paint: Paint): string[] {
  const isColoured = paint.red("-") !== "-";
  const mark = ({ is, text }: Piece): string => {
    if (is === "same" || text === "") return text;
    if (is === "gone") return isColoured ? paint.red(paint.struck(text)) : `[-${text}-]`;
    return isColoured ? paint.green(text) : `{+${text}+}`;
  };
  return changedLines(before, after).map((line) => line.map(mark).join(""));
}

/** The lines with a change in them, as pieces. */
export function changedLines(before: string, after: string): Piece[][] {
  const lines: { pieces: Piece[]; changed: boolean }[] = [{ pieces: [], changed: false }];
  for (const piece of pieces(before, after)) {
    piece.text.split("\n").forEach((text, index) => {
      if (index > 0) lines.push({ pieces: [], changed: false });
      const line = lines.at(-1)!;
      line.pieces.push({ ...piece, text });
      line.changed ||= piece.is !== "same" && text !== "";
    });
  }
  return lines.filter(({ changed }) => changed).map((line) => line.pieces);
}

/** Longest common subsequence of the words, on what is left between an equal start and an equal end. */
function pieces(before: string, after: string): Piece[] {
  const a = tokens(before);
  const b = tokens(after);
  let start = 0;
  while (start < Math.min(a.length, b.length) && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  const middle = between(a.slice(start, a.length - end), b.slice(start, b.length - end));
  let found = joined([
    { is: "same", text: a.slice(0, start).join("") },
    ...middle,
    { is: "same", text: end === 0 ? "" : a.slice(-end).join("") },
  ]);
  // What has grown together may make the next one an island.
  for (let before = 0; before !== found.length; ) {
    before = found.length;
    found = joined(withoutIslands(found));
  }
  return found;
}

function tokens(text: string): string[] {
  return Array.from(words.segment(text), ({ segment }) => segment);
}

function between(a: readonly string[], b: readonly string[]): Piece[] {
  if (a.length * b.length > MOST_PAIRS)
    return [
      { is: "gone", text: a.join("") },
      { is: "new", text: b.join("") },
    ];
  const longest = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      longest[i]![j] =
        a[i] === b[j] ? longest[i + 1]![j + 1]! + 1 : Math.max(longest[i + 1]![j]!, longest[i]![j + 1]!);
  const found: Piece[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      found.push({ is: "same", text: a[i]! });
      i += 1;
      j += 1;
    } else if (j >= b.length || (i < a.length && longest[i + 1]![j]! >= longest[i]![j + 1]!)) {
      found.push({ is: "gone", text: a[i]! });
      i += 1;
    } else {
      found.push({ is: "new", text: b[j]! });
      j += 1;
    }
  }
  return found;
}

// A word or two that two other sentences happen to share, between longer changes, only makes both harder to read.
function withoutIslands(all: readonly Piece[]): Piece[] {
  const runs: { same: boolean; pieces: Piece[] }[] = [];
  for (const piece of all) {
    const same = piece.is === "same";
    if (runs.at(-1)?.same === same) runs.at(-1)!.pieces.push(piece);
    else runs.push({ same, pieces: [piece] });
  }
  const weight = (run: { pieces: Piece[] } | undefined) => {
    const of = (is: Piece["is"]) =>
      (run?.pieces ?? []).reduce((sum, piece) => sum + (piece.is === is ? piece.text.length : 0), 0);
    return Math.max(of("gone"), of("new"));
  };
  return runs.flatMap(({ same, pieces }, index) => {
    const text = pieces.map((piece) => piece.text).join("");
    const most = Math.min(weight(runs[index - 1]), weight(runs[index + 1]));
    const island = same && text.length <= most && !text.includes("\n");
    return island
      ? [
          { is: "gone" as const, text },
          { is: "new" as const, text },
        ]
      : pieces;
  });
}

// A space between two changed words belongs to the change: else every word would be marked by itself.
function joined(all: readonly Piece[]): Piece[] {
  const result: Piece[] = [];
  let gone = "";
  let added = "";
  const flush = () => {
    if (gone !== "") result.push({ is: "gone", text: gone });
    if (added !== "") result.push({ is: "new", text: added });
    gone = "";
    added = "";
  };
  all.forEach((piece, index) => {
    const next = all[index + 1];
    if (piece.is === "gone") gone += piece.text;
    else if (piece.is === "new") added += piece.text;
    else if (piece.text === " " && gone !== "" && added !== "" && next && next.is !== "same") {
      gone += " ";
      added += " ";
    } else {
      flush();
      if (piece.text !== "") result.push(piece);
    }
  });
  flush();
  return result;
}

/**
 * Where to break a text into posts: as few as fit, alike in length, broken at the best places. It is Knuth's way with
 * paragraphs: every break has a price, so has the room left over, and the cheapest whole is found, not the next best cut.
 * Lengths are estimates from the words alone; the caller renders and measures each post, and says how full it really is.
 */
import { type Break, graphemeBreaks, type Rank } from "./breaks.ts";
import { lengthOf } from "./measure.ts";
import { type Layout, lineOf, type Piece, readable, within } from "./tree-slice.ts";
import type { TextRules } from "./types.ts";

/** From the start of one break to the end of another. */
export interface Stretch {
  from: number;
  to: number;
}

export interface Task {
  layout: Layout;
  stretch: Stretch;
  /** Every break in the layout, in reading order. */
  breaks: Break[];
  rules: TextRules;
  /** The fullness of the whole stretch as one post, when the caller knows it to be more than 1. */
  whole?: number;
  /** How full this stretch would fill a post: 1 is exactly full. `first`: it is the first of the arrangement. */
  fullness: (stretch: Stretch, first: boolean) => number;
  /** The room that other things take in every post, as a share of it; and in the first one. */
  reserved: number;
  reservedFirst: number;
}

/** The price of a break, in posts left empty, squared. */
const PRICE: Record<Rank, number> = {
  block: 0,
  item: 0.08,
  sentence: 0.2,
  clause: 0.45,
  word: 0.9,
  grapheme: 3,
};

/** A post that cannot be made to fit. */
const TOO_LONG = 1000;

/** Stretches that fit, and whether all of them do: one indivisible thing may be longer than a post. */
export function arrange(task: Task): { stretches: Stretch[]; fits: boolean } {
  const probe = probeOf(task);
  const full = task.whole ?? task.fullness(probe, true);
  if (full <= 1) {
    // Hardly ever: so many letters that fill so little.
    const whole = probe === task.stretch ? full : task.fullness(task.stretch, true);
    if (whole <= 1) return { stretches: [task.stretch], fits: true };
    return arrange({ ...task, whole });
  }
  const { places, at, share } = placesOf(task, full - task.reservedFirst, probe.to);
  const last = places.length - 1;
  const room = (from: number) => Math.max(0.05, 1 - (from === 0 ? task.reservedFirst : task.reserved));
  const size = (from: number, to: number) => share * (at.end[to]! - at.start[from]!);

  const cheapest = new Float64Array(last + 1);
  const prices = new Float64Array(last + 1);
  for (let index = 0; index < last; index += 1) prices[index] = PRICE[places[index]!.rank];
  const { start, end } = at;
  const choose = (from: number, most: number): number => {
    let best = from + 1;
    let price = Number.POSITIVE_INFINITY;
    const full = room(from);
    for (let to = from + 1; to <= last; to += 1) {
      const filled = share * (end[to]! - start[from]!);
      if (filled > most) break;
      const left = 1 - filled / full;
      const total = left * left + prices[to]! + cheapest[to]!;
      if (total <= price) {
        price = total;
        best = to;
      }
    }
    cheapest[from] = price === Number.POSITIVE_INFINITY ? TOO_LONG + cheapest[best]! : price;
    return best;
  };
  const next = new Int32Array(last + 1);
  for (let from = last - 1; from >= 0; from -= 1) next[from] = choose(from, room(from));

  const stretches: Stretch[] = [];
  let fits = true;
  for (let from = 0; from < last; ) {
    let to = next[from]!;
    let stretch = { from: places[from]!.start, to: places[to]!.end };
    let full = task.fullness(stretch, from === 0);
    while (full > 1 && to > from + 1) {
      to = choose(from, Math.min(size(from, to) / full, size(from, to - 1)));
      stretch = { from: places[from]!.start, to: places[to]!.end };
      full = task.fullness(stretch, from === 0);
    }
    fits &&= full <= 1;
    stretches.push(stretch);
    from = to;
  }
  return { stretches, fits };
}

/** Whether so many letters will hardly be one post, so that it is not tried first. */
export const isLong = (letters: number, { max }: Pick<TextRules, "max">): boolean => letters > 1.5 * max;

/** What tells how full a post gets of so many words: the stretch, or the beginning of a long one. */
function probeOf({ stretch, breaks, rules: { max }, whole }: Task): Stretch {
  const { from, to } = stretch;
  if (whole !== undefined || !isLong(to - from, { max })) return stretch;
  // Letters are not what networks count, but an eighth is enough to tell, and a little more than a post is too much for one.
  const letters = Math.max(1.3 * max, Math.min(8 * max, (to - from) / 8));
  const end = within(breaks, from, from + letters).at(-1)?.end ?? from;
  return end > from + letters / 2 && end < to ? { from, to: end } : stretch;
}

interface Places {
  /** The stretch's own ends and the breaks between them. */
  places: Break[];
  /** Estimated length of everything before a place. */
  at: { start: Float64Array; end: Float64Array };
  /** What one unit of the estimate fills of a post. */
  share: number;
}

/**
 * The breaks worth considering: inside a word only where it is long, and no more than a few dozen per post.
 * `full`: how many posts the words of the stretch fill, from its beginning to `upTo`.
 */
export function placesOf(task: Task, full: number, upTo = task.stretch.to): Places {
  const { layout, rules } = task;
  const { places, rough } = estimated(task);
  const probed = places.findLastIndex(({ end }) => end === upTo);
  const share = full / Math.max(1, rough.end[probed]! - rough.start[0]!);

  const fine: Break[] = [];
  for (const [index, place] of places.entries()) {
    const before = places[index - 1];
    const fill = before ? share * (rough.end[index]! - rough.start[index - 1]!) : 0;
    if (before && fill > 1 / 6) {
      // `thin` would keep no more than a few of them per 16th of a post.
      const step = Math.floor((place.end - before.start) / (64 * fill));
      for (const extra of graphemeBreaks(layout, before.start, place.end, step)) fine.push(extra);
    }
    fine.push(place);
  }
  const at = fine.length === places.length ? rough : estimate(layout, fine, rules);
  const kept = thin(fine, at.end, share);
  const start = new Float64Array(kept.length);
  const end = new Float64Array(kept.length);
  kept.forEach((index, place) => {
    start[place] = at.start[index]!;
    end[place] = at.end[index]!;
  });
  return { places: kept.map((index) => fine[index]!), at: { start, end }, share };
}

type Estimated = { places: Break[]; rough: Places["at"] };

/** Every break of the stretch with its estimate: the same for all networks that count alike. */
function estimated({ layout, stretch: { from, to }, breaks, rules }: Task): Estimated {
  const all = known.get(breaks) ?? new Map<string, Estimated>();
  known.set(breaks, all);
  const key = `${from} ${to} ${rules.unit} ${rules.link}`;
  const before = all.get(key);
  if (before) return before;
  const places: Break[] = [{ end: from, start: from, rank: "block" }];
  for (const place of within(breaks, from, to)) if (place.end > from) places.push(place);
  places.push({ end: to, start: to, rank: "block" });
  const made = { places, rough: estimate(layout, places, rules) };
  all.set(key, made);
  return made;
}

const known = new WeakMap<Break[], Map<string, Estimated>>();

/** In every 16th of a post, the first, the last and the best place: enough to choose from, and time stays linear. */
function thin(places: Break[], ends: Float64Array, share: number): number[] {
  const bucketOf = (index: number) => Math.floor(ends[index]! * share * 16);
  const last = places.length - 1;
  const kept = [0];
  for (let first = 1; first < last; ) {
    let best = first;
    let next = first + 1;
    for (; next < last && bucketOf(next) === bucketOf(first); next += 1) {
      if (PRICE[places[next]!.rank] <= PRICE[places[best]!.rank]) best = next;
    }
    kept.push(first);
    if (best > first) kept.push(best);
    if (next - 1 > best) kept.push(next - 1);
    first = next;
  }
  return [...kept, last];
}

/** Estimated length up to each place: its words, links as the network counts them, and a little for every block. */
function estimate(layout: Layout, places: Break[], rules: TextRules): Places["at"] {
  const start = new Float64Array(places.length);
  const end = new Float64Array(places.length);
  const [from, to] = [places[0]!.start, places.at(-1)!.end];
  const leads = leadsOf(layout.root, from, to);
  const leaves = within(layout.leaves, from, to);
  let leaf = 0;
  let at = from;
  let sum = 0;
  const upTo = (position: number): number => {
    while (leaf < leaves.length && at < position) {
      const piece = leaves[leaf]!;
      if (piece.end <= at) {
        leaf += 1;
        continue;
      }
      const stop = Math.min(position, piece.end);
      if (at === piece.start) sum += leads.get(at) ?? 0;
      sum += costOf(piece, at, stop, layout, rules);
      at = stop;
    }
    return sum;
  };
  places.forEach((place, index) => {
    end[index] = upTo(place.end);
    // At the top of a post nothing separates a block from the one before.
    start[index] = upTo(place.start) + (leads.get(place.start) ?? 0);
  });
  return { start, end };
}

function costOf(piece: Piece, from: number, to: number, layout: Layout, rules: TextRules): number {
  const { node } = piece;
  if ((node.type === "text" || node.type === "code") && node.value) {
    return lengthOf(node.value.slice(from - piece.start, to - piece.start), rules.unit);
  }
  if (node.type === "break" || lineOf(piece) === "\n") return 1;
  const words = lengthOf(readable(piece, layout.notes), rules.unit);
  return rules.link !== undefined && node.type === "link" ? Math.min(words, rules.link) : words;
}

const LEAD: Record<string, number> = {
  paragraph: 2,
  heading: 2,
  code: 2,
  listItem: 2,
  tableRow: 1,
  tableCell: 2,
};

/** What the start of a block in [from, to) costs: blank lines and bullets. */
function leadsOf(root: Piece, from: number, to: number): Map<number, number> {
  const leads = new Map<number, number>();
  const waiting = [root];
  for (let piece = waiting.pop(); piece; piece = waiting.pop()) {
    const lead = LEAD[piece.node.type];
    if (lead !== undefined) leads.set(piece.start, (leads.get(piece.start) ?? 0) + lead);
    for (const child of within(piece.children ?? [], from, to)) {
      if (!INLINE.has(child.node.type)) waiting.push(child);
    }
  }
  return leads;
}

const INLINE = new Set([
  "text",
  "emphasis",
  "strong",
  "delete",
  "link",
  "break",
  "inlineCode",
  "mention",
  "tag",
]);

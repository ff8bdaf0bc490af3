/** One text as one post, as a thread, or cut short in plain sight. Nothing is ever cut silently. */

import { endWith, numbered, together } from "./append.ts";
import { breaksOf } from "./breaks.ts";
import { arrange, isLong, placesOf, type Stretch, type Task } from "./line-breaking.ts";
import { measure } from "./measure.ts";
import type { Tree } from "./tree.ts";
import { type Layout, lay, slice } from "./tree-slice.ts";
import type { Markup, Measured, RenderContext, Rendered, TextRules } from "./types.ts";

export interface Fit {
  /** What to do with a text that is too long. `---` on a line of its own begins a new post in a thread. */
  fit: "thread" | "trim" | "refuse";
  /** "(2/5)" at the end of each part of a thread; counted like the rest. */
  number?: boolean;
  /** BCP 47; default: the context's. */
  lang?: string;
  /** The link and the tags: they stay on the first part, and `trim` keeps them. */
  suffix?: Tree;
  /** A content warning that every part carries, where it counts in the same budget. */
  warning?: string;
  /** The most that the first post may measure, where this is less than the others may: beside a picture. */
  first?: number;
}

export interface Part {
  rendered: Rendered;
  measured: Measured;
}

export interface SplitResult {
  parts: Part[];
  /** False: the text is too long and was to be refused, and `parts[0]` holds the whole; or one indivisible thing is. */
  fits: boolean;
  trimmed: boolean;
}

type Make = (tree: Tree, first?: boolean) => Part;
type Render = (tree: Tree, markup: Markup, context?: RenderContext) => Rendered;

/** Linear in the length of the text. Formatting that is cut through is closed and opened again. */
export function split(
  tree: Tree,
  rules: TextRules,
  fit: Fit,
  context: RenderContext,
  render: Render,
): SplitResult {
  const firstRules = fit.first === undefined ? rules : { ...rules, max: Math.min(fit.first, rules.max) };
  const make: Make = (part, first) => {
    const rendered = render(part, rules.markup, context);
    return {
      rendered,
      measured: measure(rendered, first ? firstRules : rules, { warning: fit.warning }),
    };
  };
  const layout = lay(tree);
  let full: number | undefined;
  const authors = authorsParts(layout);
  // One post keeps the breaks between its paragraphs; one that stands before or behind everything parts nothing.
  const stretches =
    fit.fit === "thread" || authors.length === 0
      ? authors
      : [{ from: authors[0]!.from, to: authors.at(-1)!.to }];
  const long = fit.fit === "thread" && isLong(layout.root.end, rules);
  if (stretches.length <= 1 && !long) {
    const only = stretches[0];
    const body = only ? slice(layout, only.from, only.to) : tree;
    const whole = make(together(body, fit.suffix), true);
    if (whole.measured.fits) return { parts: [whole], fits: true, trimmed: false };
    if (fit.fit === "refuse" || !only) return { parts: [whole], fits: false, trimmed: false };
    if (fit.fit === "trim") return trim(layout, only, whole, rules, fit, context, make);
    full = fullness(whole.measured, rules) + heldBack(fit, rules);
  }
  return thread(layout, stretches, full, rules, fit, context, make);
}

/** How full a post is: 1 is exactly full. The stricter of its two ceilings counts. */
function fullness({ length, bytes }: Measured, { max }: TextRules): number {
  return Math.max(length / max, bytes ? bytes.length / bytes.max : 0);
}

/** What the first post holds less than the others, as a share of a post. */
function heldBack({ first }: Fit, { max }: TextRules): number {
  return first === undefined ? 0 : Math.max(0, 1 - first / max);
}

/** Between the author's own breaks. */
function authorsParts(layout: Layout): Stretch[] {
  const parts: Stretch[] = [];
  let from: number | undefined;
  for (const piece of layout.root.children ?? []) {
    if (piece.node.type === "thematicBreak") {
      from = undefined;
    } else if (from === undefined) {
      from = piece.start;
      parts.push({ from, to: piece.end });
    } else {
      parts.at(-1)!.to = piece.end;
    }
  }
  return parts;
}

function thread(
  layout: Layout,
  stretches: Stretch[],
  full: number | undefined,
  rules: TextRules,
  fit: Fit,
  context: RenderContext,
  make: Make,
): SplitResult {
  const breaks = breaksOf(layout, fit.lang ?? context.lang);
  const held = heldBack(fit, rules);
  const empty = make(slice(layout, 0, 0));
  const besides = (tree: Tree) => fullness(make(tree).measured, rules) - fullness(empty.measured, rules);
  const suffix = fit.suffix ? besides(fit.suffix) + 2 / rules.max : 0;

  // How many digits the numbers have depends on how many parts there are, and that on the digits.
  for (let digits = String(Math.ceil(layout.root.end / rules.max)).length; ; digits += 1) {
    const nines = "9".repeat(digits);
    const mark = fit.number ? `(${nines}/${nines})` : undefined;
    const reserved = fullness(empty.measured, rules) + (mark ? (mark.length + 1) / rules.max : 0);
    const made = new Map<Stretch, Part>();
    let fits = true;
    const found = stretches.flatMap((stretch, index) => {
      const opening = (first: boolean) => (first && index === 0 ? fit.suffix : undefined);
      const arranged = arrange({
        layout,
        stretch,
        breaks,
        rules,
        whole: full,
        fullness: (piece, first) => {
          const leads = first && index === 0;
          const words = together(slice(layout, piece.from, piece.to), opening(first));
          const part = make(numbered(words, mark), leads);
          made.set(piece, part);
          const full = fullness(part.measured, rules) + (leads ? held : 0);
          // Two shares of a post may add up to a hair more than they are.
          return part.measured.fits ? Math.min(1, full) : full;
        },
        reserved,
        reservedFirst: reserved + (index === 0 ? suffix + held : 0),
      });
      fits &&= arranged.fits;
      return arranged.stretches;
    });
    if (mark && String(found.length).length > digits) continue;
    const parts = found.map((stretch, index) => {
      const ready = made.get(stretch);
      if (!mark && ready) return ready;
      const number = mark && found.length > 1 ? `(${index + 1}/${found.length})` : undefined;
      return make(
        numbered(
          together(slice(layout, stretch.from, stretch.to), index === 0 ? fit.suffix : undefined),
          number,
        ),
        index === 0,
      );
    });
    return { parts, fits, trimmed: false };
  }
}

/** As many whole words as fit before "…" and the suffix. */
function trim(
  layout: Layout,
  stretch: Stretch,
  whole: Part,
  rules: TextRules,
  fit: Fit,
  context: RenderContext,
  make: Make,
): SplitResult {
  const breaks = breaksOf(layout, fit.lang ?? context.lang);
  const cut = (to: number) => make(together(endWith(slice(layout, stretch.from, to), "…"), fit.suffix), true);
  const task: Task = { layout, stretch, breaks, rules, fullness: () => 0, reserved: 0, reservedFirst: 0 };
  const { places } = placesOf(task, fullness(whole.measured, rules));
  const inner = places.slice(1, -1);
  for (const ends of [inner.filter((place) => place.rank !== "grapheme"), inner]) {
    let low = 0;
    let high = ends.length;
    // Doubling first: the end is near the start of a long text, and a look at it costs what it is long.
    for (let step = 1; low + step < high; step *= 2) {
      if (!cut(ends[low + step - 1]!.end).measured.fits) high = low + step - 1;
      else low += step;
    }
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cut(ends[middle]!.end).measured.fits) low = middle + 1;
      else high = middle;
    }
    if (low > 0) return { parts: [cut(ends[low - 1]!.end)], fits: true, trimmed: true };
  }
  return { parts: [whole], fits: false, trimmed: false };
}

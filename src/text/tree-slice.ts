/**
 * A tree with its text laid out on a line, so that a piece of it can be named by two positions and cut out. What is cut
 * through is closed in the one piece and opened again in the other; what is whole is shared, not copied.
 */
import { type AnyNode, type Tree, textOf } from "./tree.ts";

/** A node and its stretch of the line. A letter of text is one position, anything that cannot be divided is one too. */
export interface Piece {
  node: AnyNode;
  start: number;
  end: number;
  /** Absent for what holds no other pieces, or may not be divided. */
  children?: Piece[];
}

export interface Layout {
  root: Piece;
  /** Text, code and everything indivisible, in reading order. */
  leaves: Piece[];
  /** Footnotes and link definitions by name: they go wherever they are referred to. */
  notes: Map<string, AnyNode>;
}

/** No real text is nested deeper; such a node stays in one piece, and the stack stays short. */
const DEEPEST = 60;

const DIVISIBLE = new Set(
  "root paragraph heading blockquote list listItem emphasis strong delete table tableRow tableCell".split(
    " ",
  ),
);

/** The layout of a tree, which must not be changed afterwards: it is made once. */
export function lay(tree: Tree): Layout {
  const before = layouts.get(tree);
  if (before) return before;
  const layout = laidOut(tree);
  layouts.set(tree, layout);
  return layout;
}

const layouts = new WeakMap<Tree, Layout>();

function laidOut(tree: Tree): Layout {
  const leaves: Piece[] = [];
  const notes = new Map<string, AnyNode>();
  const place = (node: AnyNode, start: number, depth: number): Piece => {
    if (!node.children?.length || !DIVISIBLE.has(node.type) || depth > DEEPEST) {
      const length = isText(node) ? (node.value?.length ?? 0) : 1;
      const leaf = { node, start, end: start + Math.max(1, length) };
      leaves.push(leaf);
      return leaf;
    }
    const children: Piece[] = [];
    let end = start;
    for (const child of node.children) {
      if (isNote(child)) {
        notes.set(noteName(child), child);
        continue;
      }
      const piece = place(child, end, depth + 1);
      children.push(piece);
      end = piece.end;
    }
    return { node, start, end, children };
  };
  return { root: place(tree as AnyNode, 0, 0), leaves, notes };
}

/** The piece of the tree between two positions, with the notes it refers to. */
export function slice(layout: Layout, from: number, to: number): Tree {
  const children = between(layout.root, from, to).flatMap((piece) => cut(piece, from, to));
  if (layout.notes.size > 0) children.push(...notesOf(children, layout.notes));
  return { type: "root", children } as AnyNode as Tree;
}

/** Whether a leaf can be divided at each of its letters. */
export const isText = (node: AnyNode): boolean => node.type === "text" || node.type === "code";

/** The words of a leaf, as long as its stretch of the line: what cannot be divided is one sign that no rule breaks at. */
export function lineOf(leaf: Piece): string {
  if (leaf.node.type === "text" && leaf.node.value) return leaf.node.value;
  return leaf.node.type === "break" ? "\n" : "\ufffc".repeat(leaf.end - leaf.start);
}

function cut(piece: Piece, from: number, to: number): AnyNode[] {
  if (from <= piece.start && to >= piece.end) return [piece.node];
  const { node } = piece;
  if (!piece.children) {
    const value = node.value?.slice(Math.max(0, from - piece.start), to - piece.start);
    return value ? [{ ...node, value }] : [];
  }
  const inside = between(piece, from, to);
  const [first] = inside;
  if (!first) return [];
  const children = inside.flatMap((child) => cut(child, from, to));
  if (node.type === "list") return listFrom(piece, inside, children, from);
  // A table that goes on keeps its head, unless the cut is in the middle of a row.
  const head = piece.children[0]!;
  if (node.type === "table" && from >= head.end && from <= first.start) children.unshift(head.node);
  return [{ ...node, children }];
}

/** A list that goes on counts on. An item that goes on has no bullet of its own any more: it was given before. */
function listFrom(piece: Piece, inside: Piece[], children: AnyNode[], from: number): AnyNode[] {
  const goesOn = from > inside[0]!.start;
  const rest = goesOn ? children.slice(1) : children;
  const index = piece.children!.indexOf(inside[0]!) + (goesOn ? 1 : 0);
  const { start } = piece.node as { start?: number | null };
  const list = {
    ...piece.node,
    ...(typeof start === "number" ? { start: start + index } : {}),
    children: rest,
  };
  return [...(goesOn ? (children[0]?.children ?? []) : []), ...(rest.length > 0 ? [list] : [])];
}

/** The children that have a part in [from, to). */
const between = (piece: Piece, from: number, to: number): Piece[] => within(piece.children ?? [], from, to);

/** What has a part in [from, to), of things in order; found by halving, as there may be thousands. */
export function within<Thing extends { start: number; end: number }>(
  all: Thing[],
  from: number,
  to: number,
): Thing[] {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (all[middle]!.end <= from) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < all.length && all[end]!.start < to) end += 1;
  return all.slice(low, end);
}

const isNote = (node: AnyNode): boolean => node.type === "footnoteDefinition" || node.type === "definition";

function noteName(node: AnyNode): string {
  const kind = node.type.startsWith("footnote") ? "footnote" : "link";
  return `${kind} ${(node as { identifier?: string }).identifier}`;
}

/** The notes that these nodes refer to, and that those notes refer to, each once. */
function notesOf(nodes: AnyNode[], notes: Map<string, AnyNode>): AnyNode[] {
  const found = new Set<AnyNode>();
  const waiting = [...nodes];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const note = /Reference$/.test(node.type) ? notes.get(noteName(node)) : undefined;
    if (note && !found.has(note)) {
      found.add(note);
      waiting.push(note);
    }
    for (const child of node.children ?? []) waiting.push(child);
  }
  return [...notes.values()].filter((note) => found.has(note));
}

/** The text that a reader of this leaf sees, for estimates. */
export function readable(leaf: Piece, notes: Map<string, AnyNode>): string {
  const { node } = leaf;
  const { url } = node as { url?: string };
  const note = /Reference$/.test(node.type) ? notes.get(noteName(node)) : undefined;
  const words = textOf(node as Parameters<typeof textOf>[0]);
  const more = note ? ` ${textOf(note as Parameters<typeof textOf>[0])}` : "";
  return url && url !== words ? `${words} ${url}${more}` : `${words}${more}`;
}

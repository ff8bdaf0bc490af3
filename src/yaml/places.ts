/** Where a value stands in the file. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type Scalar,
  type YAMLMap,
} from "yaml";

/** Steps from the top of a YAML file. */
export type Path = (string | number)[];

/** A stretch of the text, in UTF-16 offsets. */
export interface Range {
  start: number;
  end: number;
}

interface Found {
  node: Node | null;
  /** What names the node to a person: its key, or the node itself when it is in a list. Absent at the top. */
  label?: Node;
  /** How many steps of the path exist. */
  reached: number;
}

const known = new WeakMap<YAMLMap, Map<string, Pair>>();

/** By key, the first of each: a map may have thousands, and each may be asked for. */
function pairsOf(map: YAMLMap): Map<string, Pair> {
  const before = known.get(map);
  if (before) return before;
  const pairs = new Map<string, Pair>();
  for (const pair of map.items) {
    const { key } = pair;
    if (isScalar(key) && !pairs.has(String(key.value))) pairs.set(String(key.value), pair);
  }
  known.set(map, pairs);
  return pairs;
}

function resolved(document: Document.Parsed, node: Node | null): Node | null {
  return isAlias(node) ? (node.resolve(document) ?? null) : node;
}

export function rangeOf(node: Node): Range {
  const [start, end] = node.range ?? [0, 0];
  return { start, end: Math.max(end, start + 1) };
}

/** A caret underlines one line: of a map or list its first, of a block text the header. */
export function firstLine(node: Node | null, text: string): Range {
  if (!node) return { start: 0, end: 1 };
  const { start, end } = rangeOf(node);
  const stop = text.indexOf("\n", start);
  return { start, end: Math.max(start + 1, stop < 0 ? end : Math.min(end, stop)) };
}

export function offsetInScalar(node: Scalar, text: string, line: number, column: number): number {
  const { start, end } = rangeOf(node);
  if (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED") {
    // A folded text joins lines, so the exact spot is unknown; its first line is used.
    const lines = text.slice(start, end).split("\n").slice(1);
    const indent = lines.find((candidate) => candidate.trim() !== "")?.match(/^ */)?.[0].length ?? 0;
    const wanted = node.type === "BLOCK_LITERAL" ? line - 1 : 0;
    let offset = text.indexOf("\n", start) + 1;
    for (const before of lines.slice(0, wanted)) offset += before.length + 1;
    return node.type === "BLOCK_LITERAL" ? offset + indent + column - 1 : offset + indent;
  }
  const quoted = node.type !== "PLAIN";
  const raw = text.slice(quoted ? start + 1 : start, quoted ? end - 1 : end);
  // Escapes and folded lines shift everything; then the start is used.
  if (raw !== node.value || line > 1) return start;
  return start + (quoted ? 1 : 0) + column - 1;
}

export function nodeAt(document: Document.Parsed, path: Path): Found {
  let node = resolved(document, document.contents);
  let label: Node | undefined;
  for (const [reached, step] of path.entries()) {
    if (isMap(node)) {
      const pair = pairsOf(node).get(String(step));
      if (!pair) return { node, label, reached };
      label = pair.key as Node;
      node = resolved(document, pair.value as Node | null);
    } else if (isSeq(node) && typeof step === "number" && step < node.items.length) {
      node = resolved(document, node.items[step] as Node | null);
      label = node ?? label;
    } else {
      return { node, label, reached };
    }
  }
  return { node, label, reached: path.length };
}

export function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(start, end < 0 ? text.length : end);
}

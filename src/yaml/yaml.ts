/** YAML read strictly: every node with its place, every error in plain words. */
import { type Document, isScalar, Lexer, LineCounter, parseDocument } from "yaml";
import { aliasFault, type Fault, faultOf, wrongKeys } from "./faults.ts";
import { firstLine, nodeAt, offsetInScalar, type Path, type Range, rangeOf } from "./places.ts";

export interface Yaml {
  value: unknown;
  faults: Fault[];
  /** Where a key or value is; if it is absent, its nearest parent. */
  range(path: Path, what: "key" | "value"): Range;
  /** The value at a path with all its lines. */
  whole(path: Path): Range;
  /** The offset of a line and column (from 1) of a text value; the value's start if that cannot be found. */
  offsetIn(path: Path, line: number, column: number): number;
  /** A scalar as written, when it is plain: `2.10` for the number 2.1. */
  written(path: Path): string | undefined;
  /**
   * The comment that ends a plain value after a single space, as in `title: Fixes #12`: it was hardly meant as one. Comments
   * after two or more spaces are left alone.
   */
  commentAfter(path: Path): Range | undefined;
}

// Campaigns are written by hand: deeper nesting is an attack on the parser's stack.
const DEPTH = 100;

export function readYaml(text: string): Yaml {
  const deep = tooDeep(text);
  if (deep !== undefined) {
    const fault: Fault = {
      code: "too-deep",
      message: `lists and maps are nested more than ${DEPTH} deep`,
      remedy: "Check the brackets and dashes of this line.",
      range: { start: deep, end: deep + 1 },
    };
    return { ...NOTHING, faults: [fault] };
  }

  const document = parseDocument(text, {
    lineCounter: new LineCounter(),
    prettyErrors: false,
    stringKeys: true,
    resolveKnownTags: false,
    logLevel: "error",
    // Ours is linear and says where the first one is.
    uniqueKeys: false,
  });
  const faults = [...document.errors, ...document.warnings].map((error) => faultOf(error, text));
  // One mistake causes several parser errors in a row; the first one is useful.
  faults.splice(1);
  if (faults.length === 0) faults.push(...wrongKeys(document, text));

  let value: unknown;
  if (faults.length === 0) {
    try {
      value = document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      faults.push(aliasFault(document, error));
    }
  }
  return { value, faults, ...placesIn(document, text) };
}

const NOTHING: Yaml = {
  value: undefined,
  faults: [],
  range: () => ({ start: 0, end: 0 }),
  whole: () => ({ start: 0, end: 0 }),
  offsetIn: () => 0,
  written: () => undefined,
  commentAfter: () => undefined,
};

/** The offset at which nesting goes beyond all reason. The lexer does not recurse, so it survives what the parser does not. */
function tooDeep(text: string): number | undefined {
  // Deep is only what has that many brackets, or that many dashes in a line: hardly any file has to be looked at closely.
  const many = (part: string, sign: RegExp) => part.split(sign).length > DEPTH;
  if (!many(text, /[[{]/) && !text.split("\n").some((line) => many(line, /[-?]/))) return undefined;
  let offset = 0;
  let flow = 0;
  let dashes = 0;
  for (const token of new Lexer().lex(text)) {
    // The lexer's own marks for the start of a document and of a scalar, and the byte order mark, take no room here.
    if (token === "\x02" || token === "\x1f" || token === "\x18" || token === "\ufeff") continue;
    if (token === "[" || token === "{") flow++;
    else if (token === "]" || token === "}") flow = Math.max(0, flow - 1);
    else if (token === "-" || token === "?") dashes++;
    else if (token === "\n" || token === "\r\n") dashes = 0;
    if (flow > DEPTH || dashes > DEPTH) return offset;
    offset += token.length;
  }
  return undefined;
}

function placesIn(
  document: Document.Parsed,
  text: string,
): Pick<Yaml, "range" | "whole" | "offsetIn" | "written" | "commentAfter"> {
  const find = (path: Path) => nodeAt(document, path);
  return {
    range(path, what) {
      const { node, label, reached } = find(path);
      // A missing key is reported at the label of the map that lacks it.
      if (what === "key" || reached < path.length) return firstLine(label ?? node, text);
      return firstLine(node ?? label ?? null, text);
    },
    whole(path) {
      const { node, reached } = find(path);
      return node && reached === path.length ? rangeOf(node) : { start: 0, end: 0 };
    },
    offsetIn(path, line, column) {
      const { node, reached } = find(path);
      if (!isScalar(node) || reached < path.length) return node ? rangeOf(node).start : 0;
      return offsetInScalar(node, text, line, column);
    },
    written(path) {
      const { node, reached } = find(path);
      return isScalar(node) && reached === path.length && node.type === "PLAIN" ? node.source : undefined;
    },
    commentAfter(path) {
      const { node, reached } = find(path);
      if (!isScalar(node) || reached < path.length || node.type !== "PLAIN") return undefined;
      const { end } = rangeOf(node);
      const comment = /^ (#.*)/.exec(text.slice(end))?.[1]?.trimEnd();
      return comment === undefined ? undefined : { start: end + 1, end: end + 1 + comment.length };
    },
  };
}

/** YAML read strictly, every node with its place, every fault in plain words. */
import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import type { ProblemCode } from "../errors.ts";

/** Steps from the top of a YAML file. */
export type Path = (string | number)[];

/** A stretch of the text, in UTF-16 offsets. */
export interface Range {
  start: number;
  end: number;
}

export interface Fault {
  code: ProblemCode;
  message: string;
  remedy?: string;
  range: Range;
}

export interface Yaml {
  value: unknown;
  faults: Fault[];
  /** Where a key or value stands; of what is absent, the nearest thing above it. */
  range(path: Path, what: "key" | "value"): Range;
  /** The value at a path with all its lines. */
  whole(path: Path): Range;
  /** Where line and column (from 1) of a text value stand, as an offset; the value's start where that cannot be said. */
  offsetIn(path: Path, line: number, column: number): number;
  /** A scalar as written, when it is plain: `2.10` for the number 2.1. */
  written(path: Path): string | undefined;
}

// People write campaigns by hand: deeper than this is an attack on the parser's stack.
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
  // One slip makes the parser stumble several times in a row: the first word is the useful one.
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

/** The parser's words are for people who know YAML; these are for the others. */
function faultOf(error: YAMLError, text: string): Fault {
  const start = blamed(error, text);
  const range = { start, end: Math.max(error.pos[1], start + 1) };
  const line = lineAround(text, start);
  const fault = (message: string, remedy?: string): Fault => ({ code: "yaml", message, remedy, range });

  if (error.code === "TAB_AS_INDENT" || (/^ *\t/.test(line) && error.code !== "RESOURCE_EXHAUSTION")) {
    return { ...fault("a tab cannot indent YAML", "Use spaces: two for each level."), code: "yaml-tab" };
  }
  if (/^\s*[^\s#:]+\s*:\s*\{\{/.test(line)) {
    return fault("a value that begins with `{{` must be in quotes", 'Write it as "{{ … }}".');
  }
  const asterisk = line.match(/^\s*(?:- +)*(?:[^\s#:]+ *: +)?(?=\*)/);
  if (asterisk) {
    range.start = text.lastIndexOf("\n", start - 1) + 1 + asterisk[0].length;
    return fault("a value that begins with `*` must be in quotes", 'Write it as "*…".');
  }
  switch (error.code) {
    case "BLOCK_AS_IMPLICIT_KEY":
      return fault("a colon inside a value starts a new key", 'Put the value in quotes: "Acme: it is out".');
    case "MULTIPLE_DOCS":
      return fault("`---` starts a second document", "Keep one document per file.");
    case "MISSING_CHAR":
      return /quote/.test(error.message)
        ? fault("a quote is opened and never closed", "Close it at the end of the value.")
        : fault("a colon is missing after the key", "Write `key: value`, with a space after the colon.");
    case "BAD_SCALAR_START":
      return fault(
        `a value cannot begin with \`${text[start] ?? ""}\``,
        `Put it in quotes: "${text[start] ?? ""}…".`,
      );
    case "BAD_DQ_ESCAPE":
      return fault(
        "a backslash in double quotes must be doubled",
        "Write `\\\\`, or use single quotes: 'a\\b'.",
      );
    case "NON_STRING_KEY":
      return fault("a key must be a word", "Write `key: value`; put `[` and `{` of a text in quotes.");
    case "TAG_RESOLVE_FAILED":
      return fault("a value cannot begin with `!`", 'Put it in quotes: "!…".');
    case "BAD_INDENT":
      return /Flow/.test(error.message)
        ? fault("a `[` or `{` is opened and never closed", "Close it with `]` or `}`.")
        : fault(
            "this line is not indented like its neighbours",
            "Let keys of one level begin in one column.",
          );
    case "RESOURCE_EXHAUSTION":
      return fault("the file is nested too deeply");
    default:
      // What follows a colon in the parser's message is what stands there, which may be a secret.
      return fault(
        `this is not YAML: ${lowerFirst(error.message.split(":")[0]!)}`,
        "Check quotes, colons and indentation.",
      );
  }
}

/** The parser blames where it gave up; a person wants to see what was left open. */
function blamed(error: YAMLError, text: string): number {
  const [at] = error.pos;
  const before = text.slice(0, at);
  const quote = error.code === "MISSING_CHAR" && error.message.match(/closing (['"])quote/)?.[1];
  if (quote) return Math.max(0, before.lastIndexOf(quote));
  if (error.code === "BAD_INDENT" && /end with a [\]}]/.test(error.message)) {
    return Math.max(0, before.trimEnd().length - 1);
  }
  return at;
}

function aliasFault(document: Document.Parsed, error: unknown): Fault {
  let range: Range = { start: 0, end: 1 };
  const many = error instanceof Error && /Excessive alias/.test(error.message);
  visit(document, {
    Alias(_, node) {
      if (!many && node.resolve(document) !== undefined) return undefined;
      range = rangeOf(node);
      // Of a bomb the last alias is the widest; of unresolved ones the first is enough.
      return many ? undefined : visit.BREAK;
    },
  });
  return many
    ? {
        code: "alias-bomb",
        message: "the aliases (`*name`) multiply beyond reason",
        remedy: "Write the values out.",
        range,
      }
    : {
        code: "yaml",
        // Its name is in the line that is shown, where a secret is masked.
        message: "`*` begins an alias, and this one refers to nothing",
        remedy: 'Put a text that begins with `*` in quotes: "*…".',
        range,
      };
}

function wrongKeys(document: Document.Parsed, text: string): Fault[] {
  const faults: Fault[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Map<unknown, number>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        const range = rangeOf(key);
        // JavaScript's objects have these already, so such a key would be taken for known, or vanish.
        if (String(key.value) in Object.prototype) {
          faults.push({
            code: "unknown-key",
            message: `\`${String(key.value)}\` cannot be a key`,
            remedy: "Choose another name.",
            range,
          });
        }
        const first = seen.get(key.value);
        if (first === undefined) {
          seen.set(key.value, range.start);
          continue;
        }
        const line = text.slice(0, first).split("\n").length;
        faults.push({
          code: "duplicate-key",
          message: `\`${String(key.value)}\` is written twice, first in line ${line}`,
          remedy: "Keep one of the two.",
          range,
        });
      }
    },
  });
  return faults;
}

function placesIn(
  document: Document.Parsed,
  text: string,
): Pick<Yaml, "range" | "whole" | "offsetIn" | "written"> {
  const find = (path: Path) => nodeAt(document, path);
  return {
    range(path, what) {
      const { node, label, reached } = find(path);
      // What is missing is reported where it should be: at the label of the map that lacks it.
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
  };
}

interface Found {
  node: Node | null;
  /** What names the node to a person: its key, or the node itself when it is in a list. Absent at the top. */
  label?: Node;
  /** How many steps of the path exist. */
  reached: number;
}

function nodeAt(document: Document.Parsed, path: Path): Found {
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

function rangeOf(node: Node): Range {
  const [start, end] = node.range ?? [0, 0];
  return { start, end: Math.max(end, start + 1) };
}

/** A caret underlines one line: of a map or list its first, of a block text the header. */
function firstLine(node: Node | null, text: string): Range {
  if (!node) return { start: 0, end: 1 };
  const { start, end } = rangeOf(node);
  const stop = text.indexOf("\n", start);
  return { start, end: Math.max(start + 1, stop < 0 ? end : Math.min(end, stop)) };
}

function offsetInScalar(node: Scalar, text: string, line: number, column: number): number {
  const { start, end } = rangeOf(node);
  if (node.type === "BLOCK_LITERAL" || node.type === "BLOCK_FOLDED") {
    // A folded text joins lines; where the joined spot was cannot be told, so its first line stands for it.
    const lines = text.slice(start, end).split("\n").slice(1);
    const indent = lines.find((candidate) => candidate.trim() !== "")?.match(/^ */)?.[0].length ?? 0;
    const wanted = node.type === "BLOCK_LITERAL" ? line - 1 : 0;
    let offset = text.indexOf("\n", start) + 1;
    for (const before of lines.slice(0, wanted)) offset += before.length + 1;
    return node.type === "BLOCK_LITERAL" ? offset + indent + column - 1 : offset + indent;
  }
  const quoted = node.type !== "PLAIN";
  const raw = text.slice(quoted ? start + 1 : start, quoted ? end - 1 : end);
  // Escapes and folded lines move everything: then the start has to do.
  if (raw !== node.value || line > 1) return start;
  return start + (quoted ? 1 : 0) + column - 1;
}

function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(start, end < 0 ? text.length : end);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

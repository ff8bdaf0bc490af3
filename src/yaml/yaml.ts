/** YAML read strictly: every node with its place, every error in plain words. */
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

/** The parser's message in plain words. */
function faultOf(error: YAMLError, text: string): Fault {
  const start = blamed(error, text);
  const range = { start, end: Math.max(error.pos[1], start + 1) };
  const line = lineAround(text, start);
  const fault = (message: string, remedy?: string): Fault => ({ code: "yaml", message, remedy, range });
  const misindented = () => {
    const first = onlyFirstIndented(text, start);
    if (first) {
      Object.assign(range, first);
      return fault("this line begins with a space, and the next one does not", "Take the space away.");
    }
    return fault(
      "this line is not indented like its neighbours",
      "Start keys that belong together in the same column.",
    );
  };
  // The parser's message repeats the text after a colon, which may be a secret.
  const notYaml = () =>
    fault(
      `this is not YAML: ${lowerFirst(error.message.split(":")[0]!)}`,
      "Check quotes, colons and indentation.",
    );

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
  if (/Comments must be separated/.test(error.message) || isCutList(error, text, start)) {
    range.start = text.indexOf("#", text.lastIndexOf("\n", start - 1) + 1);
    range.end = range.start + 1;
    return fault("`#` starts a comment, so the rest of this line is not read", COMMENT_REMEDY);
  }
  switch (error.code) {
    case "BLOCK_AS_IMPLICIT_KEY": {
      const below = indentedKeyBelow(text, start);
      if (below) {
        Object.assign(range, below);
        return fault("this line is indented too far", "Start it in the same column as the key above it.");
      }
      return fault("a colon inside a value starts a new key", 'Put the value in quotes: "Acme: it is out".');
    }
    case "MULTILINE_IMPLICIT_KEY":
      return fault(
        "this line has no colon, so it is not a key",
        "Write `key: value`; or, if it continues the text above, indent it and start that text with `|`.",
      );
    case "MULTIPLE_DOCS":
      return fault("`---` starts a second document", "Keep one document per file.");
    case "MISSING_CHAR":
      if (/without - indicator/.test(error.message)) return misindented();
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
        : misindented();
    case "UNEXPECTED_TOKEN":
      if (/^\S/.test(line) && /^ +\S/m.test(text.slice(0, start))) return misindented();
      return notYaml();
    case "RESOURCE_EXHAUSTION":
      return fault("the file is nested too deeply");
    default:
      return notYaml();
  }
}

const COMMENT_REMEDY = 'Leave the `#` out, or put the value in quotes: "#retail".';

/** A list or map on one line whose closing bracket is behind a `#`. */
function isCutList({ code, message }: YAMLError, text: string, start: number): boolean {
  return code === "BAD_INDENT" && /^Flow/.test(message) && /[[{].*\s#/.test(lineAround(text, start));
}

/** Where the next line begins, if it is a key that is indented as if it continued the value at `start`. */
function indentedKeyBelow(text: string, start: number): Range | undefined {
  const stop = text.indexOf("\n", start);
  if (stop < 0 || /:\s/.test(text.slice(start, stop))) return undefined;
  const next = /^([ \t]+)[^\s#:]+\s*:(?:\s|$)/.exec(text.slice(stop + 1));
  return next ? { start: stop + 1 + next[1]!.length, end: stop + 1 + next[0].trimEnd().length } : undefined;
}

/** The first line with words in it, if it alone stands above the line at `start` and is indented more. */
function onlyFirstIndented(text: string, start: number): Range | undefined {
  const above = text.slice(0, text.lastIndexOf("\n", start - 1) + 1);
  const [first, ...more] = [...above.matchAll(/^([ \t]*)[^\s#].*$/gm)];
  const indent = first?.[1] ?? "";
  if (!first || more.length > 0 || indent === "" || !/^\S/.test(lineAround(text, start))) return undefined;
  return { start: first.index, end: first.index + first[0].length };
}

/** The parser reports where it gave up; this finds what was left open. */
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
        message: "the aliases (`*name`) multiply too often",
        remedy: "Write the values out.",
        range,
      }
    : {
        code: "yaml",
        // Its name is in the line that is shown, where a secret is masked.
        message: "`*` starts an alias, and there is no anchor of this name",
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
        // JavaScript objects have these already, so such a key would be accepted, or lost.
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

function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return text.slice(start, end < 0 ? text.length : end);
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** What is wrong with a file as YAML: in plain words, at the place where it can be put right. */
import { type Document, isScalar, visit, type YAMLError } from "yaml";
import type { ProblemCode } from "../errors.ts";
import { lineAround, type Range, rangeOf } from "./places.ts";

export interface Fault {
  code: ProblemCode;
  message: string;
  remedy?: string;
  range: Range;
}

const COMMENT_REMEDY = 'Leave the `#` out, or put the value in quotes: "#retail".';

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

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

export function aliasFault(document: Document.Parsed, error: unknown): Fault {
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

export function wrongKeys(document: Document.Parsed, text: string): Fault[] {
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

/** The parser's message in plain words. */
export function faultOf(error: YAMLError, text: string): Fault {
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

/** A YAML file with the place of everything in it. */
import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, relative } from "node:path";
import { InputError, type Place, type Problem, type ProblemCode } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { decode } from "./encoding.ts";
import type { Path, Range } from "./places.ts";

export interface Source {
  /** Absolute. */
  file: string;
  /** Relative to the current folder. */
  shown: string;
  text: string;
  /** What the file says, unchecked: keys and values at the top. */
  value: Record<string, unknown>;
  /** Where a key or its value is; if it is absent, its nearest parent. Default: the value. */
  place(path: Path, what?: "key" | "value"): Place;
  /** Where a spot inside a text value is. */
  placeIn(path: Path, spot: Spot): Place;
  /** A plain scalar as written: `2.10` for the number 2.1. */
  written(path: Path): string | undefined;
  /** A comment that was probably meant as part of the value, `#12` in `title: Fixes #12`. */
  commentAfter(path: Path): Place | undefined;
  /** From now on the value at `path` is shown as asterisks: it is, or may be, a secret. */
  hide(path: Path): void;
}

/** Line and column count from 1 inside a text. */
export interface Spot {
  line: number;
  column: number;
  length?: number;
}

/** The most that is read of a campaign or of `broadcast.yml`. */
export const MOST_BYTES = 1_000_000;

// A longer line would not be recognisable in an error frame.
const LONGEST_SHOWN_LINE = 1000;

/** A path as shown: relative to the current folder, with forward slashes. */
export function shownPath(file: string, cwd = process.cwd()): string {
  return relative(cwd, file).replaceAll("\\", "/") || file;
}

/**
 * Reads a YAML file. Throws InputError with every fault: not there, not a file, too large, not UTF-8, not YAML, empty,
 * not keys and values.
 * With `secrets` the values of keys that sound like credentials are never shown, not even of broken YAML.
 */
export async function readSource(
  file: string,
  shown: string,
  options: { secrets?: boolean } = {},
): Promise<Source> {
  const text = await readText(file, shown);
  const { readYaml } = await import("./yaml.ts");
  const yaml = readYaml(text);

  const hidden: Range[] = options.secrets ? soundingSecret(text) : [];
  const lineOf = linesOf(text);
  const place = (range: Range) => placeOf(text, shown, range, hidden, lineOf);

  if (yaml.faults.length > 0) {
    throw new InputError(
      yaml.faults.map(({ range, ...fault }) => ({
        severity: "error" as const,
        ...fault,
        place: place(range),
      })),
    );
  }
  if (yaml.value === null || yaml.value === undefined) {
    throw new InputError(
      problem("empty-file", "the file is empty", { file: shown }, "Write at least one key."),
    );
  }
  if (typeof yaml.value !== "object" || Array.isArray(yaml.value)) {
    const top = place(yaml.range([], "value"));
    throw new InputError(
      problem("wrong-type", "the file must hold keys and values", top, "Write `key: value`."),
    );
  }
  return {
    file,
    shown,
    text,
    value: yaml.value as Record<string, unknown>,
    place(path, what = "value") {
      const range = yaml.range(path, what);
      // A block text begins with `|`, so its key is shown instead.
      return place(/[|>]/.test(text[range.start] ?? "") ? yaml.range(path, "key") : range);
    },
    placeIn(path, { line, column, length = 1 }) {
      const start = yaml.offsetIn(path, line, column);
      return place({ start, end: start + length });
    },
    written: (path) => yaml.written(path),
    commentAfter(path) {
      const range = yaml.commentAfter(path);
      return range && place(range);
    },
    hide(path) {
      hidden.push(yaml.whole(path));
    },
  };
}

async function readText(file: string, shown: string): Promise<string> {
  // Synchronous: for a small file this is faster than a thread.
  let handle: number;
  try {
    handle = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new InputError(await unreadable(file, shown, error));
  }
  try {
    const stat = fstatSync(handle);
    if (stat.isDirectory()) {
      throw new InputError(
        problem("not-a-file", "this is a folder", { file: shown }, "Name a YAML file in it."),
      );
    }
    if (!stat.isFile()) {
      throw new InputError(problem("not-a-file", "this is not a regular file", { file: shown }));
    }
    if (stat.size > MOST_BYTES) {
      const size = `${(stat.size / 1_000_000).toFixed(1)} MB`;
      throw new InputError(
        problem(
          "file-too-large",
          `the file has ${size}; at most 1 MB is read`,
          { file: shown },
          "Name images and videos under `media:` instead of putting them into the file.",
        ),
      );
    }
    const decoded = decode(readFileSync(handle));
    if (typeof decoded === "string") return decoded;
    const { line, ...why } = decoded;
    throw new InputError({ severity: "error", ...why, place: { file: shown, line } });
  } finally {
    closeSync(handle);
  }
}

async function unreadable(file: string, shown: string, error: unknown): Promise<Problem> {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT" || code === "ENOTDIR") {
    const beside = await readdir(dirname(file)).catch(() => [] as string[]);
    const near = suggest(basename(file), beside);
    return problem(
      "missing-file",
      "there is no such file",
      { file: shown },
      near ? `Did you mean \`${near}\`?` : "Check the path.",
    );
  }
  if (code === "EACCES" || code === "EPERM") {
    return problem("unreadable-file", "the file may not be read", { file: shown }, "Check its permissions.");
  }
  return problem("unreadable-file", `the file cannot be read (${code ?? String(error)})`, { file: shown });
}

function problem(code: ProblemCode, message: string, place: Place, remedy?: string): Problem {
  return { severity: "error", code, message, remedy, place };
}

/** Columns count characters (code points), as editors do. */
function placeOf(
  text: string,
  shown: string,
  range: Range,
  hidden: readonly Range[],
  lineOf: (offset: number) => number,
): Place {
  const offset = Math.min(range.start, text.length);
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const stop = text.indexOf("\n", offset);
  const end = stop < 0 ? text.length : stop;
  const line = masked(text, { start, end }, hidden).replace(/\r$/, "");
  return {
    file: shown,
    line: lineOf(start),
    column: [...text.slice(start, offset)].length + 1,
    length: Math.max(1, [...text.slice(offset, Math.min(range.end, end)).trimEnd()].length),
    text: line.length > LONGEST_SHOWN_LINE ? undefined : line,
  };
}

function masked(text: string, line: Range, hidden: readonly Range[]): string {
  let shown = text.slice(line.start, line.end);
  for (const range of hidden) {
    const from = Math.max(range.start, line.start) - line.start;
    const to = Math.min(range.end, line.end) - line.start;
    if (from < to) shown = shown.slice(0, from) + "*".repeat(to - from) + shown.slice(to);
  }
  return shown;
}

/** The line of an offset, counted from 1; the text is gone through once, when it is first asked for. */
function linesOf(text: string): (offset: number) => number {
  let starts: number[] | undefined;
  return (offset) => {
    if (!starts) {
      starts = [0];
      for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
    }
    let [low, high] = [0, starts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/**
 * What follows a key like `token:` on its line, unless it is `${NAME}`, and the password in a URL. Works on text, since
 * the YAML may be broken.
 */
function soundingSecret(text: string): Range[] {
  const key = /(?:token|secret|password|passphrase|webhook|credential|key)\w*["']?[ \t]*:[ \t]*/gi;
  const passwords = [...text.matchAll(/:\/\/[^\s:/@]*:(?!\$\{)[^\s@]+@/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
  const values = [...text.matchAll(key)].flatMap((match) => {
    const start = match.index + match[0].length;
    const value = text.slice(start).match(/^[^\n]*/)?.[0] ?? "";
    return /^["']?\$\{\w+\}/.test(value) ? [] : [{ start, end: start + value.length }];
  });
  return [...passwords, ...values];
}

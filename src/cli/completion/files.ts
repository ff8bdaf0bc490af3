/** Files below a folder that look like campaigns or kept plans, by their first lines. */
import { closeSync, type Dirent, openSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Candidate } from "./cursor.ts";

// A home folder may have a million files.
const MOST_ENTRIES = 5_000;
const DEEPEST = 6;
const BEGINNING = 4_096;

/** YAML files that say their `kind`, as one would type them; with their title. */
export function campaigns(folder: string): Candidate[] {
  return below(folder, /\.ya?ml$/i).flatMap((path) => {
    const text = beginningOf(join(folder, path));
    if (/\.approval\.ya?ml$/i.test(path) || !/^kind[ \t]*:/m.test(text)) return [];
    const title = /^title[ \t]*:[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^\n#]*))/m.exec(text);
    return [{ value: typable(path), about: (title?.[1] ?? title?.[2] ?? title?.[3])?.trim() || undefined }];
  });
}

/** What `plan --out` wrote. */
export function plans(folder: string): Candidate[] {
  return below(folder, /\.json$/i).flatMap((path) =>
    /^\{\s*"version": \d+,\s*"command": "plan"/.test(beginningOf(join(folder, path)))
      ? [{ value: typable(path) }]
      : [],
  );
}

// Breadth first, so that near files are found before the limit.
function below(folder: string, name: RegExp): string[] {
  const found: string[] = [];
  const open: { path: string; depth: number }[] = [{ path: "", depth: 0 }];
  let left = MOST_ENTRIES;
  for (const { path, depth } of open) {
    for (const entry of entriesOf(join(folder, path))) {
      left -= 1;
      if (left < 0) return found.sort();
      if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
      const inner = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory() && depth < DEEPEST) open.push({ path: inner, depth: depth + 1 });
      if (entry.isFile() && name.test(entry.name)) found.push(inner);
    }
  }
  return found.sort();
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function beginningOf(file: string): string {
  let handle: number | undefined;
  try {
    handle = openSync(file, "r");
    const bytes = Buffer.alloc(BEGINNING);
    return bytes.toString("utf8", 0, readSync(handle, bytes, 0, BEGINNING, 0));
  } catch {
    return "";
  } finally {
    if (handle !== undefined) closeSync(handle);
  }
}

// A name that begins like an option, or like the home folder, would be taken for one.
function typable(path: string): string {
  return /^[-~]/.test(path) ? `./${path}` : path;
}

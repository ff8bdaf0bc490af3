/** A changelog's sections: Keep a Changelog, Conventional Changelog, changesets, and headings like theirs. */
import { ANCHOR, type Heading, headingsIn, type Version } from "./headings.ts";
import { withoutComments } from "./prose.ts";
import { definitionsIn, keyOf, withLinks } from "./references.ts";
import { isPrerelease } from "./release.ts";

export interface Entry {
  version: string;
  /** What it is a version of, where the heading says so: `@acme/core`. */
  of?: string;
  /** Markdown below the heading, its links written out. */
  notes: string;
  /** Where the heading leads: the release or the comparison. */
  url?: string;
  /** ISO date. */
  date?: string;
  prerelease: boolean;
  /** The heading says that it is still to come: `## 2.5.0 (unreleased)`. */
  unreleased: boolean;
}

/** In the file's order: the newest first, as changelogs are. Headings without a version, such as Unreleased, are left out. */
export function readChangelog(text: string): Entry[] {
  const whole = withoutComments(withoutFrontMatter(text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n")));
  const { links, lines } = definitionsIn(whole.split("\n"));
  const heads = headingsIn(lines);
  const entries: Entry[] = [];
  for (const [at, head] of heads.entries()) {
    const { version } = head;
    if (!version) continue;
    let next = at + 1;
    while (next < heads.length && !endsEntry(heads[next]!, head)) next++;
    const notes = notesIn(lines, head.end, heads[next]?.line ?? lines.length);
    const said = entryOf(version, withLinks(notes, links), links);
    const before = entries.at(-1);
    // `# 1.2.0` and below it `## 1.2.0 (2026-11-01)`: one version.
    if (before?.version === said.version && before.of === said.of)
      entries[entries.length - 1] = { ...said, ...defined(before), notes: joined(before.notes, said.notes) };
    else entries.push(said);
  }
  return entries;
}

function entryOf(
  { number, of, url, date, unreleased }: Version,
  notes: string,
  links: Map<string, string>,
): Entry {
  return {
    version: number,
    of,
    notes,
    url: url ?? links.get(keyOf(number)) ?? links.get(keyOf(`v${number}`)),
    date,
    prerelease: isPrerelease(number),
    unreleased,
  };
}

function defined(entry: Entry): Partial<Entry> {
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
}

function joined(first: string, second: string): string {
  return first === "" || second === "" ? first + second : `${first}\n\n${second}`;
}

// A section of the file and not of a version.
const APART =
  /^\W*(?:unreleased|upcoming|next|head|older|earlier|previous|archive|changes? ?log|history|release notes)\b/i;

/** The next version does, and what stands beside all versions; `## Added` below `## 1.2.0` does not. */
function endsEntry({ level, words, version, other }: Heading, entry: Heading): boolean {
  if (version) return true;
  if (level > entry.level) return false;
  return other || APART.test(words) || (level === 1 && entry.level > 1);
}

const RULE = /^ {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$/;

/** Without what belongs to the next heading, and the line that parts one version from the other. */
function notesIn(lines: readonly string[], from: number, to: number): string {
  let first = from;
  let last = to;
  const isBetween = (line = "") => line.trim() === "" || ANCHOR.test(line) || RULE.test(line);
  while (first < last && isBetween(lines[first])) first++;
  while (last > first && isBetween(lines[last - 1])) last--;
  return lines
    .slice(first, last)
    .filter((line) => !ANCHOR.test(line))
    .join("\n")
    .trimEnd();
}

// YAML or TOML in front, as sites want it.
function withoutFrontMatter(text: string): string {
  const [whole = ""] = text.match(/^(---|\+\+\+)[ \t]*\n(?:.*\n){0,200}?\1[ \t]*(?:\n|$)/) ?? [];
  return /^[-+]{3}[ \t]*\n\s*[\w"'-]+\s*[:=]/.test(whole) ? text.slice(whole.length) : text;
}

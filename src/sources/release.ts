/** What is known about a release: what templates see as `release`. */
import type { Transport } from "../http/http.ts";

export interface Release {
  /** Without a leading `v`: `2.4.0`. */
  version: string;
  /** `Acme 2.4`; else the project's name and the version: `acme 2.4.0`. */
  name: string;
  /** Markdown; may be long, may be empty. */
  notes: string;
  /** The most telling points of the notes, in order of weight: Markdown, one sentence each, no list marks. */
  highlights: string[];
  /** Where people read about it. */
  url?: string;
  prerelease: boolean;
  /** The version before it. */
  previous?: string;
}

/** What one source says. Sources that are asked later fill in what is still missing. */
export interface Facts extends Partial<Omit<Release, "highlights">> {
  /** What the version is one of, where its tag or heading says so: `@acme/core`. */
  of?: string;
  /** The subjects of the release's commits: notes for want of any that were written for readers. */
  commits?: string;
}

/** `v2.4.0`, `acme@2.4.0`, `release-2.4.0` → `2.4.0`; of other words nothing. */
export function versionIn(text: string): string | undefined {
  return text.match(
    /(?:^|[^0-9A-Za-z.])v?(\d+\.\d+(?:\.\d+)*(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)$/,
  )?.[1];
}

/** A release's own name; one that only repeats the version, as `v2.4.0` and `Release 2.4.0` do, is none. */
export function ownName(written: string | null | undefined): string | undefined {
  const name = written?.trim();
  const bare = name?.replace(/^(?:(?:release|version)\s+)?v?(?=\d)/i, "");
  return !name || versionIn(name) === bare ? undefined : name;
}

/** Semantic Versioning: what has a part after `-` is not final. */
export function isPrerelease(version: string): boolean {
  return /^\d+(?:\.\d+)*-/.test(version);
}

/** Semantic Versioning's order: whether `one` comes after `other`. Build metadata does not count. */
export function isNewer(one: string, other: string): boolean {
  const [a, b] = [partsOf(one), partsOf(other)];
  for (let at = 0; at < Math.max(a.numbers.length, b.numbers.length); at++) {
    const difference = (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  if (a.stages.length === 0 || b.stages.length === 0) return a.stages.length < b.stages.length;
  for (let at = 0; at < Math.max(a.stages.length, b.stages.length); at++) {
    const [left, right] = [a.stages[at], b.stages[at]];
    if (left === right) continue;
    if (left === undefined || right === undefined) return right === undefined;
    const [isLeft, isRight] = [/^\d+$/.test(left), /^\d+$/.test(right)];
    if (isLeft && isRight) return Number(left) > Number(right);
    return isLeft === isRight ? left > right : isRight;
  }
  return false;
}

function partsOf(version: string): { numbers: number[]; stages: string[] } {
  const [, numbers = "", stages = ""] = version.match(/^([\d.]+)(?:-([^+]*))?/) ?? [];
  return { numbers: numbers.split(".").map(Number), stages: stages === "" ? [] : stages.split(".") };
}

/** Ready for templates: what is unknown is null, so that a template may ask for it. */
export function releaseData(release: Release): Record<string, unknown> {
  const { version, name, notes, highlights, url, prerelease, previous } = release;
  return { version, name, notes, highlights, url: url ?? null, prerelease, previous: previous ?? null };
}

/** What the sources may look at. */
export interface Project {
  /** The project's folder, absolute. */
  root: string;
  env: Readonly<Record<string, string | undefined>>;
  /** For tests; default: the network. */
  transport?: Transport;
}

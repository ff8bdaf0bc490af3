/** A changelog's sections: Keep a Changelog, Conventional Changelog, changesets, and headings like theirs. */
import { isPrerelease } from "./release.ts";

export interface Entry {
  version: string;
  /** Markdown below the heading. */
  notes: string;
  /** Where the heading leads: the release or the comparison. */
  url?: string;
  date?: string;
  prerelease: boolean;
}

const VERSION = String.raw`v?(\d+\.\d+(?:\.\d+)*(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?)`;
// `## [1.2.3](url) (2026-01-01)`, `## [1.2.3] - 2026-01-01`, `# acme 1.2.3 "Name"`, `## 1.2.3 / 2026-01-01`.
const HEADING = new RegExp(
  String.raw`^(#{1,4})\s+(?:[\w@/.-]+\s+)?(?:version\s+)?\[?${VERSION}\]?(?:\(([^)\s]+)\))?(?=$|[\s:(–—/"-])(.*)$`,
  "i",
);

/** In the file's order: the newest first, as changelogs are. What is not yet released is left out. */
export function readChangelog(text: string): Entry[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const links = linksIn(lines);
  const heads = headingsIn(lines);
  // Conventional Changelog mixes # and ## for versions; deeper headings are sections unless only they hold versions.
  const level = Math.min(...heads.map(({ level }) => level));
  const versions = heads.filter((head) => head.level <= Math.max(2, level) && head.version !== undefined);
  return versions.map(({ line, version = "", url, rest }) => {
    const next = heads.find((other) => other.line > line && endsEntry(other, level));
    const notes = lines
      .slice(line + 1, next?.line ?? lines.length)
      .filter((one) => !LINK.test(one))
      .join("\n")
      .trim();
    return {
      version,
      notes,
      url: url ?? links.get(version) ?? links.get(`v${version}`),
      date: rest.match(/\d{4}-\d\d-\d\d/)?.[0],
      prerelease: isPrerelease(version),
    };
  });
}

interface Heading {
  line: number;
  level: number;
  version?: string;
  url?: string;
  rest: string;
}

const LINK = /^\[([^\]]+)\]:\s*<?(\S+?)>?\s*$/;

function endsEntry({ version, level, rest }: Heading, top: number): boolean {
  return version !== undefined ? level <= Math.max(2, top) : level <= top || /unreleased/i.test(rest);
}

function headingsIn(lines: readonly string[]): Heading[] {
  const heads: Heading[] = [];
  let fence: string | undefined;
  for (const [line, text] of lines.entries()) {
    const mark = text.match(/^ {0,3}(```+|~~~+)/)?.[1];
    if (mark) fence = fence === undefined ? mark[0] : fence === mark[0] ? undefined : fence;
    if (fence !== undefined || mark) continue;
    // `1.2.3 / 2026-01-01` with a line below it.
    const under = lines[line + 1]?.match(/^(=+|-+)\s*$/)?.[1];
    const written = under && text.trim() !== "" ? `${under[0] === "=" ? "#" : "##"} ${text.trim()}` : text;
    const found = written.match(HEADING);
    if (found) {
      const [, marks = "", version, url, rest = ""] = found;
      heads.push({ line, level: marks.length, version, url, rest });
      continue;
    }
    const other = written.match(/^(#{1,4})\s+(.*)$/);
    if (other) heads.push({ line, level: other[1]!.length, rest: other[2]! });
  }
  // A title is no entry and ends none.
  const title = heads[0];
  return title && title.version === undefined && title.level === 1 ? heads.slice(1) : heads;
}

function linksIn(lines: readonly string[]): Map<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const [, name, url] = line.match(LINK) ?? [];
      return name && url ? [[name, url] as const] : [];
    }),
  );
}

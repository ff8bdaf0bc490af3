/**
 * The headings of a changelog, and which of them name a version. Its words decide, and not its level: tools write patches a
 * level deeper than minors, and people use bold lines, underlines and HTML.
 */
import { fenceAfter } from "./prose.ts";

export interface Heading {
  /** The first line of it, and the first one behind it. */
  line: number;
  end: number;
  /** 1 to 6; 7 for a line in bold. */
  level: number;
  words: string;
  /** Absent for what names no version. */
  version?: Version;
  /** It names a version of another package than the first one does. */
  other?: boolean;
}

export interface Version {
  number: string;
  /** What the version is one of, as written before it: `acme`, `@acme/core`. */
  of?: string;
  url?: string;
  date?: string;
  /** It says itself that it is still to come. */
  unreleased: boolean;
}

const NUMBER = String.raw`v?(\d+\.\d+(?:\.\d+)*(?:-[0-9A-Za-z.-]*[0-9A-Za-z])?(?:\+[0-9A-Za-z.-]+)?)`;
// `1.2.3 - 2026-01-01`, `acme 1.2.3 "Name"`, `@acme/core@1.2.3`, `Version 1.2.3`, `1.2.3 / 2026-01-01`, `Changes in 1.2.3:`.
const VERSION = new RegExp(
  String.raw`^(?:(?:changes|what['’]s new|new) (?:in|since)\s+(?:the\s+)?)?(?:((?!(?:version|release)\b)@?[A-Za-z][\w/.-]*?)(?:[\s@]+|[-_](?=v?\d+\.\d+\.\d)))?(?:(?:version|release)[:\s]+)?${NUMBER}(?=$|[\s:,;(\[–—/"“|-])(.*)$`,
  "i",
);
const DATE = /\b\d{4}[-/.]\d\d?[-/.]\d\d?\b/;
const UNRELEASED = /\b(?:unreleased|not (?:yet )?released|upcoming|tbd|tba|in development)\b/i;

/** Every heading in order. Code has none. */
export function headingsIn(lines: readonly string[]): Heading[] {
  const heads: Heading[] = [];
  let fence: string | undefined;
  for (let line = 0; line < lines.length; line++) {
    const before = fence;
    fence = fenceAfter(lines[line]!, before);
    if (before !== undefined || fence !== undefined) continue;
    const found = headingAt(lines, line);
    if (!found) continue;
    heads.push({ ...found, version: versionOf(found.written) });
    line = found.end - 1;
  }
  return alike(heads);
}

type Written = Omit<Heading, "version" | "other"> & { written: string };

// No version is called by so many words.
const LONGEST = 400;

function headingAt(lines: readonly string[], line: number): Written | undefined {
  const text = lines[line]!;
  const make = (level: number, written: string, end = line + 1): Written => ({
    line,
    end,
    level,
    written,
    words: written.length > LONGEST ? written : bare(written).text,
  });
  const [, marks, title = ""] = text.match(/^ {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$/) ?? [];
  if (marks) return make(marks.length, title);
  const [, level, inside = ""] = text.match(/^ {0,3}<h([1-6])\b[^<>]*>(.*?)<\/h\1>[ \t]*$/i) ?? [];
  if (level) return make(Number(level), inside);
  const [, under] = lines[line + 1]?.match(/^ {0,3}(=+|-+)[ \t]*$/) ?? [];
  const isText = /^ {0,3}[^\s>#|]/.test(text) && !/^ {0,3}(?:[-*+][ \t]|(?:[-*_][ \t]*){3,}$)/.test(text);
  // The last line of a paragraph is not a heading of its own.
  const alone = line === 0 || !/\S/.test(lines[line - 1]!) || ANCHOR.test(lines[line - 1]!);
  if (under && isText && (alone || versionOf(text))) return make(under[0] === "=" ? 1 : 2, text, line + 2);
  // A line in bold with a date behind it, perhaps.
  if (text.length > LONGEST) return undefined;
  const [, bold = "", rest = ""] = text.match(/^ {0,3}(?:\*\*|__)(.+?)(?:\*\*|__)([^*_]*)$/) ?? [];
  if (bold !== "" && versionOf(`${bold}${rest}`)) return make(7, `${bold}${rest}`);
  return alone && PLAIN.test(text) ? make(7, text) : undefined;
}

// A version alone on its line, perhaps with its date.
const PLAIN =
  /^(?:(?:changes in )?version\s+|changes in\s+)?v?\d+\.\d+\.\d+(?:-[\w.-]+)?:?(?:\s*[-–—/,(]?\s*(?:\d{4}[-/.]\d\d?[-/.]\d\d?|\d{1,2} \p{L}{3,12} \d{4}|\p{L}{3,12} \d{1,2}, \d{4})\)?)?:?[ \t]*$/iu;

/** An HTML anchor and nothing else: it belongs to the heading below it. */
export const ANCHOR = /^[ \t]*<a\s+(?:name|id)\s*=[^<>]*>[ \t]*(?:<\/a>)?[ \t]*$/i;

/** Without the marks around it; the address that its first link leads to. */
function bare(written: string): { text: string; url?: string } {
  let url: string | undefined;
  const text = written
    .replace(/<[^<>]*>/g, "")
    .replace(/\[([^\]]*)\]\(\s*<?([^)\s>]*)>?[^)]*\)/g, (_, words, address) => {
      url ??= address;
      return words;
    })
    .replace(/[*_]{2}|`|~~/g, "")
    .replace(/^(?:[\s:\p{Extended_Pictographic}]|\ufe0f)*(?::\w+:\s*)?/u, "")
    .replace(/^\[([^\]]*)\](?:\[[^\]]*\])?/, "$1")
    .replace(/^([\w@/.-]+\s+)\[([^\]]*)\]/, "$1$2")
    .replace(/^\*(.*)\*$/, "$1")
    .trim();
  return { text, url };
}

function versionOf(written: string): Version | undefined {
  if (written.length > LONGEST) return undefined;
  const { text, url } = bare(written);
  const [, of, number, rest = ""] = text.match(VERSION) ?? [];
  if (number === undefined) return undefined;
  return { number, of, url, date: dateIn(rest), unreleased: UNRELEASED.test(rest) };
}

function dateIn(rest: string): string | undefined {
  const [year, month = "", day = ""] = rest.match(DATE)?.[0].split(/[-/.]/) ?? [];
  return year && `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

// `### Node 20.19` and `### 1.x and 2.0 compared` below a version are about something else.
function alike(heads: Heading[]): Heading[] {
  const named = heads.find(({ version }) => version)?.version?.of;
  let top: number | undefined;
  return heads.map((head) => {
    const { version, level } = head;
    if (!version) return head;
    const other = version.of !== undefined && version.of !== named;
    const below = top !== undefined && level > top && !isHeading(head);
    if (other || below) return { ...head, version: undefined, other: other && named !== undefined };
    top = Math.min(top ?? level, level);
    return head;
  });
}

// Below another version: three numbers, and nothing behind them but a date, a name in quotes or a note in brackets.
function isHeading({ words, version }: Heading): boolean {
  if (!/^\d+\.\d+\.\d/.test(version!.number)) return false;
  const rest = words.slice(words.indexOf(version!.number) + version!.number.length);
  return /^\s*(?:$|[(["“/|]|[-–—:,]?\s*(?:\d|\w+ \d{1,2},? \d{4}|[([“"]))/.test(rest);
}

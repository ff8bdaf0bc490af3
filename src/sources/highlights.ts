/** The few lines of long notes that a short post has room for. */
import { withoutCredits } from "./credits.ts";
import { isHousekeeping } from "./labels.ts";
import { type Point, pointOf, unlinked } from "./point.ts";
import { fenceAfter, withoutComments } from "./prose.ts";
import { type Sort, sortOf } from "./sorts.ts";
import { withoutMail } from "./tidy.ts";

/** At most `most` lines of Markdown, one sentence each, the weightiest first; in the order of the notes where they weigh the same. */
export function highlightsOf(notes: string, most = 5): string[] {
  const text = withoutComments(notes);
  const points = pointsIn(text);
  if (points.length > 0) {
    return points
      .toSorted((a, b) => b.weight - a.weight)
      .slice(0, most)
      .map(({ text }) => text);
  }
  const first = text
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*/g, " ").trim())
    .find(
      (paragraph) =>
        paragraph !== "" &&
        !/^(?:[-*+] |\d+[.)] )/.test(paragraph) &&
        isProse(paragraph) &&
        !isHousekeeping(paragraph),
    );
  return first === undefined ? [] : [withoutMail(withoutCredits(unlinked(first)))];
}

const isProse = (paragraph: string): boolean => !/^(?:#|\*\*Full Changelog|!\[|<|\||>|```)/.test(paragraph);

/** What stands below one heading. */
interface Section {
  level: number;
  sort: Sort | "silent" | undefined;
  items: string[];
  paragraphs: string[];
}

function pointsIn(notes: string): Point[] {
  const points = new Map<string, Point>();
  for (const { sort, items, paragraphs } of sectionsIn(notes)) {
    if (sort === "silent") continue;
    // Without a list, each paragraph below "Bug fixes" is a point.
    const said = items.length === 0 && sort !== undefined ? paragraphs : items;
    for (const raw of said) {
      const point = pointOf(raw, sort);
      if (point && !points.has(point.text)) points.set(point.text, point);
    }
  }
  return [...points.values()];
}

function sectionsIn(notes: string): Section[] {
  const open: Section[] = [];
  const sections: Section[] = [{ level: 0, sort: undefined, items: [], paragraphs: [] }];
  let fence: string | undefined;
  // The indent of the list's points; what is further in belongs to the point above it: details.
  let list: number | undefined;
  let goesOn: "item" | "detail" | "paragraph" | undefined;
  for (const [at, line] of notes.split(/\r?\n/).entries()) {
    const before = fence;
    fence = fenceAfter(line, before);
    const section = sections.at(-1)!;
    if (before !== undefined || fence !== undefined) {
      goesOn = undefined;
      continue;
    }
    if (line.trim() === "") {
      goesOn = undefined;
      continue;
    }
    const heading = headingOf(line);
    if (heading) {
      while (open.length > 0 && open.at(-1)!.level >= heading.level) open.pop();
      const sort = sortOf(heading.words) ?? open.at(-1)?.sort;
      const next: Section = { level: heading.level, sort, items: [], paragraphs: [] };
      open.push(next);
      sections.push(next);
      list = undefined;
      goesOn = undefined;
      continue;
    }
    // The line below a heading that is underlined: the paragraph above it was one.
    if (/^ {0,3}(?:=+|-{2,})\s*$/.test(line) && goesOn === "paragraph") {
      const words = section.paragraphs.pop() ?? "";
      const next: Section = { level: 2, sort: sortOf(words), items: [], paragraphs: [] };
      open.length = 0;
      open.push(next);
      sections.push(next);
      list = undefined;
      goesOn = undefined;
      continue;
    }
    const [, space = "", words] = line.match(/^(\s*)(?:[-*+]|\d+[.)])\s+(.*)$/) ?? [];
    if (words !== undefined) {
      const indent = space.replaceAll("\t", "    ").length;
      if (indent > (list ?? 2) + 1) {
        goesOn = "detail";
        continue;
      }
      list = indent;
      section.items.push(words);
      goesOn = "item";
    } else if (goesOn === "item" && !/^\s*>/.test(line)) {
      section.items.push(`${section.items.pop() ?? ""} ${line.trim()}`);
    } else if (goesOn === "paragraph") {
      section.paragraphs.push(`${section.paragraphs.pop() ?? ""} ${line.trim()}`);
    } else if (goesOn !== "detail" && !(list !== undefined && /^\s{2,}/.test(line))) {
      list = undefined;
      if (isProse(line) && at >= 0) section.paragraphs.push(line.trim());
      goesOn = isProse(line) ? "paragraph" : "detail";
    }
  }
  return sections;
}

function headingOf(line: string): { level: number; words: string } | undefined {
  const [, marks, words = ""] = line.match(/^ {0,3}(#{1,6})\s+(.*)$/) ?? [];
  if (marks) return { level: marks.length, words };
  const [, bold] = line.match(/^\*\*([^*]+?):?\*\*:?\s*$/) ?? [];
  return bold === undefined ? undefined : { level: 7, words: bold };
}

/** Wikitext: what a page or a section is made of. Knows nothing of the API. */
import { references } from "../../text/dialects/wikitext.ts";

/** A file of the wiki with its description for those who do not see it. */
export interface Shown {
  name: string;
  alt: string;
}

/** Pictures above the words; categories say nothing where they stand. */
export function pageText(words: string, files: readonly Shown[], categories: readonly string[] = []): string {
  const pictures = files.map(({ name, alt }) => {
    const said = alt === "" ? "" : `|alt=${references(alt.replace(/\s+/g, " "))}`;
    return `[[File:${name}|frameless|720x720px${said}]]`;
  });
  const marks = categories.map((name) => `[[Category:${name}]]`).join("\n");
  return normal([...pictures, words, marks].filter((part) => part !== "").join("\n\n"));
}

/** As a wiki keeps it. */
export function normal(text: string): string {
  return text.replace(/\r\n?/g, "\n").trimEnd().normalize("NFC");
}

/** A heading is one line, and what is a sign in it stays text. */
export function headingOf(title: string): string {
  return normal(references(title.replace(/\s+/g, " ").trim()));
}

/** A section of its own has the second level, so the headings in it are of the third. */
export function deeper(text: string): string {
  return lines(text)
    .map(({ line, level }) => (level > 0 && level < 6 ? `=${line}=` : line))
    .join("\n");
}

/** A section between what is above and below it. */
interface Part {
  before: string;
  words: string;
  after: string;
}

/**
 * The text with a section of this heading replaced; without it where there are no `words`. `nth`: which of several; default: the last,
 * as a new one is. `undefined`: it is not there.
 */
export function withSection(
  text: string,
  heading: string,
  section: { heading: string; words: string } | undefined,
  nth = -1,
): { text: string; nth: number } | undefined {
  const part = partsOf(text, heading).at(nth);
  if (!part) return undefined;
  const ours = section ? `== ${section.heading} ==\n\n${section.words}` : "";
  const above = section ? partsOf(part.before, section.heading).length : 0;
  return { text: [part.before, ours, part.after].filter((one) => one !== "").join("\n\n"), nth: above };
}

/**
 * The words of our section as they are `now`, their headings a level higher again, as `deeper` got them. Of several with this heading it is
 * the one that has not changed since `past`, or the one in its place.
 */
export function sectionIn(now: string, past: string, heading: string, nth = -1): string | undefined {
  const [then, today] = [partsOf(past, heading), partsOf(now, heading)];
  const place = nth < 0 ? then.length - 1 : nth;
  const same = today.find(({ words }) => words === then[place]?.words);
  const found = same ?? (today.length >= then.length ? today[place] : undefined);
  return (
    found &&
    lines(found.words)
      .map(({ line, level }) => (level > 2 ? line.slice(1, -1) : line))
      .join("\n")
  );
}

function partsOf(text: string, heading: string): Part[] {
  const all = lines(text);
  const joined = (part: typeof all) =>
    part
      .map(({ line }) => line)
      .join("\n")
      .trim();
  return all.flatMap(({ line, level }, from) => {
    if (level !== 2 || line !== `== ${heading} ==`) return [];
    const length = all.slice(from + 1).findIndex(({ level }) => level === 1 || level === 2);
    const to = length < 0 ? all.length : from + 1 + length;
    return [
      {
        before: joined(all.slice(0, from)),
        words: joined(all.slice(from + 1, to)),
        after: joined(all.slice(to)),
      },
    ];
  });
}

/** Without the pictures above and the categories below. */
export function bare(text: string): string {
  return text
    .replace(/^(?:\[\[File:[^\]\n]*\]\]\s*)+/, "")
    .replace(/(?:\s*\[\[Category:[^\]\n]*\]\])+\s*$/, "")
    .trim();
}

/** Lines with the level of the heading that they are; 0 for what is none, code included. */
function lines(text: string): { line: string; level: number }[] {
  let code: string | undefined;
  return text.split("\n").map((line) => {
    const [, opened] = /^<(pre|syntaxhighlight)\b[^>]*>$/.exec(line) ?? [];
    if (code === undefined) code = opened;
    else if (line === `</${code}>`) code = undefined;
    const [, signs = ""] = code === undefined ? (/^(={1,6})\s.*\s\1\s*$/.exec(line) ?? []) : [];
    return { line, level: signs.length };
  });
}

// https://www.mediawiki.org/wiki/Manual:$wgLegalTitleChars, Help:Bad title.
const ILLEGAL =
  /[#<>[\]{}|\u007f\ufffd]|~~~|^:|%[0-9a-f]{2}|&(?:[a-z0-9]+|#x?[0-9a-f]+);|(?:^|\/)\.\.?(?:\/|$)/i;
const SPECIAL =
  /^(media|special|(?:user|project|file|mediawiki|template|help|category)?(?:[ _]?talk)?|module|gadget)\s*:/i;

/** Why no page can be called so, in words; `undefined`: it can. */
export function titleProblem(title: string): string | undefined {
  const [sign] = ILLEGAL.exec(title) ?? [];
  if (sign !== undefined) return `no page of a wiki can have ${sign} in its name`;
  const [space] = SPECIAL.exec(title) ?? [];
  return space === undefined ? undefined : `a page whose name begins with ${space} is not an article`;
}

/** The link definitions of a changelog stand at its end; a section of it has its links only when these are put in. */
import { fenceAfter, outsideCode } from "./prose.ts";

const DEFINITION =
  /^ {0,3}\[([^\]]{1,300})\]:[ \t]*<?([^\s<>]+)>?(?:[ \t]+(?:"[^"]*"|'[^']*'|\([^)]*\)))?[ \t]*$/;

/** By their names, as Markdown compares them; and the lines without them. */
export function definitionsIn(lines: readonly string[]): { links: Map<string, string>; lines: string[] } {
  const links = new Map<string, string>();
  const kept: string[] = [];
  let fence: string | undefined;
  for (const line of lines) {
    const before = fence;
    fence = fenceAfter(line, before);
    const [, name, url] = (before ?? fence) === undefined ? (line.match(DEFINITION) ?? []) : [];
    // `[^1]:` is a footnote.
    if (name === undefined || name.startsWith("^")) kept.push(line);
    else if (!links.has(keyOf(name))) links.set(keyOf(name), url!);
  }
  return { links, lines: kept };
}

export const keyOf = (name: string): string => name.trim().replace(/\s+/g, " ").toLowerCase();

const LABEL = String.raw`((?:[^[\]\\]|\\.|\[[^[\]]{0,300}\]){1,300})`;
const REFERENCE = new RegExp(
  String.raw`(?<![\]\\])(!?)\[${LABEL}\](?:\[([^\]]{0,300})\])?(?!\(|:\s|\[)`,
  "g",
);
const INLINE = new RegExp(
  String.raw`(?<!\\)(!?)\[${LABEL}\]\(\s*<?([^()\s<>]{0,2000})>?(?:\s+"[^"]{0,300}")?\s*\)`,
  "g",
);

/** Every link written out. One that leads to a place in the repository leads readers nowhere: its words stay. */
export function withLinks(notes: string, links: ReadonlyMap<string, string>): string {
  // A label may hold code: [`no-x`]. Brackets inside code are none.
  const hidden: string[] = [];
  const marked = notes.replace(
    /(?<=\[)`[^`\n]{1,200}`(?=\])/g,
    (code) => `\uFDD1${hidden.push(code) - 1}\uFDD1`,
  );
  const shown = (text: string) =>
    text.replace(/\uFDD1(\d+)\uFDD1/g, (whole, at) => hidden[Number(at)] ?? whole);
  const named = (prose: string) =>
    prose.replace(REFERENCE, (whole, image, words, name) => {
      const url = links.get(keyOf(shown(name || words)));
      return url === undefined ? whole : `${image}[${words}](${url})`;
    });
  const rooted = (prose: string) =>
    prose.replace(INLINE, (whole, image, words, url) =>
      /^(?:https?:\/\/|mailto:)/i.test(url) ? whole : image ? "" : words,
    );
  return shown(outsideCode(marked, (prose) => rooted(links.size > 0 ? named(prose) : prose)));
}

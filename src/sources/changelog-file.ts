/** Where a project keeps its changelog, and in which markup. */
import { type Entry, readChangelog } from "./changelog.ts";
import { type Found, firstFile } from "./project-text.ts";

const NAMES = [
  "CHANGELOG.md",
  "changelog.md",
  "Changelog.md",
  "CHANGES.md",
  "HISTORY.md",
  "History.md",
  "CHANGELOG.rst",
  "CHANGES.rst",
  "HISTORY.rst",
];

/** `undefined`: there is none. `file`: where the project says that it is. Throws InputError. */
export async function changelogOf(
  root: string,
  file?: string,
): Promise<{ found: Found; entries: Entry[] } | undefined> {
  const found = await firstFile(file === undefined ? NAMES : [file], root);
  if (!found) return undefined;
  if (!/\.rst$/i.test(found.name)) return { found, entries: readChangelog(found.text) };
  const { markdownOf } = await import("./rst.ts");
  return { found, entries: readChangelog(markdownOf(found.text)) };
}

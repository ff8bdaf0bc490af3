/**
 * The texts that a source may read. A changelog's and package.json's real path lies inside the git work tree around the
 * project, since a package of a monorepo shares its changelog; git does not leave it out, and it is of bounded size.
 */
import { isAbsolute, join } from "node:path";
import { InputError } from "../errors.ts";
import { readFileInside, requireNotIgnored, workTreeAround } from "../project-file.ts";
import { decode } from "../yaml/encoding.ts";

// Changelogs of twenty years have two.
const MOST = 10_000_000;

export interface Found {
  /** As written. */
  name: string;
  /** Absolute. */
  path: string;
  text: string;
}

/** The first of these files that there is. Throws InputError if it may not be read, or is not text. */
export async function firstFile(names: readonly string[], root: string): Promise<Found | undefined> {
  for (const name of names) {
    const path = isAbsolute(name) ? name : join(root, name);
    const bytes = readFileInside(path, { inside: workTreeAround(root), shown: name, most: MOST });
    if (bytes === undefined) continue;
    await requireNotIgnored(path, name);
    return { name, path, text: textOf(bytes, name) };
  }
  return undefined;
}

/** What package.json says. `undefined` if there is none that may be read. */
export function packageIn(folder: string, root: string): Record<string, unknown> | undefined {
  const path = join(folder, "package.json");
  try {
    const bytes = readFileInside(path, { inside: workTreeAround(root), shown: path, most: MOST });
    return bytes && jsonOf(textOf(bytes, path));
  } catch (error) {
    // It was not asked for.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

export function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function textOf(bytes: Uint8Array, shown: string): string {
  const decoded = decode(bytes);
  if (typeof decoded === "string") return decoded;
  const { line, code, ...why } = decoded;
  const remedy = code === "binary-file" ? "Name a Markdown or JSON file." : why.remedy;
  throw new InputError({ ...why, severity: "error", code, remedy, place: { file: shown, line } });
}

/** Finds credentials in a campaign, by their value, and never repeats them. */

import type { Problem } from "../errors.ts";
import { type Finder, looksSecret, secretFinder } from "../redact.ts";
import type { Path } from "../yaml/places.ts";
import type { Source } from "../yaml/source.ts";

/** Each secret, with its owner: see `Config`. */
export type Owners = ReadonlyMap<string, string>;

/** What is wrong with a campaign that holds the credential of a channel; its value is hidden from every other report. */
export function leaksIn(source: Source, owners: Owners): Problem[] {
  const find = finderOf(owners);
  if (find(source.text).length === 0) return [];
  return textsIn(source.value, []).flatMap(([path, text]) => {
    const [found] = find(text);
    if (!found) return [];
    source.hide(path);
    const before = text.slice(0, found.start).split("\n");
    const length = found.end - found.start;
    const spot = { line: before.length, column: before.at(-1)!.length + 1, length };
    const whose = `this is ${ownedBy(owners.get(found.secret))}`;
    return [leak(whose, { place: source.placeIn(path, spot) })];
  });
}

/** The same for finished words that have no place: of a template, a changelog, a plan that was kept. */
export function leaksOf(content: unknown, channel: string, owners: Owners): Problem[] {
  const find = finderOf(owners);
  const found = textsIn(content, []).flatMap(([, text]) => find(text))[0];
  if (!found) return [];
  const owner = owners.get(found.secret);
  const whose = owner === channel ? "its own credential" : ownedBy(owner);
  return [leak(`the text for \`${channel}\` contains ${whose}`, { channel })];
}

/** Problems of a file that could not be read as a whole: its lines may still hold a credential. */
export function redactProblems(problems: readonly Problem[], owners: Owners): Problem[] {
  const find = finderOf(owners);
  // As long as it was, so that the marks below the line still fit.
  const redact = <T extends string | undefined>(text: T) =>
    (text === undefined
      ? text
      : find(text).reduce(
          (out, { start, end }) => out.slice(0, start) + "*".repeat(end - start) + out.slice(end),
          text as string,
        )) as T;
  return problems.map((problem) => ({
    ...problem,
    message: redact(problem.message),
    remedy: redact(problem.remedy),
    place: problem.place && { ...problem.place, text: redact(problem.place.text) },
  }));
}

const ownedBy = (owner: string | undefined) =>
  owner === ".env" ? "a value from .env" : `the credential of \`${owner}\``;

function leak(message: string, where: Pick<Problem, "place" | "channel">): Problem {
  return {
    severity: "error",
    code: "literal-secret",
    message,
    remedy: "Remove it; and replace the credential if others have seen this file.",
    ...where,
  };
}

// A short password may be a word that a text needs; a webhook is known by the end of its path.
function finderOf(owners: Owners): Finder {
  return secretFinder([...owners.keys()].filter(looksSecret), { least: 8 });
}

function textsIn(value: unknown, path: Path): [Path, string][] {
  if (typeof value === "string") return [[path, value]];
  if (typeof value !== "object" || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : Object.entries(value);
  return entries.flatMap(([key, item]) => textsIn(item, [...path, key]));
}

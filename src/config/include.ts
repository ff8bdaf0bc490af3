/** `include:` of broadcast.yml: further files with channels, groups and people, one for each client or team. */
import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { InputError, type Problem, type ProblemCode } from "../errors.ts";
import { readSource, type Source, shownPath } from "../yaml/source.ts";

interface Entry {
  written: string;
  place: Problem["place"];
}

/** The files, read, in the order in which they are named; those of one pattern by name. */
export async function readIncluded(
  main: Source,
  cwd: string | undefined,
): Promise<{ sources: Source[]; problems: Problem[] }> {
  const sources: Source[] = [];
  const problems: Problem[] = [];
  const known = new Set([main.file]);
  for (const entry of entriesOf(main)) {
    const files = await matching(entry.written, dirname(main.file));
    if (files.length === 0) problems.push(noneMatches(entry));
    for (const file of files) {
      if (known.has(file)) {
        if (!isPattern(entry.written)) problems.push(namedTwice(entry));
        continue;
      }
      known.add(file);
      try {
        sources.push(await readSource(file, shownPath(file, cwd), { secrets: true }));
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        problems.push(...error.problems.map((problem) => atEntry(problem, entry)));
      }
    }
  }
  return { sources, problems };
}

function entriesOf({ value, place }: Source): Entry[] {
  const { include } = value;
  if (typeof include === "string") return [{ written: include, place: place(["include"]) }];
  if (!Array.isArray(include)) return [];
  return include.flatMap((written, index) =>
    typeof written === "string" && written !== "" ? [{ written, place: place(["include", index]) }] : [],
  );
}

const isPattern = (written: string) => basename(written).includes("*");

async function matching(written: string, root: string): Promise<string[]> {
  if (!isPattern(written)) return [resolve(root, written)];
  const folder = resolve(root, dirname(written));
  const parts = basename(written).split("*");
  const names = await readdir(folder).catch(() => [] as string[]);
  return names
    .filter((name) => !name.startsWith(".") && fits(name, parts))
    .sort()
    .map((name) => join(folder, name));
}

/** Whether a name has these parts in their order, the first at its beginning and the last at its end. */
function fits(name: string, parts: readonly string[]): boolean {
  const [first = "", ...rest] = parts;
  const last = rest.pop() ?? "";
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

const AT_ENTRY = new Set<ProblemCode>(["missing-file", "not-a-file", "unreadable-file"]);

// A file that is not there has no line of its own to show.
function atEntry(problem: Problem, { written, place }: Entry): Problem {
  if (!AT_ENTRY.has(problem.code)) return problem;
  return { ...problem, message: `\`${written}\` cannot be included: ${problem.message}`, place };
}

function noneMatches({ written, place }: Entry): Problem {
  return {
    severity: "error",
    code: "missing-file",
    message: `no file matches \`${written}\``,
    remedy:
      "Correct the pattern; `*` stands for any signs in the file's name, and paths count from broadcast.yml.",
    place,
  };
}

function namedTwice({ written, place }: Entry): Problem {
  return {
    severity: "error",
    code: "name-taken",
    message: `\`${written}\` is included already`,
    remedy: "Take it out.",
    place,
  };
}

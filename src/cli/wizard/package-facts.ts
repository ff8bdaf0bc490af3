/** What a project says about itself in package.json or its tags: better answers than an example's. */

import type { Kind } from "../../config/kinds.ts";
import { InputError } from "../../errors.ts";
import { isUrl } from "../../urls.ts";
import { KIND_WORDS, type KindWords } from "./kinds.ts";

export interface OwnFacts {
  version?: string;
  /** `lists 2.4.0`. */
  name?: string;
  /** Its page on the web. */
  page?: string;
}

export async function readOwnFacts(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<OwnFacts> {
  const { readRelease } = await import("../../sources/read.ts");
  const read = async (source: string): Promise<OwnFacts> => {
    try {
      const { version, name, url } = await readRelease([source], { root, env });
      return { version, name: name === version ? undefined : name, page: url };
    } catch (error) {
      // A project need not have either.
      if (error instanceof InputError) return {};
      throw error;
    }
  };
  const described = await read("package.json");
  // Where the tag decides, the file says 0.0.0.
  const undecided = described.version === undefined || /^0\.0\.0\b/.test(described.version);
  return undecided ? { page: described.page, ...(await read("tag")) } : described;
}

/** A first text for a campaign of this kind, with facts of this project. */
export function wordsFor(kind: Kind, { version, name }: OwnFacts): KindWords {
  const words = KIND_WORDS[kind];
  if (words.vars?.version === undefined || version === undefined) return words;
  return {
    ...words,
    title: `${name ?? `Version ${version}`} is out`,
    summary: isFirst(version) ? words.summary : KIND_WORDS.update.summary,
    vars: { ...words.vars, version },
  };
}

function isFirst(version: string): boolean {
  return /^(0\.\d+|1\.0)\.0$/.test(version);
}

/** An example's address on the project's own site, when it has one to itself. */
export function onOwnSite(example: string, { page }: OwnFacts): string {
  if (page === undefined || !isUrl(page) || !isUrl(example)) return example;
  const { pathname, origin } = new URL(page);
  return pathname === "/" ? origin + new URL(example).pathname : example;
}

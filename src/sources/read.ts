/** `--from`: where the facts of a release are read, so that nobody types them. */
import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { InputError } from "../errors.ts";
import { readChangelog } from "./changelog.ts";
import { highlightsOf, withoutComments } from "./highlights.ts";
import { type Facts, isPrerelease, type Project, type Release } from "./release.ts";

export const SOURCES = ["changelog", "tag", "github", "package.json"] as const;
type SourceName = (typeof SOURCES)[number];

const CHANGELOGS = ["CHANGELOG.md", "changelog.md", "Changelog.md", "CHANGES.md", "HISTORY.md", "History.md"];

/**
 * The facts from these sources: the first that knows something says it, the later ones tell what is still missing, about
 * the same version. Throws InputError when a source has nothing, or nobody knows a version.
 */
export async function readRelease(sources: readonly string[], project: Project): Promise<Release> {
  let known: Facts = {};
  for (const written of sources) {
    const { name, file } = sourceOf(written);
    const facts = await ask(name, file, project, known.version);
    known = { ...defined(facts), ...defined(known) };
  }
  const { version = "" } = known;
  const notes = withoutComments(known.notes ?? known.commits ?? "").trim();
  return {
    version,
    name: known.name ?? (await titled(version, project)),
    notes,
    highlights: highlightsOf(notes),
    url: known.url,
    prerelease: known.prerelease ?? isPrerelease(version),
    previous: known.previous,
  };
}

function sourceOf(written: string): { name: SourceName; file?: string } {
  const [, head = "", file] = written.match(/^([^:]+)(?::(.+))?$/s) ?? [];
  const name = SOURCES.find((one) => one === head);
  if (name !== undefined && (file === undefined || name === "changelog" || name === "package.json"))
    return { name, file };
  throw new InputError({
    severity: "error",
    code: "usage",
    message: `\`--from ${written}\` is no source of release facts`,
    remedy: "Choose changelog, changelog:FILE, tag, github or package.json.",
  });
}

async function ask(
  name: SourceName,
  file: string | undefined,
  project: Project,
  wanted: string | undefined,
): Promise<Facts> {
  switch (name) {
    case "changelog":
      return fromChangelog(file, project, wanted);
    case "package.json":
      return fromPackage(file, project);
    case "tag": {
      const { fromTag } = await import("./tags.ts");
      return (
        (await fromTag(project, wanted)) ??
        nothing(
          wanted === undefined ? "no tag with a version is to be seen" : `there is no tag for ${wanted}`,
          "In a shallow clone fetch the tags first (`fetch-depth: 0`), or take another source.",
        )
      );
    }
    case "github": {
      const { fromGitHub } = await import("./github.ts");
      return (
        (await fromGitHub(project, wanted)) ??
        nothing(
          "there is no release on GitHub for this",
          "It needs a `release` event, or GITHUB_REPOSITORY and a published release.",
        )
      );
    }
  }
}

async function fromChangelog(
  file: string | undefined,
  { root }: Project,
  wanted: string | undefined,
): Promise<Facts> {
  const found = await firstReadable(file === undefined ? CHANGELOGS : [file], root);
  if (!found) {
    return nothing(
      file === undefined ? "there is no CHANGELOG.md in the project" : `\`${file}\` cannot be read`,
      "Name it from the project's folder: `--from changelog:docs/CHANGES.md`.",
    );
  }
  const entries = readChangelog(found.text);
  const at = wanted === undefined ? 0 : entries.findIndex(({ version }) => version === wanted);
  const entry = entries[at];
  if (!entry) {
    return nothing(
      wanted === undefined
        ? `${found.name} has no section for a version`
        : `${found.name} has no section for ${wanted}`,
      "Give it a heading like `## [2.4.0] - 2026-12-01`.",
    );
  }
  const { version, notes, url, prerelease } = entry;
  return {
    version,
    notes: notes || undefined,
    url: readable(url),
    prerelease,
    previous: entries[at + 1]?.version,
  };
}

async function fromPackage(file: string | undefined, { root }: Project): Promise<Facts> {
  const found = await firstReadable([file ?? "package.json"], root);
  const described = found && jsonOf(found.text);
  if (typeof described?.version !== "string") {
    return nothing(
      found ? `${found.name} holds no version` : "there is no package.json in the project",
      "Name it from the project's folder: `--from package.json:packages/core/package.json`.",
    );
  }
  const { name, version, homepage } = described;
  return {
    version,
    name: typeof name === "string" ? `${name.split("/").at(-1)} ${version}` : undefined,
    url: typeof homepage === "string" && /^https?:\/\//.test(homepage) ? homepage : undefined,
    prerelease: isPrerelease(version),
  };
}

// A version alone is no title. Where the project says what it is called, that stands before it.
async function titled(version: string, { root, env }: Project): Promise<string> {
  const found = await firstReadable(["package.json"], root);
  const written = found && jsonOf(found.text)?.name;
  const project = typeof written === "string" ? written : (env.GITHUB_REPOSITORY ?? env.CI_PROJECT_NAME);
  const name = project?.split("/").at(-1);
  return name ? `${name} ${version}` : version;
}

// A comparison of two versions is for those who wrote them; everybody else is shown the release.
function readable(url: string | undefined): string | undefined {
  return url?.replace(
    /^(https:\/\/github\.com\/[^/]+\/[^/]+)\/compare\/[^/]+?\.\.\.([^/?#]+)$/,
    "$1/releases/tag/$2",
  );
}

async function firstReadable(
  names: readonly string[],
  root: string,
): Promise<{ name: string; text: string } | undefined> {
  for (const name of names) {
    try {
      return { name, text: await readFile(isAbsolute(name) ? name : join(root, name), "utf8") };
    } catch {
      // The next name, if there is one; the caller says what was looked for.
    }
  }
  return undefined;
}

function jsonOf(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function defined(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Facts;
}

function nothing(message: string, remedy: string): never {
  throw new InputError({ severity: "error", code: "no-release", message, remedy });
}

/** `--from`: where the facts of a release are read, so that they need not be typed. */
import { dirname } from "node:path";
import { InputError } from "../errors.ts";
import { GitError } from "../git.ts";
import { workTreeAround } from "../project-file.ts";
import type { Entry } from "./changelog.ts";
import { changelogOf } from "./changelog-file.ts";
import { highlightsOf } from "./highlights.ts";
import { type Found, firstFile, jsonOf, packageIn } from "./project-text.ts";
import { type Facts, isNewer, isPrerelease, type Project, type Release } from "./release.ts";
import { tidied, withoutAddresses } from "./tidy.ts";

export const SOURCES = ["changelog", "tag", "github", "package.json"] as const;
type SourceName = (typeof SOURCES)[number];

/**
 * The facts from these sources: the first that knows something says it, the later ones tell what is still missing, about
 * the same version. Throws InputError when a source has nothing, or no version is known.
 */
export async function readRelease(sources: readonly string[], project: Project): Promise<Release> {
  let known: Facts = {};
  for (const written of sources) {
    const { name, file } = sourceOf(written);
    const facts = await ask(name, file, project, known.version);
    known = { ...defined(facts), ...defined(known) };
  }
  const { version = "" } = known;
  const notes = tidied(known.notes ?? known.commits ?? "", version);
  return {
    version,
    name: known.name ?? titled(version, known.of, project),
    notes: withoutAddresses(notes),
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
    message: `\`--from ${written}\` is not a source of release facts`,
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
        (await fromTag(project, wanted, nameIn(project.root, project))) ??
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
  project: Project,
  wanted: string | undefined,
): Promise<Facts> {
  const read = await changelogOf(project.root, file);
  if (!read) {
    return nothing(
      file === undefined ? "there is no CHANGELOG.md in the project" : `there is no file \`${file}\``,
      "Name it from the project's folder: `--from changelog:docs/CHANGES.md`.",
    );
  }
  const { found } = read;
  const entries = newestFirst(read.entries);
  const described = describedBy(found, project);
  const entry =
    wanted === undefined
      ? entries.find(({ unreleased, version }) => !unreleased || version === described.version)
      : entries.find(({ version }) => same(version, wanted));
  if (!entry) {
    const newest = entries[0] ? `; its newest is ${entries[0].version}` : "";
    return nothing(
      wanted === undefined
        ? `${found.name} has no section for a version`
        : `${found.name} has no section for ${wanted}${newest}`,
      `Give it a heading like \`## [${wanted ?? "2.4.0"}] - 2026-12-01\`.`,
    );
  }
  if (wanted === undefined) await requireNewest(entries, found, described, project);
  const { version, notes, url, prerelease } = entry;
  return {
    version,
    of: entry.of ?? described.name,
    notes: notes || undefined,
    url: readable(url),
    prerelease,
    previous: entries.slice(entries.indexOf(entry) + 1).find((one) => prerelease || !one.prerelease)?.version,
  };
}

// A few changelogs begin with the oldest.
function newestFirst(entries: Entry[]): Entry[] {
  const [first, last] = [entries[0], entries.at(-1)];
  return first && last && isNewer(last.version, first.version) ? entries.toReversed() : entries;
}

function same(one: string, other: string): boolean {
  return one === other || (!isNewer(one, other) && !isNewer(other, one));
}

interface Described {
  name?: string;
  version?: string;
  /** It is the whole repository's, and so are tags without a package's name. */
  whole: boolean;
}

/** What the package.json beside the changelog, or above it, says. */
function describedBy({ path }: Found, { root }: Project): Described {
  const top = workTreeAround(root);
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const { name, version } = packageIn(folder, root) ?? {};
    const whole = folder === top || folder === root;
    if (typeof name === "string" || typeof version === "string" || whole || dirname(folder) === folder)
      return {
        name: typeof name === "string" ? name : undefined,
        version: typeof version === "string" ? version : undefined,
        whole: folder === top,
      };
  }
}

/** An older version is not announced in the place of one that the changelog does not have, or not in a form that is read. */
async function requireNewest(
  entries: readonly Entry[],
  { name }: Found,
  described: Described,
  project: Project,
): Promise<void> {
  const misses = (version: string) =>
    !isPrerelease(version) && entries.every((entry) => isNewer(version, entry.version));
  const fail = (who: string, version: string) =>
    nothing(
      `${who} says ${version}, and the newest version in ${name} is ${entries[0]!.version}`,
      `Give ${name} a heading like \`## [${version}] - 2026-12-01\`, or name another source.`,
    );
  if (described.version !== undefined && misses(described.version)) fail("package.json", described.version);
  const { currentTag, isOf } = await import("./tags.ts");
  const tag = await currentTag(project, described.name).catch((error: unknown) => {
    // No git: then there is no tag either.
    if (error instanceof GitError) return undefined;
    throw error;
  });
  if (!tag || !misses(tag.version)) return;
  if (tag.of === "" ? described.whole : isOf(tag, described.name)) fail(`the tag ${tag.tag}`, tag.version);
}

async function fromPackage(file: string | undefined, { root }: Project): Promise<Facts> {
  const found = await firstFile([file ?? "package.json"], root);
  const described = found && jsonOf(found.text);
  if (typeof described?.version !== "string") {
    return nothing(
      found ? `${found.name} holds no version` : `there is no ${file ?? "package.json"} in the project`,
      "Name it from the project's folder: `--from package.json:packages/core/package.json`.",
    );
  }
  const { name, version, homepage } = described;
  return {
    version,
    name: typeof name === "string" ? `${name} ${version}` : undefined,
    url: typeof homepage === "string" && /^https?:\/\//.test(homepage) ? homepage : undefined,
    prerelease: isPrerelease(version),
  };
}

function nameIn(folder: string, { root }: Project): string | undefined {
  const name = packageIn(folder, root)?.name;
  return typeof name === "string" ? name : undefined;
}

// A version alone is not a title. Where the project says what it is called, that stands before it, with its scope: `core` alone
// may be anybody's.
function titled(version: string, of: string | undefined, project: Project): string {
  const own = nameIn(project.root, project);
  const written = of === undefined || own?.split("/").at(-1) === of ? own : of;
  const { env } = project;
  const name = written ?? (env.GITHUB_REPOSITORY ?? env.CI_PROJECT_NAME)?.split("/").at(-1);
  return name ? `${name} ${version}` : version;
}

// A comparison of two versions is for those who wrote them; everybody else is shown the release.
function readable(url: string | undefined): string | undefined {
  return url?.replace(
    /^(https:\/\/github\.com\/[^/]+\/[^/]+)\/compare\/[^/]+?\.\.\.([^/?#]+)$/,
    "$1/releases/tag/$2",
  );
}

function defined(facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Facts;
}

function nothing(message: string, remedy: string): never {
  throw new InputError({ severity: "error", code: "no-release", message, remedy });
}

/** Release facts from the repository's own tags. */
import { askGit, git } from "../git.ts";
import type { Project } from "./release.ts";
import { type Facts, isNewer, isPrerelease, ownName, versionIn } from "./release.ts";

export interface Tag {
  tag: string;
  version: string;
  /** What the version is one of: `@acme/core` of `@acme/core@1.0.0`; empty for `v1.0.0`. */
  of: string;
}

/** Tags that hold a version, the newest first; without those that only move along: `v1.1` beside `v1.1.0`. */
export async function tagsOf(project: Project): Promise<Tag[]> {
  return (await placed(project)).map(({ commit: _, ...tag }) => tag);
}

type Placed = Tag & { commit: string };

async function placed({ root, env }: Project): Promise<Placed[]> {
  const listed = await askGit(
    [
      "for-each-ref",
      "--sort=-version:refname",
      "--sort=-creatordate",
      "--format=%(refname:strip=2) %(objectname) %(*objectname)",
      "refs/tags",
    ],
    { folder: root, env },
  );
  const all = (listed ?? "").split("\n").flatMap((line) => {
    const [tag = "", object = "", commit = object] = line.trim().split(" ");
    const read = tagIn(tag);
    return read ? [{ ...read, commit }] : [];
  });
  const beside = new Map<string, Placed[]>();
  for (const tag of all) beside.set(tag.commit, [...(beside.get(tag.commit) ?? []), tag]);
  return all.filter((tag) => !beside.get(tag.commit)?.some((other) => movesWith(tag, other)));
}

function tagIn(tag: string): Tag | undefined {
  const version = versionIn(tag);
  if (version === undefined) return undefined;
  const before = tag.slice(0, tag.length - version.length);
  const of = before.replace(/v$/i, "").replace(/[@/_-]$/, "");
  return { tag, version, of: /^(?:rel|release|version)$/i.test(of) ? "" : of };
}

/** `v1.1` moves with `v1.1.0`, whose commit it stands on. */
function movesWith(tag: Tag, other: Tag): boolean {
  return tag.of === other.of && other.version.startsWith(`${tag.version}.`);
}

/**
 * The tag that the job runs for, else one at HEAD, else the nearest below it. `of`: what it is to be a version of, where
 * there are tags of several packages.
 */
export async function currentTag(project: Project, of?: string): Promise<Tag | undefined> {
  const { root, env } = project;
  const named = (env.GITHUB_REF_TYPE === "tag" ? env.GITHUB_REF_NAME : undefined) ?? env.CI_COMMIT_TAG;
  const tags = await placed(project);
  const own = tags.filter((tag) => isOf(tag, of));
  if (named === undefined) return nearest("HEAD", own.length > 0 ? own : tags, project, of);
  if (tags.some(({ tag }) => tag === named)) return tagIn(named);
  // A job may run for the tag that moves: `v1`, `v1.1`.
  const commit = await askGit(["rev-parse", `refs/tags/${named}^{commit}`], { folder: root, env });
  const beside = tags.filter((tag) => tag.commit === commit);
  const read = tagIn(named);
  return best(read ? beside.filter((other) => movesWith(read, other)) : beside, of) ?? read;
}

// More of them would not fit into a command's arguments.
const MOST_TAGS = 500;

/** Of these tags, the nearest one that leads to `ref`. */
async function nearest(
  ref: string,
  tags: readonly Placed[],
  { root, env }: Project,
  of?: string,
): Promise<Tag | undefined> {
  if (tags.length === 0) return undefined;
  const matches = tags.slice(0, MOST_TAGS).map(({ tag }) => `--match=${tag}`);
  const found = await askGit(["describe", "--tags", "--abbrev=0", ...matches, ref], { folder: root, env });
  const commit = tags.find(({ tag }) => tag === found)?.commit;
  return best(
    tags.filter((tag) => tag.commit === commit),
    of,
  );
}

/** Of the tags of one commit: those of this package first, then those of no package, then the most exact and newest. */
function best(tags: readonly Tag[], of?: string): Tag | undefined {
  const own = tags.filter((tag) => isOf(tag, of));
  const among = own.length > 0 ? own : tags;
  return [...among].sort((a, b) => rank(b) - rank(a) || (isNewer(a.version, b.version) ? -1 : 1))[0];

  function rank({ of, version }: Tag): number {
    return (of === "" ? 10 : 0) + version.split("-")[0]!.split(".").length;
  }
}

/** `@acme/core` and `core` are one package. */
export function isOf(tag: Tag, of?: string): boolean {
  return of !== undefined && (tag.of === of || tag.of === of.split("/").at(-1));
}

/** `undefined` when there is no tag with a version. An annotated tag's first line is the name, the rest the notes. */
export async function fromTag(project: Project, wanted?: string, of?: string): Promise<Facts | undefined> {
  const { root, env } = project;
  const options = { folder: root, env };
  const tag =
    wanted === undefined
      ? await currentTag(project, of)
      : best(
          (await tagsOf(project)).filter(({ version }) => version === wanted),
          of,
        );
  if (!tag) return undefined;
  const before = (await placed(project)).filter((other) => mayPrecede(other, tag));
  const previous = await nearest(`refs/tags/${tag.tag}^`, before, project);
  const kind = await askGit(["cat-file", "-t", `refs/tags/${tag.tag}`], options);
  const written =
    kind === "tag"
      ? annotation(await git(["for-each-ref", "--format=%(contents)", `refs/tags/${tag.tag}`], options))
      : {};
  return {
    version: tag.version,
    of: tag.of || undefined,
    ...written,
    commits: written.notes === undefined ? await subjects(tag.tag, previous?.tag, project) : undefined,
    prerelease: isPrerelease(tag.version),
    previous: previous?.version,
  };
}

// Of the same package, and final if this one is: what its candidates brought is new to most readers.
function mayPrecede({ version, of }: Tag, tag: Tag): boolean {
  return (
    of === tag.of && isNewer(tag.version, version) && (isPrerelease(tag.version) || !isPrerelease(version))
  );
}

function annotation(contents: string): Pick<Facts, "name" | "notes"> {
  const text = contents.replace(/-----BEGIN (?:PGP|SSH) SIGNATURE-----[\s\S]*$/, "").trim();
  const [first = "", ...rest] = text.split("\n");
  return { name: ownName(first), notes: rest.join("\n").trim() || undefined };
}

async function subjects(tag: string, previous: string | undefined, { root, env }: Project): Promise<string> {
  const range = previous === undefined ? `refs/tags/${tag}` : `refs/tags/${previous}..refs/tags/${tag}`;
  const log = await askGit(["log", "--no-merges", "--max-count=200", "--format=- %s", range], {
    folder: root,
    env,
  });
  return log ?? "";
}

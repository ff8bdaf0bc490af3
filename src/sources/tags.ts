/** Release facts from the repository's own tags. */
import { askGit, git } from "../git.ts";
import type { Project } from "./release.ts";
import { type Facts, isPrerelease, ownName, versionIn } from "./release.ts";

export interface Tag {
  tag: string;
  version: string;
}

/** Tags that hold a version, the newest first. */
export async function tagsOf({ root, env }: Project): Promise<Tag[]> {
  const listed = await askGit(["tag", "--list", "--sort=-version:refname", "--sort=-creatordate"], {
    folder: root,
    env,
  });
  return (listed ?? "").split("\n").flatMap((tag) => {
    const version = versionIn(tag);
    return version === undefined ? [] : [{ tag, version }];
  });
}

/** The tag that the job runs for, else the one at HEAD, else the newest below it. */
export async function currentTag(project: Project): Promise<Tag | undefined> {
  const { root, env } = project;
  const named =
    (env.GITHUB_REF_TYPE === "tag" ? env.GITHUB_REF_NAME : undefined) ??
    env.CI_COMMIT_TAG ??
    (await askGit(["describe", "--tags", "--exact-match", "HEAD"], { folder: root, env })) ??
    (await askGit(["describe", "--tags", "--abbrev=0", "HEAD"], { folder: root, env }));
  const version = named && versionIn(named);
  return named && version ? { tag: named, version } : undefined;
}

/** `undefined` when there is no tag with a version. An annotated tag's first line is the name, the rest the notes. */
export async function fromTag(project: Project, wanted?: string): Promise<Facts | undefined> {
  const { root, env } = project;
  const options = { folder: root, env };
  const tag =
    wanted === undefined
      ? await currentTag(project)
      : (await tagsOf(project)).find(({ version }) => version === wanted);
  if (!tag) return undefined;
  const previous = await askGit(["describe", "--tags", "--abbrev=0", `${tag.tag}^`], options);
  const kind = await askGit(["cat-file", "-t", `refs/tags/${tag.tag}`], options);
  const written =
    kind === "tag"
      ? annotation(await git(["for-each-ref", "--format=%(contents)", `refs/tags/${tag.tag}`], options))
      : {};
  return {
    version: tag.version,
    ...written,
    commits: written.notes === undefined ? await subjects(tag.tag, previous, project) : undefined,
    prerelease: isPrerelease(tag.version),
    previous: previous === undefined ? undefined : versionIn(previous),
  };
}

function annotation(contents: string): Pick<Facts, "name" | "notes"> {
  const text = contents.replace(/-----BEGIN (?:PGP|SSH) SIGNATURE-----[\s\S]*$/, "").trim();
  const [first = "", ...rest] = text.split("\n");
  return { name: ownName(first), notes: rest.join("\n").trim() || undefined };
}

async function subjects(tag: string, previous: string | undefined, { root, env }: Project): Promise<string> {
  const range = previous === undefined ? tag : `${previous}..${tag}`;
  const log = await askGit(["log", "--no-merges", "--max-count=200", "--format=- %s", range], {
    folder: root,
    env,
  });
  return log ?? "";
}

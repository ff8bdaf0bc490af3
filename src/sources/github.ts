/** Release facts from GitHub: the event that started the job, else the API. */
import { readFile } from "node:fs/promises";
import * as v from "valibot";
import { InputError, NetworkError } from "../errors.ts";
import { createHttp, expectReply, type Http } from "../http/http.ts";
import { USER_AGENT } from "../version.ts";
import type { Project } from "./release.ts";
import { type Facts, isPrerelease, ownName, versionIn } from "./release.ts";

const releaseSchema = v.object({
  tag_name: v.string(),
  name: v.nullish(v.string()),
  body: v.nullish(v.string()),
  html_url: v.optional(v.string()),
  prerelease: v.optional(v.boolean(), false),
  draft: v.optional(v.boolean(), false),
});
type GitHubRelease = v.InferOutput<typeof releaseSchema>;

/** `undefined` when the event is none of a release and the project's repository on GitHub is not known. */
export async function fromGitHub(project: Project, wanted?: string): Promise<Facts | undefined> {
  const event = await eventRelease(project);
  const matches = event && (wanted === undefined || versionOf(event) === wanted);
  if (matches && project.env.GITHUB_TOKEN === undefined) return factsOf(event, []);
  const all = await releasesOf(project).catch((error) => {
    // The event says the most important things; only the version before it is not in there.
    if (matches && error instanceof InputError) return [];
    throw error;
  });
  if (matches) return factsOf(event, all ?? []);
  const tag = project.env.GITHUB_REF_TYPE === "tag" ? project.env.GITHUB_REF_NAME : undefined;
  const released = all?.filter(({ draft }) => !draft) ?? [];
  // `v1` and `latest` move along with the releases that have a version.
  const exact = released.filter(({ tag_name }) => versionIn(tag_name) !== undefined);
  const published = exact.length > 0 ? exact : released;
  const moves = tag !== undefined && versionIn(tag) === undefined;
  const chosen =
    wanted === undefined && (tag === undefined || moves)
      ? (released.find(({ tag_name }) => tag_name === tag && exact.length === 0) ?? published[0])
      : published.find((one) => (wanted === undefined ? one.tag_name === tag : versionOf(one) === wanted));
  return chosen && factsOf(chosen, published);
}

/** The newest first, drafts left out; `undefined` without a repository. */
export async function listReleases(
  project: Project,
): Promise<{ version: string; url?: string; prerelease: boolean }[] | undefined> {
  const all = await releasesOf(project);
  return all
    ?.filter(({ draft }) => !draft)
    .map((one) => ({ version: versionOf(one), url: one.html_url, prerelease: one.prerelease }));
}

async function eventRelease({ env }: Project): Promise<GitHubRelease | undefined> {
  const file = env.GITHUB_EVENT_PATH;
  if (file === undefined || file === "") return undefined;
  let event: { release?: unknown };
  try {
    event = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw trouble(`the event file of the job cannot be read (${(error as Error).message.split(",")[0]})`);
  }
  const parsed = v.safeParse(releaseSchema, event?.release);
  return parsed.success ? parsed.output : undefined;
}

async function releasesOf({ env, transport }: Project): Promise<GitHubRelease[] | undefined> {
  const repository = env.GITHUB_REPOSITORY;
  if (repository === undefined || !/^[\w.-]+\/[\w.-]+$/.test(repository)) return undefined;
  const wire = transport ? undefined : (await import("../http/transport.ts")).createWire();
  const token = env.GITHUB_TOKEN ?? env.GH_TOKEN;
  const http: Http = createHttp({
    transport: transport ?? wire!.transport,
    userAgent: USER_AGENT,
    secrets: token ? [token] : [],
  });
  try {
    const reply = await http({
      url: `${(env.GITHUB_API_URL ?? "https://api.github.com").replace(/\/$/, "")}/repos/${repository}/releases?per_page=50`,
      headers: {
        accept: "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
    });
    return expectReply(reply, v.array(releaseSchema), "a list of releases", true);
  } catch (error) {
    if (error instanceof NetworkError) throw trouble(`GitHub does not tell its releases: ${error.message}`);
    throw error;
  } finally {
    await wire?.close();
  }
}

function trouble(message: string): InputError {
  return new InputError({
    severity: "error",
    code: "no-release",
    message,
    remedy: "Set GITHUB_TOKEN with the right to read contents, or take `--from tag`.",
  });
}

function versionOf({ tag_name }: GitHubRelease): string {
  return versionIn(tag_name) ?? tag_name;
}

/** `core` of `core@1.0.0`: another package's release is not the one before. */
function packageOf(one: GitHubRelease): string {
  return one.tag_name.slice(0, -versionOf(one).length).replace(/v$/i, "");
}

function factsOf(one: GitHubRelease, all: readonly GitHubRelease[]): Facts {
  const version = versionOf(one);
  const at = all.findIndex(({ tag_name }) => tag_name === one.tag_name);
  const before =
    at < 0
      ? undefined
      : all
          .slice(at + 1)
          .find(
            (other) =>
              !other.draft && (one.prerelease || !other.prerelease) && packageOf(other) === packageOf(one),
          );
  return {
    version,
    name: ownName(one.name),
    notes: one.body?.replaceAll("\r\n", "\n").trim() || undefined,
    url: one.html_url,
    prerelease: one.prerelease || isPrerelease(version),
    previous: before && versionOf(before),
  };
}

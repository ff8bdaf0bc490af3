/** Reads a campaign, checks everything that can be checked without rendering, and reports all of it at once. */

import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Adapters } from "../config/adapters.ts";
import { type Config, NO_CREDENTIAL } from "../config/config.ts";
import { byPlace, InputError, type Problem } from "../errors.ts";
import type { Release } from "../sources/release.ts";
import { check, problemsOf, salvage } from "../yaml/schema-problems.ts";
import { readSource, type Source, shownPath } from "../yaml/source.ts";
import type { Path } from "../yaml/yaml.ts";
import type { Campaign, CampaignMedia, Only } from "./campaign.ts";
import { checkCampaign } from "./check.ts";
import { hushed, leaksIn } from "./leaks.ts";
import { identified, notesProblem, withReleaseWords } from "./release-defaults.ts";
import { type CampaignInput, campaignSchema, type OnlyInput } from "./schema.ts";

export interface Loaded {
  /** There only when the files have no error. What the environment lacks is among the problems, but no error of theirs. */
  campaign?: Campaign;
  /** What could be read of it, when something is wrong: only to look for more that is wrong. */
  draft?: Campaign;
  problems: Problem[];
}

/** Without a `config` (it could not be read) the channels are not checked. Paths are shown relative to `cwd`. */
export async function loadCampaign(
  file: string,
  config: Config | undefined,
  adapters: Adapters,
  cwd = process.cwd(),
  release?: Release,
): Promise<Loaded> {
  const path = resolve(cwd, file);
  const channels = config?.channels ?? new Map();
  let source: Source;
  try {
    source = await readSource(path, shownPath(path, cwd));
  } catch (error) {
    if (error instanceof InputError) return { problems: hushed(error.problems, channels) };
    throw error;
  }
  // Before anything else is said about it: a report may repeat what stands there.
  const leaks = leaksIn(source, channels);
  if (leaks.length > 0) return { problems: leaks };

  const { input: written, problems } = readShape(source);
  const input = withReleaseWords(written, release);
  const campaign = campaignOf(input, source, config?.root ?? dirname(path));
  campaign.release = release;
  campaign.timezone ??= config?.timezone;
  try {
    campaign.id = await identified(campaign.id, campaign);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.problems);
  }
  problems.push(...(await checkCampaign(campaign, input, config, adapters)));
  problems.push(...[notesProblem(input, release, source) ?? []].flat());
  problems.sort(byPlace);
  const wrong = problems.some(({ severity, code }) => severity === "error" && !NO_CREDENTIAL.has(code));
  if (!wrong) return { campaign, problems };
  return { draft: { ...campaign, vars: { ...intended(source.value, input), ...campaign.vars } }, problems };
}

/** Names that are written, although where they stand is wrong: whoever uses them has not forgotten them. */
function intended(written: object, input: Partial<CampaignInput>): Record<string, unknown> {
  const lost = Object.entries(written).filter(([key]) => !Object.hasOwn(input, key) || key === "vars");
  const names = lost.flatMap(([key, value]) => [
    key,
    ...(typeof value === "object" && value !== null ? Object.keys(value) : []),
  ]);
  return Object.fromEntries(names.map((name) => [name, ""]));
}

function readShape(source: Source): { input: Partial<CampaignInput>; problems: Problem[] } {
  const { issues, output } = check(campaignSchema, source.value);
  if (output) return { input: output as CampaignInput, problems: [] };
  return {
    input: salvage(campaignSchema, source.value, issues) as Partial<CampaignInput>,
    problems: problemsOf(issues, { source, schema: campaignSchema }),
  };
}

/** The channels and options are filled in by the checks, which know the configuration. */
function campaignOf(input: Partial<CampaignInput>, source: Source, root: string): Campaign {
  const only = Object.entries(input.only ?? {}).map(([name, said]) => [
    name,
    onlyOf(said, source, root, ["only", name]),
  ]);
  return {
    id: input.id ?? pathInProject(source.file, root),
    file: source.file,
    root,
    source,
    kind: input.kind ?? "update",
    when: input.when,
    title: input.title,
    summary: input.summary,
    body: input.body,
    link: input.link,
    vars: input.vars ?? {},
    tags: input.tags ?? [],
    media: mediaOf(input.media, source, root, ["media"]),
    channels: [],
    audience: input.audience ?? "external",
    allowExternal: input.allow_external ?? [],
    lang: input.lang,
    author: input.author,
    at: input.at,
    every: input.every,
    from: input.from,
    until: input.until,
    count: input.count,
    stagger: input.stagger,
    timezone: input.timezone,
    expires: input.expires,
    schedule: input.schedule,
    late: input.late,
    uncertain: input.uncertain,
    fit: input.fit,
    number: input.number,
    maxPosts: input.max_posts,
    only: Object.fromEntries(only) as Record<string, Only>,
    options: {},
  };
}

function onlyOf(said: OnlyInput, source: Source, root: string, path: Path): Only {
  const media = said.media && mediaOf(said.media, source, root, [...path, "media"]);
  const { max_posts: maxPosts, ...rest } = said;
  return { ...rest, ...(maxPosts !== undefined && { maxPosts }), media };
}

function mediaOf(
  items: CampaignInput["media"] = [],
  source: Source,
  root: string,
  path: Path,
): CampaignMedia[] {
  return items.map(({ file, alt = "", decorative = false }, index) => ({
    file: fromProject(file, source.file, root),
    alt,
    decorative,
    place: source.place([...path, index, "file"]),
    path: [...path, index],
  }));
}

// People write a path from where they are: beside the campaign first, else from the project's folder.
function fromProject(file: string, campaign: string, root: string): string {
  const beside = join(dirname(campaign), file);
  const chosen = !isAbsolute(file) && existsSync(beside) ? relative(root, beside) : file;
  return chosen.split(sep).join("/").replace(/^\.\//, "");
}

/** Links are followed, so that one campaign has one identity by whichever way it is reached. */
function pathInProject(file: string, root: string): string {
  const way = relative(realpathSync(root), realpathSync(file));
  return (isAbsolute(way) ? file : way).split(sep).join("/");
}

/** Reads a campaign, checks everything that can be checked without rendering, and reports all of it at once. */

import { existsSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Adapters } from "../config/adapters.ts";
import { type Config, NOT_READY } from "../config/config.ts";
import { byPlace, InputError, type Problem, uniqueProblems } from "../errors.ts";
import type { Release } from "../sources/release.ts";
import type { Path } from "../yaml/places.ts";
import { check, problemsOf, salvage } from "../yaml/schema-problems.ts";
import { readSource, type Source, shownPath } from "../yaml/source.ts";
import type { Campaign, CampaignMedia, Override } from "./campaign.ts";
import { checkCampaign, checkChannels } from "./check.ts";
import { colorOf, parseFocus } from "./framing.ts";
import { leaksIn, redactProblems } from "./leaks.ts";
import { identified, notesProblem, withReleaseWords } from "./release-defaults.ts";
import { resolveCampaign } from "./resolve.ts";
import { type CampaignInput, campaignSchema, type OnlyInput } from "./schema.ts";

export interface Loaded {
  /** Absent if the files have an error. A missing credential is among the problems, and is not an error of the files. */
  campaign?: Campaign;
  /** What could be read of a campaign with errors; used only to find more errors. */
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
  const secrets = config?.secrets ?? new Map<string, string>();
  let source: Source;
  try {
    source = await readSource(path, shownPath(path, cwd));
  } catch (error) {
    if (error instanceof InputError) return { problems: redactProblems(error.problems, secrets) };
    throw error;
  }
  // First of all, since other reports may quote the file.
  const leaks = leaksIn(source, secrets);
  if (leaks.length > 0) return { problems: leaks };

  const { input: written, problems } = readShape(source);
  const input = withReleaseWords(written, release);
  const plain = { ...campaignOf(input, source, config?.root ?? dirname(path)), release };
  const identity = await idOf(plain);
  problems.push(...identity.problems);
  const named = { ...plain, id: identity.id, timezone: plain.timezone ?? config?.timezone };
  const resolved = config && resolveCampaign(named, input, config);
  problems.push(...(await checkCampaign(named)));
  if (resolved) problems.push(...resolved.problems, ...checkChannels(resolved, input, config, adapters));
  problems.push(...[notesProblem(input, release, source) ?? []].flat());
  const campaign = resolved?.campaign ?? named;
  const all = uniqueProblems(problems).sort(byPlace);
  const wrong = all.some(({ severity, code }) => severity === "error" && !NOT_READY.has(code));
  if (!wrong) return { campaign, problems: all };
  return {
    draft: { ...campaign, vars: { ...misplacedNames(source.value, input), ...campaign.vars } },
    problems: all,
  };
}

async function idOf(campaign: Campaign): Promise<{ id: string; problems: readonly Problem[] }> {
  try {
    return { id: await identified(campaign.id, campaign), problems: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { id: campaign.id, problems: error.problems };
  }
}

/** Variables that are written in the wrong place: they are not reported as undefined as well. */
function misplacedNames(written: object, input: Partial<CampaignInput>): Record<string, unknown> {
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

/** Without channels and options: `resolveCampaign` fills them in. */
function campaignOf(input: Partial<CampaignInput>, source: Source, root: string): Campaign {
  const only = Object.entries(input.only ?? {}).map(([name, content]) => [
    name,
    onlyOf(content, source, root, ["only", name]),
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
    linkIn: input.link_in,
    firstReply: input.first_reply,
    vars: input.vars ?? {},
    tags: input.tags ?? [],
    media: mediaOf(input.media, source, root, ["media"]),
    poll: pollOf(input.poll),
    card: cardOf(input.card, source, root),
    announces: input.source,
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
    fitMedia: input.fit_media,
    altInText: input.alt_in_text,
    number: input.number,
    maxPosts: input.max_posts,
    only: Object.fromEntries(only) as Record<string, Override>,
    options: {},
  };
}

function onlyOf(content: OnlyInput, source: Source, root: string, path: Path): Override {
  const media = content.media && mediaOf(content.media, source, root, [...path, "media"]);
  const { max_posts: maxPosts, fit_media: fitMedia, alt_in_text: altInText, ...others } = content;
  const { link_in: linkIn, first_reply: firstReply, poll, card, ...rest } = others;
  return {
    ...rest,
    ...(maxPosts !== undefined && { maxPosts }),
    ...(fitMedia !== undefined && { fitMedia }),
    ...(altInText !== undefined && { altInText }),
    ...(linkIn !== undefined && { linkIn }),
    ...(firstReply !== undefined && { firstReply }),
    media,
    poll: pollOf(poll),
    card: cardOf(card, source, root),
  };
}

const OPEN = "3d";

function pollOf(input: CampaignInput["poll"]): Campaign["poll"] {
  if (!input) return input;
  const { choices, open = OPEN, multiple = false, answer } = input;
  return { choices, open, multiple, ...(answer !== undefined && { answer }) };
}

function cardOf(input: CampaignInput["card"], source: Source, root: string): Campaign["card"] {
  if (!input) return input;
  const { image, ...words } = input;
  return { ...words, ...(image !== undefined && { image: fromProject(image, source.file, root) }) };
}

function mediaOf(
  items: CampaignInput["media"] = [],
  source: Source,
  root: string,
  path: Path,
): CampaignMedia[] {
  return items.map(({ file, alt = "", decorative = false, focus, letterbox }, index) => ({
    file: fromProject(file, source.file, root),
    alt,
    decorative,
    ...(focus !== undefined && { focus: parseFocus(focus) }),
    ...(letterbox !== undefined && { letterbox: colorOf(letterbox) }),
    place: source.place([...path, index, "file"]),
    path: [...path, index],
  }));
}

// From the campaign's folder first, else from the project's.
function fromProject(file: string, campaign: string, root: string): string {
  const beside = join(dirname(campaign), file);
  const chosen = !isAbsolute(file) && existsSync(beside) ? relative(root, beside) : file;
  return chosen.split(sep).join("/").replace(/^\.\//, "");
}

/** Links are followed, so that a campaign has the same id by every path that leads to it. */
function pathInProject(file: string, root: string): string {
  const way = relative(realpathSync(root), realpathSync(file));
  return (isAbsolute(way) ? file : way).split(sep).join("/");
}

/** From a campaign's file to its plan, or to everything that is wrong with it. */
import { resolve } from "node:path";
import type { Post } from "../adapter.ts";
import { type Campaign, contentFor } from "../campaign/campaign.ts";
import { todosIn } from "../campaign/check.ts";
import { leaksOf } from "../campaign/leaks.ts";
import { loadCampaign } from "../campaign/load.ts";
import { type Clock, systemClock } from "../clock.ts";
import { type Channel, NOT_READY } from "../config/config.ts";
import { byPlace, InputError, type Place, type Problem, type ProblemCode } from "../errors.ts";
import { isReserved } from "../http/reserved.ts";
import type { MediaFile } from "../media/file.ts";
import { shipped } from "../package-files.ts";
import { type Plan, type PlanInput, withDigest } from "../plan/types.ts";
import { knownLimits } from "./account.ts";
import type { Project } from "./project.ts";

export interface Planned {
  plan: Plan;
  campaign: Campaign;
}

export interface PlanOptions {
  clock?: Clock;
  /**
   * Missing credentials are only warnings: a plan sends nothing, and a reviewer (a pull request from a fork) has
   * none. Do not set it when planning to send.
   */
  withoutCredentials?: boolean;
  /** Which occurrence of a campaign that comes again: its wall-clock time. Default: the next one. */
  occurrence?: string;
}

/** Reads and checks a campaign. Throws InputError with everything that is wrong with it and with `broadcast.yml`. */
export async function readCampaign(
  file: string,
  project: Project,
  options: PlanOptions = {},
): Promise<{ campaign: Campaign; problems: Problem[] }> {
  const { campaign, draft, problems } = await loadCampaign(
    resolve(project.cwd, file),
    project.config,
    project.adapters,
    project.cwd,
    project.release,
  );
  const found = [...project.problems, ...problems].map((problem) =>
    options.withoutCredentials && NOT_READY.has(problem.code)
      ? { ...problem, severity: "warning" as const }
      : problem,
  );
  if (campaign && !hasErrors(found)) return { campaign: aboutEntry(campaign, project), problems: found };
  const readable = campaign ?? draft;
  const further = readable ? await furtherErrors(readable, project, options, found) : [];
  throw new InputError([...found, ...further].sort(byPlace));
}

/** Each entry of a feed is a campaign of its own. */
function aboutEntry(campaign: Campaign, { entry }: Project): Campaign {
  return campaign.announces && entry ? { ...campaign, id: `${campaign.id}@${entry.key}`, entry } : campaign;
}

// Problems that cannot be caused by an error in the file. Times, texts and files are independent of it;
// anything missing or superfluous may be a consequence.
const OF_ITS_OWN = new Set<ProblemCode>([
  "alt-too-long",
  "bad-condition",
  "bad-link",
  "bad-recurrence",
  "bad-time",
  "expires-before-due",
  "literal-secret",
  "media-bytes",
  "media-count",
  "media-empty",
  "media-missing",
  "media-mixed",
  "media-size",
  "media-type",
  "media-unreadable",
  "no-such-time",
  "template-limit",
  "template-syntax",
  "title-too-long",
  "too-long",
  "undefined-variable",
  "unknown-filter",
]);

/** Plans a campaign with errors as far as possible, so that all problems are reported at once. */
async function furtherErrors(
  campaign: Campaign,
  project: Project,
  options: PlanOptions,
  known: readonly Problem[],
): Promise<Problem[]> {
  // Without an entry of its feed everything that names one would seem wrong.
  if (campaign.source.value.source !== undefined && !project.entry) return [];
  const spot = ({ place }: Problem) => `${place?.file}:${place?.line}:${place?.column}`;
  const said = new Set(known.map(spot));
  let found: readonly Problem[];
  try {
    found = (await planned(campaign, project, options)).problems;
  } catch (error) {
    // Planning may fail because of an error that is reported already.
    found = error instanceof InputError ? error.problems : [];
  }
  return found.filter(
    (problem) => problem.severity === "error" && OF_ITS_OWN.has(problem.code) && !said.has(spot(problem)),
  );
}

/** Reads a campaign and plans it. Throws like `readCampaign`; problems of texts and media are in `plan.problems`. */
export async function planCampaign(
  file: string,
  project: Project,
  options: PlanOptions = {},
): Promise<Planned> {
  const { campaign, problems } = await readCampaign(file, project, options);
  if (campaign.announces && !project.entry) {
    const { entryFor, withEntry } = await import("./feed-entries.ts");
    const entry = await entryFor(campaign, project, options.occurrence);
    return planCampaign(file, withEntry(project, entry), { ...options, occurrence: undefined });
  }
  const plan = await planned(campaign, project, options);
  const found = [...problems, ...todosIn(campaign), ...plan.problems];
  return { plan: withDigest({ ...plan, problems: found }), campaign };
}

async function planned(campaign: Campaign, project: Project, options: PlanOptions): Promise<Plan> {
  const { config, cwd } = project;
  const { clock = systemClock } = options;
  const used = campaign.channels.flatMap((name) => config.channels.get(name) ?? []);
  if (campaign.when !== undefined) {
    const { isWanted } = await import("../campaign/release-defaults.ts");
    const { skippedPlan } = await import("../plan/plan.ts");
    if (!(await isWanted(campaign))) return skippedPlan(campaign, []);
  }
  const { createTemplates } = await import("../campaign/template.ts");
  const { plan } = await import("../plan/plan.ts");
  const { media, problems } = await describeAll(campaign, used);
  const limits = await knownLimits(project, used);
  const hasPictures = [...media.values()].some(({ type }) => type.startsWith("image/"));
  const fitting = hasPictures ? await import("./fit.ts") : undefined;
  if (fitting) problems.push(...(await fitting.withoutBroken(project, media, placeOfFile(campaign, used))));
  await fitting?.learnTransparency(project, media, used, limits);
  const input: PlanInput = {
    campaign,
    config,
    templates: createTemplates({
      folders: [config.templates, shipped("templates")].filter((folder) => folder !== undefined),
      root: config.root,
      cwd,
    }),
    media,
    limits,
    now: clock.now(),
    occurrence: options.occurrence,
  };
  const first = await plan(input);
  // Which pages the cards are about is known once the texts are there.
  const wanted = config.fetch?.cards !== false && used.some(({ adapter }) => adapter.card === "ours");
  const urls = wanted ? cardUrls(first, project) : [];
  const pages = urls.length > 0 ? await readPages(urls, project, clock.now()) : undefined;
  const made = pages && pages.cards.size > 0 ? await plan({ ...input, cards: pages.cards }) : first;
  requireNoLeak(made, project);
  const hasFits = made.deliveries.some(({ posts }) => posts.some(({ post }) => needsFitting(post)));
  const fitted = hasFits
    ? await (fitting ?? (await import("./fit.ts"))).withFitted(made.deliveries, campaign, project)
    : undefined;
  return withDigest({
    ...made,
    ...(fitted && { deliveries: fitted.deliveries }),
    problems: [...problems, ...made.problems, ...(pages?.problems ?? []), ...(fitted?.problems ?? [])],
  });
}

/** The links that get a card of ours: the campaign's, else the first in the text where the text can have one. */
function cardUrls({ deliveries }: Pick<Plan, "deliveries">, { config }: Project): string[] {
  return deliveries.flatMap(({ channel, posts }) => {
    const adapter = config.channels.get(channel)?.adapter;
    const post = posts[0]?.post;
    if (adapter?.card !== "ours" || !post) return [];
    const isCrowded = adapter.media !== "none" && adapter.media.card === "instead" && post.media.length > 0;
    if (isCrowded) return [];
    const inText = post.entities.find((entity) => entity.kind === "link");
    const url = post.link?.url ?? (adapter.cardImage && inText?.kind === "link" ? inText.url : undefined);
    return url === undefined || !/^https?:/i.test(url) ? [] : [url];
  });
}

function needsFitting({ media, link }: Post): boolean {
  return link?.image?.fit !== undefined || media.some(({ fit }) => fit);
}

async function readPages(urls: readonly string[], project: Project, now: number) {
  if (urls.every(isReserved)) return undefined;
  return (await import("./page-cards.ts")).pageCards(urls, project, now);
}

/** Throws InputError when a post holds a credential: such a plan is not even shown. */
export function requireNoLeak(plan: Pick<Plan, "deliveries">, { config }: Pick<Project, "config">): void {
  const leaks = plan.deliveries.flatMap(({ channel, posts }) => leaksOf(posts, channel, config.secrets));
  if (leaks.length > 0) throw new InputError(leaks);
}

export function hasErrors(problems: readonly Problem[]): boolean {
  return problems.some(({ severity }) => severity === "error");
}

/** Throws InputError when the plan may not be sent. */
export function requireSound(plan: Plan): void {
  if (hasErrors(plan.problems)) throw new InputError(plan.problems);
}

function placeOfFile(campaign: Campaign, channels: readonly Channel[]): (file: string) => Place | undefined {
  const written = filesIn(campaign, channels);
  return (name) => written.find(({ file }) => file === name)?.place;
}

function filesIn(campaign: Campaign, channels: readonly Channel[]): { file: string; place: Place }[] {
  return channels.flatMap((channel) => {
    const { media, card } = contentFor(campaign, channel);
    const image = card ? card.image : undefined;
    return [...media, ...(image ? [{ file: image.value, place: campaign.source.place(image.path) }] : [])];
  });
}

async function describeAll(
  campaign: Campaign,
  channels: readonly Channel[],
): Promise<{ media: Map<string, MediaFile>; problems: Problem[] }> {
  const used = filesIn(campaign, channels);
  const media = new Map<string, MediaFile>();
  const problems: Problem[] = [];
  if (used.length === 0) return { media, problems };
  const { describeMedia } = await import("../media/file.ts");
  for (const [file, { place }] of new Map(used.map((item) => [item.file, item]))) {
    const described = await describeMedia(campaign.root, file);
    if ("severity" in described) problems.push({ ...described, place });
    else media.set(file, described);
  }
  return { media, problems };
}

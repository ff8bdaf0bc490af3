/** The project's pictures, made to fit: where they are kept, and what the plan says of them. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Account, Media, MediaRules } from "../adapter.ts";
import { type Campaign, contentFor } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import { NetworkError, type Place, type Problem } from "../errors.ts";
import { writeWhole } from "../files.ts";
import type { MediaFile } from "../media/file.ts";
import { fitOf, READABLE } from "../media/fit.ts";
import { createFitStore, type FitStore, type Fitted } from "../media/fit-store.ts";
import { mediaStore } from "../media/store.ts";
import { digest } from "../plan/digest.ts";
import type { Plan, PlannedPost } from "../plan/types.ts";
import type { Project } from "./project.ts";

/** Where pages' pictures are kept, see page-cards.ts. */
export const CACHE = ".broadcast/cache/";

/** Rehearsals have the same files. */
export function fitStoreOf({ config }: { config: Pick<Project["config"], "root" | "mediaStore"> }): FitStore {
  const kept = folderOf(config);
  const { settings } = config.mediaStore;
  return createFitStore(config.root, kept, settings && mediaStore(settings, kept));
}

/** The deliveries with what their pictures have become, and what could not be done. */
export async function withFitted(
  deliveries: Plan["deliveries"],
  campaign: Campaign,
  project: Pick<Project, "config">,
): Promise<{ deliveries: Plan["deliveries"]; problems: Problem[] }> {
  const wanted = deliveries.flatMap(({ posts }) => posts.flatMap(({ post }) => toFit(post)));
  if (wanted.length === 0) return { deliveries, problems: [] };
  const store = fitStoreOf(project);
  // All at once, so that each picture is decoded once; which one fails is asked below.
  await store.make(wanted).catch(() => {});
  const problems: Problem[] = [];
  const made = await Promise.all(
    deliveries.map(async (delivery) => {
      const posts: PlannedPost[] = [];
      const lost = [...delivery.lost];
      for (const written of delivery.posts) {
        const planned = await withReadableCard(written, store);
        if (planned !== written) lost.push("the card without its picture");
        const files = toFit(planned.post);
        try {
          const fitted = await store.make(files);
          posts.push(files.length > 0 ? { ...planned, fitted: byFile(files, fitted) } : planned);
        } catch (error) {
          if (!(error instanceof NetworkError)) throw error;
          posts.push(planned);
          problems.push(cannotFit(error.message, files, delivery.channel, campaign, project));
        }
      }
      return { ...delivery, posts, lost, digest: digest(posts.map(({ post }) => post)) };
    }),
  );
  return { deliveries: made, problems };
}

/** A picture that somebody else's page has is a gift: if it cannot be decoded, the card does without. */
async function withReadableCard(planned: PlannedPost, store: FitStore): Promise<PlannedPost> {
  const { link } = planned.post;
  if (!link?.image?.fit || !link.image.file.startsWith(CACHE)) return planned;
  try {
    await store.make([link.image]);
    return planned;
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
    const { image: _, ...plain } = link;
    return { ...planned, post: { ...planned.post, link: plain } };
  }
}

function toFit({ media, link }: PlannedPost["post"]): Media[] {
  return [...media, ...(link?.image ? [link.image] : [])].filter(({ fit }) => fit);
}

function byFile(files: readonly Media[], fitted: readonly Fitted[]): PlannedPost["fitted"] {
  return Object.fromEntries(
    files.map(({ file }, index) => {
      const { sha256: _, ...facts } = fitted[index]!;
      return [file, facts];
    }),
  );
}

function cannotFit(
  message: string,
  files: readonly Media[],
  name: string,
  campaign: Campaign,
  { config }: Pick<Project, "config">,
): Problem {
  const channel = config.channels.get(name);
  const written = channel && contentFor(campaign, channel).media;
  const place = written?.find(({ file }) => files.some((one) => one.file === file))?.place;
  return {
    severity: "error",
    code: "media-unreadable",
    message,
    remedy: "Save it again, as JPEG or PNG.",
    place: place ?? campaign.source.place(["media"]),
    channel: name,
  };
}

/** Takes pictures out whose pixels end early or make no sense, and says so. Each is looked at once, and remembered by its digest. */
export async function withoutBroken(
  project: Pick<Project, "config">,
  media: Map<string, MediaFile>,
  placeOf: (file: string) => Place | undefined,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [name, file] of media) {
    if (!READABLE.has(file.type)) continue;
    const isWhole = await remembered(file, "whole", project, (encoder) => encoder.isDecodable(file.path));
    if (isWhole) continue;
    media.delete(name);
    problems.push({
      severity: "error",
      code: "media-unreadable",
      message: `the pixels of \`${name}\` cannot be decoded`,
      remedy: "Download or save it again.",
      place: placeOf(name),
    });
  }
  return problems;
}

/**
 * Asks which pictures one can see through, of those for which it matters. Only a look at every pixel tells: a screenshot has a
 * channel for it, and no use.
 */
export async function learnTransparency(
  project: Pick<Project, "config">,
  media: Map<string, MediaFile>,
  channels: readonly Channel[],
  limits: ReadonlyMap<string, Account["limits"]>,
): Promise<void> {
  for (const [name, file] of media) {
    if (!file.type.startsWith("image/") || file.transparent !== undefined) continue;
    const matters = channels.some(({ adapter, name: channel }) => {
      const rules =
        adapter.media === "none" ? undefined : { ...adapter.media, ...limits.get(channel)?.media };
      return [rules?.image, adapter.cardImage].some((image) => image && differs(file, image));
    });
    if (!matters) continue;
    const transparent = await remembered(file, "transparent", project, (encoder) =>
      encoder.isTransparent(file.path),
    );
    media.set(name, { ...file, transparent });
  }
}

/** An answer that every pixel was looked at for, kept by the file's digest. */
async function remembered(
  { sha256 }: MediaFile,
  question: string,
  { config }: Pick<Project, "config">,
  ask: (encoder: typeof import("../media/encode.ts")) => Promise<boolean>,
): Promise<boolean> {
  const kept = join(folderOf(config), `${sha256}.${question}`);
  const known = await readFile(kept, "utf8").catch(() => "");
  if (known === "yes" || known === "no") return known === "yes";
  const answer = await ask(await import("../media/encode.ts"));
  // What cannot be kept is asked again.
  await writeWhole(kept, answer ? "yes" : "no").catch(() => {});
  return answer;
}

function folderOf({ root }: Pick<Project["config"], "root">): string {
  return join(root, CACHE, "media");
}

function differs(file: MediaFile, rules: NonNullable<MediaRules["image"]>): boolean {
  const [clear, solid] = [true, false].map((transparent) => fitOf({ ...file, transparent }, rules));
  return clear?.type !== solid?.type;
}

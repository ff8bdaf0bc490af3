/**
 * What the pages behind a campaign's links say of themselves, for the networks whose cards are ours. Read once and kept for a week, so
 * that a plan that is made again is the same; a picture is kept by its digest, so that it is the same file on every machine.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { Card } from "../adapter.ts";
import type { Problem } from "../errors.ts";
import { writeWhole } from "../files.ts";
import { fetchPublic, PublicFetchError } from "../http/public-fetch.ts";
import { isReserved } from "../http/reserved.ts";
import type { PageCard } from "../plan/types.ts";
import { USER_AGENT } from "../version.ts";
import type { Project } from "./project.ts";

const DEADLINE = 5_000;
const WEEK = 7 * 86_400_000;
// A page that could not be read is asked again after a minute, also while somebody writes with a preview open.
const MINUTE = 60_000;
const MOST_IMAGE = 15_000_000;
const CACHE = join(".broadcast", "cache");

const Kept = v.object({
  url: v.string(),
  at: v.number(),
  title: v.optional(v.string()),
  description: v.optional(v.string()),
  image: v.optional(
    v.object({
      file: v.string(),
      sha256: v.string(),
      type: v.string(),
      bytes: v.number(),
      width: v.optional(v.number()),
      height: v.optional(v.number()),
    }),
  ),
  lacksImage: v.optional(v.literal(true)),
});

/** When a page last failed to be read, in this process. */
const failed = new Map<string, { at: number; why: string }>();

type Home = Pick<Project, "config" | "rehearsal">;

/** Each by its address as given. A page that cannot be read is a warning. A rehearsal reads nothing that is not kept. */
export async function pageCards(
  urls: readonly string[],
  project: Home,
  now: number,
): Promise<{ cards: Map<string, PageCard>; problems: Problem[] }> {
  const cards = new Map<string, PageCard>();
  const problems: Problem[] = [];
  await Promise.all(
    [...new Set(urls)].map(async (written) => {
      if (isReserved(written)) return;
      const url = withoutCampaign(written);
      const known = await keptCard(url, project, now);
      const card = known ?? (project.rehearsal ? undefined : await readCard(url, project, now));
      if (typeof card === "string") problems.push(unread(url, card));
      else if (card) cards.set(written, card);
    }),
  );
  return { cards, problems };
}

/** The card, or why there is none, a clause. */
async function readCard(url: string, project: Home, now: number): Promise<PageCard | string> {
  const before = failed.get(url);
  if (before && now - before.at < MINUTE) return before.why;
  try {
    const card = await fetchCard(url, project);
    await keep(url, { ...card, url, at: now }, project);
    failed.delete(url);
    return card;
  } catch (error) {
    if (!(error instanceof PublicFetchError)) throw error;
    failed.set(url, { at: now, why: error.message });
    return error.message;
  }
}

async function fetchCard(url: string, project: Home): Promise<PageCard> {
  const { readHead } = await import("../media/page-head.ts");
  let reader: ReturnType<typeof readHead> | undefined;
  const reading = fetchPublic(url, {
    ...manners(project),
    most: 0,
    headers: { accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1" },
    take(piece, { status, headers, url: at }) {
      if (status !== 200 || !/html|^$/i.test(headers["content-type"] ?? "")) return true;
      const encoding = headers["content-encoding"] ?? "identity";
      if (encoding !== "identity")
        throw new PublicFetchError(`answers in ${encoding}, though it was asked not to`);
      reader ??= readHead(at, headers["content-type"]);
      return reader.write(piece);
    },
  });
  // A server that stalls behind the head has said enough.
  const reply = await reading.catch((error: unknown) => {
    if (reader?.head().title === undefined) throw error;
    return { status: 200 };
  });
  if (reply.status !== 200) throw new PublicFetchError(`answers ${reply.status}`);
  const { image, ...words } = reader?.head() ?? {};
  if (image === undefined) return words;
  const picture = isReserved(image) ? undefined : await fetchImage(image, project);
  return { ...words, ...(picture ? { image: picture } : { lacksImage: true as const }) };
}

/** `undefined` for what is not a whole picture, or cannot be had: the card does without. */
async function fetchImage(url: string, project: Home): Promise<PageCard["image"]> {
  try {
    const { status, body } = await fetchPublic(url, { ...manners(project), most: MOST_IMAGE });
    if (status !== 200) return undefined;
    const { sniff } = await import("../media/sniff.ts");
    const { wrongWith } = await import("../media/file.ts");
    const { framesOf } = await import("../media/frames.ts");
    const kind = await sniff(body);
    const extension = EXTENSIONS[kind?.type ?? ""];
    if (!kind || !extension) return undefined;
    if (wrongWith(url, body.length, { ...kind, ...framesOf(kind.type, body) })) return undefined;
    const sha256 = createHash("sha256").update(body).digest("hex");
    const file = join(CACHE, `card-${sha256.slice(0, 32)}.${extension}`);
    await writeWhole(join(project.config.root, file), body);
    const { located: _, ...facts } = kind;
    return { file: file.replaceAll("\\", "/"), sha256, bytes: body.length, ...facts };
  } catch (error) {
    if (error instanceof PublicFetchError) return undefined;
    throw error;
  }
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/gif": "gif",
  "image/avif": "avif",
};

function manners({ config }: Home) {
  return { deadline: DEADLINE, allowPrivate: config.fetch?.private === true, userAgent: USER_AGENT };
}

async function keptCard(url: string, { config }: Home, now: number): Promise<PageCard | undefined> {
  const text = await readFile(fileOf(url, config.root), "utf8").catch(() => "");
  const found = v.safeParse(v.pipe(v.string(), v.parseJson(), Kept), text);
  if (!found.success || found.output.url !== url || now - found.output.at > WEEK) return undefined;
  const { url: _, at: _at, ...card } = found.output;
  // Somebody has tidied up: then all of it is read again.
  const isThere = card.image === undefined || (await isWhole(config.root, card.image));
  return isThere ? card : undefined;
}

async function keep(url: string, card: v.InferInput<typeof Kept>, { config }: Home): Promise<void> {
  // What cannot be kept is read again.
  await writeWhole(fileOf(url, config.root), JSON.stringify(card)).catch(() => {});
}

function fileOf(url: string, root: string): string {
  return join(root, CACHE, `page-${createHash("sha256").update(url).digest("hex").slice(0, 32)}.json`);
}

/** Whether the picture is still the one that was read. */
async function isWhole(root: string, { file, sha256 }: { file: string; sha256: string }): Promise<boolean> {
  const bytes = await readFile(join(root, file)).catch(() => Buffer.alloc(0));
  return createHash("sha256").update(bytes).digest("hex") === sha256;
}

/** Reads a card's picture again where it is not here any more: another machine, or a cache that was emptied. */
export async function restorePicture(link: Card | undefined, project: Home): Promise<void> {
  const { url, image } = link ?? {};
  if (!url || !image?.file.startsWith(`${CACHE.replaceAll("\\", "/")}/`)) return;
  if (project.rehearsal || (await isWhole(project.config.root, image))) return;
  await pageCards([url], project, Date.now());
}

// Parameters that count visitors do not change the page.
function withoutCampaign(url: string): string {
  const bare = new URL(url);
  for (const name of [...bare.searchParams.keys()]) if (/^utm_/i.test(name)) bare.searchParams.delete(name);
  bare.hash = "";
  return bare.href;
}

function unread(url: string, why: string): Problem {
  return {
    severity: "warning",
    code: "card-unread",
    message: `the page ${url} ${why}: its card has the campaign's own words`,
    remedy: "Write the card yourself under `card:`, or plan again when the page is there.",
  };
}

/**
 * What the pages behind a campaign's links say of themselves, for the networks whose cards are ours. Read once and kept for a week, so
 * that a plan that is made again is the same; a picture is kept by its digest, so that it is the same file on every machine.
 */
import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
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
const MOST_IMAGE = 5_000_000;
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
  const reply = await fetchPublic(url, {
    ...manners(project),
    most: 0,
    headers: { accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1" },
    take(piece, { status, headers, url: at }) {
      if (status !== 200 || !/html|^$/i.test(headers["content-type"] ?? "")) return true;
      reader ??= readHead(at, headers["content-type"]);
      return reader.write(piece);
    },
  });
  if (reply.status !== 200) throw new PublicFetchError(`answers ${reply.status}`);
  const { image, ...words } = reader?.head() ?? {};
  const picture = image === undefined || isReserved(image) ? undefined : await fetchImage(image, project);
  return { ...words, ...(picture && { image: picture }) };
}

/** `undefined` for what is no picture, or cannot be had: the card does without. */
async function fetchImage(url: string, project: Home): Promise<PageCard["image"]> {
  try {
    const { status, body } = await fetchPublic(url, { ...manners(project), most: MOST_IMAGE });
    if (status !== 200) return undefined;
    const { sniff } = await import("../media/sniff.ts");
    const { framesOf } = await import("../media/frames.ts");
    const kind = await sniff(body);
    const extension = EXTENSIONS[kind?.type ?? ""];
    if (!kind || !extension || framesOf(kind.type, body).cut) return undefined;
    const sha256 = createHash("sha256").update(body).digest("hex");
    const file = join(CACHE, `card-${sha256.slice(0, 32)}.${extension}`);
    await writeWhole(join(project.config.root, file), body);
    return { file: file.replaceAll("\\", "/"), sha256, bytes: body.length, ...kind };
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
  const isThere = card.image === undefined || (await isFile(join(config.root, card.image.file)));
  return isThere ? card : undefined;
}

async function keep(url: string, card: v.InferInput<typeof Kept>, { config }: Home): Promise<void> {
  // What cannot be kept is read again.
  await writeWhole(fileOf(url, config.root), JSON.stringify(card)).catch(() => {});
}

function fileOf(url: string, root: string): string {
  return join(root, CACHE, `page-${createHash("sha256").update(url).digest("hex").slice(0, 32)}.json`);
}

function isFile(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

// The page is the same for whoever counts its visitors.
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

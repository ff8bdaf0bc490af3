/** The notes of a tag. A tag has one release, so a repeat meets the first. */
import * as v from "valibot";
import {
  type Context,
  everyItem,
  expectReply,
  type Found,
  type Metrics,
  NetworkError,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
  type Standing,
  unlessGone,
} from "../../adapter.ts";
import { type Channel, isSame, type Options, pathOf } from "./api.ts";

const Release = v.object({
  id: v.number(),
  tag_name: v.string(),
  html_url: v.string(),
  name: v.nullish(v.string()),
  body: v.nullish(v.string()),
  draft: v.boolean(),
  reactions: v.optional(v.object({ total_count: v.number() })),
});
type Release = v.InferOutput<typeof Release>;

const PAGE = 100;

/** What is at the tag before we begin: only where it may be replaced. */
export function before(post: Post<Options>, context: Preparation<Channel>): Promise<number | null> {
  return context.step("release", async () => (await releaseAt(post.options, context))?.id ?? null);
}

async function releaseAt({ tag = "", draft }: Options, reach: Reach<Channel>): Promise<Release | undefined> {
  const path = pathOf(reach.channel, `/releases/tags/${encodeURIComponent(tag)}`);
  const reply = await reach.http({ path, ok: [404] });
  if (reply.status !== 404) return expectReply(reply, Release, "a release", true);
  if (!draft) return undefined;
  // Drafts have no tag yet and are in the list alone.
  const list = everyItem(async (page = "1") => {
    const query = { per_page: PAGE, page };
    const path = pathOf(reach.channel, "/releases");
    const items = await reach.ask({ path, query }, v.array(Release), "releases");
    return { items, next: items.length === PAGE ? String(Number(page) + 1) : undefined };
  });
  for await (const release of list) if (release.draft && release.tag_name === tag) return release;
  return undefined;
}

function wordsOf({ title, text, options }: Post<Options>) {
  const { draft, prerelease, latest } = options;
  return {
    name: title ?? options.tag,
    body: text,
    ...(draft !== undefined && { draft }),
    ...(prerelease !== undefined && { prerelease }),
    ...(latest !== undefined && { make_latest: String(latest) }),
  };
}

export async function publish(post: Post<Options>, context: Context<Channel>): Promise<Receipt> {
  const { tag, target, discussion, update } = post.options;
  const there = update ? await before(post, context) : null;
  if (there !== null) return patch(there, post, context, { was: "there" });
  const json = {
    tag_name: tag,
    ...wordsOf(post),
    ...(target && { target_commitish: target }),
    ...(discussion && { discussion_category_name: discussion }),
  };
  const path = pathOf(context.channel, "/releases");
  const reply = await context.http({ method: "POST", path, json, ok: ["already_exists"] });
  if (reply.status < 300) return receiptOf(expectReply(reply, Release, "a release"));
  const found = await releaseAt(post.options, context);
  if (found && isOurs(post, found)) return receiptOf(found);
  throw new NetworkError(
    "rejected",
    `${tag} has a release with other words; to replace them, set \`options: { github: { update: true } }\``,
  );
}

async function patch(
  id: number | string,
  post: Post<Options>,
  { channel, ask }: Context<Channel>,
  ref?: Receipt["ref"],
): Promise<Receipt> {
  const path = pathOf(channel, `/releases/${id}`);
  const release = await ask({ method: "PATCH", path, json: wordsOf(post) }, Release, "a release");
  return receiptOf(release, ref);
}

function isOurs(post: Post<Options>, { name, body }: Release): boolean {
  return isSame({ ...post, title: post.title ?? post.options.tag }, { title: name ?? "", text: body ?? "" });
}

function receiptOf({ id, html_url, draft }: Release, ref?: Receipt["ref"]): Receipt {
  return { id: String(id), url: html_url, ...(ref && { ref }), ...(draft && { hidden: "draft" as const }) };
}

/** Other words there mean that ours are not: a second attempt puts them there or is refused. */
export async function find(post: Post<Options>, context: Context<Channel>): Promise<Found> {
  const release = await releaseAt(post.options, context);
  if (!release || !isOurs(post, release)) return "absent";
  const wasThere = post.options.update && (await context.done<number | null>("release")) === release.id;
  return receiptOf(release, wasThere ? { was: "there" } : undefined);
}

export function edit({ id, ref }: Receipt, post: Post<Options>, context: Context<Channel>): Promise<Receipt> {
  return patch(id, post, context, ref);
}

export async function retract({ id, ref }: Receipt, { channel, http }: Context<Channel>): Promise<void> {
  if (ref?.was)
    throw new NetworkError(
      "rejected",
      "the release was there before, with its files; edit or delete it on its page",
    );
  await http({ method: "DELETE", path: pathOf(channel, `/releases/${id}`), ok: [404] });
}

async function standingOf({ id }: Receipt, { channel, http }: Reach<Channel>): Promise<Release | "gone"> {
  const reply = await http({ path: pathOf(channel, `/releases/${id}`), ok: [404] });
  return unlessGone(reply, Release, "a release");
}

export async function read(receipt: Receipt, reach: Reach<Channel>): Promise<Standing | "gone"> {
  const release = await standingOf(receipt, reach);
  if (release === "gone") return release;
  const { name, body, html_url: url, draft } = release;
  return { text: body ?? "", title: name ?? "", url, ...(draft && { hidden: "draft" }) };
}

export async function metrics(receipt: Receipt, reach: Reach<Channel>): Promise<Metrics | "gone"> {
  const release = await standingOf(receipt, reach);
  return release === "gone" ? release : { likes: release.reactions?.total_count ?? 0 };
}

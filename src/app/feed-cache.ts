/** The feed as it was last read, so that it is asked for again only if it changed. A cache: without it the feed is read whole. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { writeWhole } from "../files.ts";

const Kept = v.object({
  url: v.string(),
  /** Where it was after redirects. */
  at: v.string(),
  etag: v.optional(v.string()),
  modified: v.optional(v.string()),
  body: v.string(),
});
export type KeptFeed = v.InferOutput<typeof Kept>;

/** `root`: the project's folder. Undefined when there is none, or it cannot be read. */
export async function keptFeed(url: string, root: string): Promise<KeptFeed | undefined> {
  const text = await readFile(fileOf(url, root), "utf8").catch(() => "");
  const found = v.safeParse(v.pipe(v.string(), v.parseJson(), Kept), text);
  return found.success && found.output.url === url ? found.output : undefined;
}

/** Not being able to keep it costs a whole answer next time, and nothing else. */
export async function keepFeed(feed: KeptFeed, root: string): Promise<void> {
  if (feed.etag === undefined && feed.modified === undefined) return;
  try {
    await writeWhole(fileOf(feed.url, root), JSON.stringify(feed));
  } catch {}
}

/** What to ask with, so that the answer may be 304. */
export function conditionsOf(kept: KeptFeed | undefined): Record<string, string> {
  return {
    ...(kept?.etag !== undefined && { "if-none-match": kept.etag }),
    ...(kept?.modified !== undefined && { "if-modified-since": kept.modified }),
  };
}

function fileOf(url: string, root: string): string {
  const name = createHash("sha256").update(url).digest("hex").slice(0, 32);
  return join(root, ".broadcast", "cache", `feed-${name}.json`);
}

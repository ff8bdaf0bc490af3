/** Pictures to leaf through, each with a caption, as PRAW sends them; Reddit's own page does not describe it. */
import { createHash } from "node:crypto";
import * as v from "valibot";
import { type Context, NetworkError, type Objection, type Post, type Receipt } from "../../adapter.ts";
import { type Channel, type Options, receiptOf } from "./api.ts";
import { uploaded } from "./body.ts";

const Made = v.object({
  json: v.object({ data: v.object({ url: v.string(), id: v.optional(v.string()) }) }),
});

export const isGallery = ({ options }: Pick<Post<Options>, "options">) => options.gallery === true;

export function objections(post: Post<Options>): Objection[] {
  const { media, poll } = post;
  const about = "media" as const;
  if (!isGallery(post)) return [];
  if (poll) return [{ message: "a poll has no gallery", remedy: "Leave `gallery` out.", about: "options" }];
  if (media.length > 1) return [];
  const remedy = "Add pictures, or leave `gallery` out.";
  return [{ message: `a gallery has two pictures at least, not ${media.length}`, remedy, about }];
}

/** `common`: the fields that every post has. */
export async function submitGallery(
  post: Post<Options>,
  common: Record<string, unknown>,
  context: Context<Channel>,
): Promise<Receipt> {
  const ids = await uploaded(post, context);
  const items = post.media.map(({ alt }, at) => ({ caption: alt, outbound_url: "", media_id: ids[at] }));
  const json = {
    ...common,
    items,
    show_error_list: true,
    ...(post.text.trim() !== "" && { text: post.text }),
  };
  const request = { method: "POST", path: "/api/submit_gallery_post.json", json } as const;
  const { url, id = idIn(url) } = (await context.ask(request, Made, "a post")).json.data;
  return withMark(receiptOf({ id, permalink: url }, context.channel), post);
}

function idIn(url: string): string {
  const [, id] = /\/comments\/(\w+)/.exec(url) ?? [];
  if (id) return id;
  throw new NetworkError("uncertain", "Reddit answered without the post's id");
}

/** What its pictures were, so that an edit knows whether they are others now. */
export function withMark(receipt: Receipt, post: Pick<Post<Options>, "media" | "options">): Receipt {
  return isGallery(post) ? { ...receipt, ref: { gallery: markOf(post) } } : receipt;
}

function markOf({ media }: Pick<Post, "media">): string {
  const said = JSON.stringify(media.map(({ sha256, alt }) => [sha256, alt]));
  return createHash("sha256").update(said).digest("hex").slice(0, 16);
}

/** Its text can be changed; throws if something else is to be. */
export function requireSamePictures({ ref }: Receipt, post: Pick<Post, "media">): void {
  if (ref?.gallery === undefined || ref.gallery === markOf(post)) return;
  throw new NetworkError(
    "rejected",
    "a gallery's pictures and captions stay as they are; its text can be edited",
  );
}

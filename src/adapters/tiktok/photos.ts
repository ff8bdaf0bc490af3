/**
 * Photos, which TikTok fetches itself. The request that begins a post is the one that makes it, and its id is told in the answer
 * alone: https://developers.tiktok.com/doc/content-posting-api-reference-photo-post.
 */
import * as v from "valibot";
import {
  type Context,
  type Media,
  NetworkError,
  type Objection,
  type Post,
  type Preparation,
} from "../../adapter.ts";
import type { Channel, Options } from "./api.ts";
import { creatorOf } from "./upload.ts";

const Begun = v.object({ data: v.object({ publish_id: v.string() }) });

export const isPhoto = ({ type }: Pick<Media, "type">) => type.startsWith("image/");

/** What an account allows is asked for, and each photo gets an address. */
export async function photosReady(post: Post<Options>, context: Preparation<Channel>): Promise<string[]> {
  if (context.channel.mode === "direct") await creatorOf(post, context);
  const addresses: string[] = [];
  for (const photo of post.media) addresses.push(await context.hosted(photo));
  return addresses;
}

/** The post's id. */
export async function publishPhotos(post: Post<Options>, context: Context<Channel>): Promise<string> {
  const isDirect = context.channel.mode === "direct";
  const photo_images = await photosReady(post, context);
  const { made_with_ai } = post.options;
  const json = {
    media_type: "PHOTO",
    post_mode: isDirect ? "DIRECT_POST" : "MEDIA_UPLOAD",
    post_info: isDirect ? infoOf(post) : { description: post.text },
    source_info: { source: "PULL_FROM_URL", photo_cover_index: 0, photo_images },
    ...(isDirect && made_with_ai !== undefined && { is_aigc: made_with_ai }),
  };
  const request = { method: "POST", path: "/v2/post/publish/content/init/", json } as const;
  return (await context.ask(request, Begun, "a post")).data.publish_id;
}

function infoOf({ text, options }: Post<Options>) {
  const { privacy, comments, music, own_brand, paid_partnership } = options;
  return {
    description: text,
    privacy_level: privacy,
    disable_comment: !comments,
    auto_add_music: music ?? false,
    brand_organic_toggle: own_brand ?? false,
    brand_content_toggle: paid_partnership ?? false,
  };
}

/** Only the answer names the post: a lost one leaves nothing to ask by. */
export function unknown(): NetworkError {
  const words =
    "TikTok does not let photos be looked through: only you can see in the app whether they are there";
  return new NetworkError("rejected", words);
}

export function objections({ media, options }: Post<Options>): Objection[] {
  const hasPhotos = media.some(isPhoto);
  const names = hasPhotos ? (["duet", "stitch", "cover_ms"] as const) : (["music"] as const);
  const kind = hasPhotos ? "videos" : "photos";
  return names
    .filter((name) => media.length > 0 && options[name] !== undefined)
    .map((name) => ({ message: `\`${name}\` is for ${kind}`, remedy: "Leave it out.", about: "options" }));
}

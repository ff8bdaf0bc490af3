/**
 * A post is begun first, which gives it its id; it is made when TikTok has the last byte. So everything but the last piece is
 * sent before, and the last piece is what publishes. https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide.
 */
import { type Media, NetworkError, type Post, type Preparation, type Source } from "../../adapter.ts";
import { piecesOf, rangeOf } from "../../http/pieces.ts";
import { Begun, type Channel, Creator, type Options, statusOf } from "./api.ts";

// Up to so many bytes go in one piece; the last piece of a larger file has the rest, and may have twice as many.
const WHOLE = 64_000_000;
const PIECE = 16_000_000;
// The address of an upload holds for an hour.
const KEEPS = "50m";

export interface Begin {
  publish_id: string;
  upload_url: string;
}

/** What the account allows, which has to be asked for before each post. */
export function creatorOf(post: Post<Options>, context: Preparation<Channel>): Promise<Creator> {
  return context.step("creator", async () => {
    const path = "/v2/post/publish/creator_info/query/";
    const { data } = await context.ask({ method: "POST", path, json: {} }, Creator, "the creator's settings");
    refuse(post, data);
    return data;
  });
}

function refuse({ options }: Post<Options>, creator: Creator): void {
  const wishes: [boolean | undefined, boolean, string][] = [
    [options.comments, creator.comment_disabled, "comments"],
    [options.duet, creator.duet_disabled, "duets"],
    [options.stitch, creator.stitch_disabled, "stitches"],
  ];
  const off = wishes.find(([wish, isOff]) => wish && isOff);
  if (off) throw new NetworkError("rejected", `the account's settings do not allow ${off[2]}`);
  const { privacy_level_options: levels } = creator;
  if (!levels.includes(options.privacy ?? ""))
    throw new NetworkError(
      "rejected",
      `@${creator.creator_username} can post ${levels.join(", ")}, not ${options.privacy ?? "without a privacy"}`,
    );
}

/** The post's id, and where its file goes; all but the last piece is there. */
export async function begun(post: Post<Options>, context: Preparation<Channel>): Promise<Begin> {
  const video = videoIn(post);
  if (context.channel.mode === "direct") await creatorOf(post, context);
  const begin = await context.step("begun", () => beginning(post, video, context), { keeps: KEEPS });
  if (video.bytes > WHOLE)
    await context.step(`pieces-${begin.publish_id}`, () => firstPieces(video, begin, context));
  return begin;
}

export function videoIn({ media }: Pick<Post, "media">): Media {
  const [video] = media;
  if (!video) throw new NetworkError("rejected", "a post on TikTok is a video");
  return video;
}

async function beginning(
  post: Post<Options>,
  { bytes }: Media,
  context: Preparation<Channel>,
): Promise<Begin> {
  const isDirect = context.channel.mode === "direct";
  const count = countOf(bytes);
  const source_info = {
    source: "FILE_UPLOAD",
    video_size: bytes,
    chunk_size: count === 1 ? bytes : PIECE,
    total_chunk_count: count,
  };
  const json = isDirect ? { post_info: infoOf(post), source_info } : { source_info };
  const path = `/v2/post/publish/${isDirect ? "" : "inbox/"}video/init/`;
  return (await context.ask({ method: "POST", path, json }, Begun, "an upload")).data;
}

function infoOf({ text, options }: Post<Options>) {
  const { privacy, comments, duet, stitch, cover_ms, own_brand, paid_partnership, made_with_ai } = options;
  return {
    title: text,
    privacy_level: privacy,
    disable_comment: !comments,
    disable_duet: !duet,
    disable_stitch: !stitch,
    ...(cover_ms !== undefined && { video_cover_timestamp_ms: cover_ms }),
    brand_organic_toggle: own_brand ?? false,
    brand_content_toggle: paid_partnership ?? false,
    ...(made_with_ai !== undefined && { is_aigc: made_with_ai }),
  };
}

function countOf(bytes: number): number {
  return bytes <= WHOLE ? 1 : Math.floor(bytes / PIECE);
}

/** From where TikTok says that it has them. */
async function firstPieces(video: Media, { publish_id, upload_url }: Begin, context: Preparation<Channel>) {
  const { http, stream } = context;
  const source = await stream(video);
  const last = (countOf(source.size) - 1) * PIECE;
  const { uploaded_bytes = 0 } = await statusOf(publish_id, context);
  for await (const piece of piecesOf(source, PIECE, uploaded_bytes)) {
    if (piece.at >= last) break;
    const headers = { "Content-Range": rangeOf(piece, source) };
    await http({ method: "PUT", url: upload_url, headers, bytes: piece.bytes, type: video.type });
  }
  return true;
}

/** The last piece: a file as it is, or what is left of it. */
export async function lastPiece(
  video: Media,
  { stream }: Pick<Preparation<Channel>, "stream">,
): Promise<{ bytes: Source | Uint8Array; range: string }> {
  const source = await stream(video);
  if (countOf(source.size) === 1)
    return { bytes: source, range: `bytes 0-${source.size - 1}/${source.size}` };
  const at = (countOf(source.size) - 1) * PIECE;
  const rest: Buffer[] = [];
  for await (const { bytes } of piecesOf(source, PIECE, at)) rest.push(bytes);
  const bytes = Buffer.concat(rest);
  return { bytes, range: rangeOf({ at, bytes }, source) };
}

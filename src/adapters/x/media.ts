/** Files: https://docs.x.com/x-api/media/quickstart/media-upload-chunked, in the form of the API's own description. */
import * as v from "valibot";
import { type Media, NetworkError, type Post, type Preparation } from "../../adapter.ts";
import { piecesOf } from "../../http/pieces.ts";
import { type Channel, Id, type Options } from "./api.ts";

// Up to a thousand pieces.
const PIECE = 2_000_000;
// It keeps what is in no post for a day.
const KEEPS = "20h";

const State = v.object({
  data: v.object({
    processing_info: v.optional(
      v.object({ state: v.string(), error: v.optional(v.object({ message: v.optional(v.string()) })) }),
    ),
  }),
});

const Appended = v.object({ data: v.object({ expires_at: v.optional(v.number()) }) });
const Described = v.object({ data: v.object({ id: v.string() }) });

/** The ids of a post's files: each is uploaded once, and waited for until it can be posted. */
export async function uploaded(
  post: Pick<Post<Options>, "media">,
  context: Preparation<Channel>,
): Promise<string[]> {
  const files = await context.uploads(post, (media) => upload(media, context), { keeps: KEEPS });
  for (const [index, { id, ready }] of files.entries()) {
    if (ready) continue;
    const query = { command: "STATUS", media_id: id };
    const words = `X is still working on ${post.media[index]!.file}`;
    await context.until(
      async () => isReady(await context.ask({ path: "/media/upload", query }, State, "a state")) || undefined,
      { within: "10m", words },
    );
  }
  return files.map(({ id }) => id);
}

async function upload(
  media: Media,
  { ask, stream }: Preparation<Channel>,
): Promise<{ id: string; ready: boolean }> {
  const source = await stream(media);
  const json = { media_type: media.type, total_bytes: source.size, media_category: categoryOf(media) };
  const begun = await ask({ method: "POST", path: "/media/upload/initialize", json }, Id, "an upload");
  const { id } = begun.data;
  const path = `/media/upload/${encodeURIComponent(id)}`;
  let index = 0;
  for await (const { bytes } of piecesOf(source, PIECE)) {
    const parts = [
      { name: "segment_index", value: String(index++) },
      { name: "media", value: bytes, filename: "media", type: "application/octet-stream" },
    ];
    await ask({ method: "POST", path: `${path}/append`, parts }, Appended, "a piece's receipt");
  }
  const finished = await ask({ method: "POST", path: `${path}/finalize` }, State, "an upload's state");
  if (media.alt !== "") {
    const described = { id, metadata: { alt_text: { text: media.alt } } };
    await ask({ method: "POST", path: "/media/metadata", json: described }, Described, "a description");
  }
  return { id, ready: isReady(finished) };
}

function isReady({ data: { processing_info: info } }: v.InferOutput<typeof State>): boolean {
  if (info?.state === "failed")
    throw new NetworkError("rejected", info.error?.message ?? "X cannot process the file");
  return info === undefined || info.state === "succeeded";
}

function categoryOf({ type }: Media): string {
  if (type.startsWith("video/")) return "tweet_video";
  return type === "image/gif" ? "tweet_gif" : "tweet_image";
}

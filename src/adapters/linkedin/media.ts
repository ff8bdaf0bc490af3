/** Files: the Images, Videos and Documents APIs. Each is registered, then sent to the address that it is told. */
import * as v from "valibot";
import { type Card, type Media, NetworkError, type Post } from "../../adapter.ts";
import { sourceOf } from "../../http/request.ts";
import type { Options, Uploading } from "./api.ts";

const Ticket = v.object({
  value: v.object({
    uploadUrl: v.string(),
    image: v.optional(v.string()),
    document: v.optional(v.string()),
  }),
});
const VideoTicket = v.object({
  value: v.object({
    video: v.string(),
    uploadToken: v.optional(v.string(), ""),
    uploadInstructions: v.pipe(
      v.array(v.object({ uploadUrl: v.string(), firstByte: v.number(), lastByte: v.number() })),
      v.minLength(1),
    ),
  }),
});
const Video = v.object({ status: v.string() });

/** The URNs of a post's files, in their order: each is uploaded once, and a film waited for until it can be shown. */
export async function uploaded(post: Pick<Post<Options>, "media">, context: Uploading): Promise<string[]> {
  const urns = await context.uploads(post, (media) => upload(media, context));
  for (const [index, urn] of urns.entries())
    if (post.media[index]!.type.startsWith("video/")) await processed(urn, post.media[index]!, context);
  return urns;
}

/** The URN of a card's picture. */
export async function thumbnailOf(link: Card | undefined, context: Uploading): Promise<string | undefined> {
  const { image } = link ?? {};
  if (!image) return undefined;
  const [urn] = await context.uploads({ media: [] }, (media) => upload(media, context), { files: [image] });
  return urn;
}

function upload(media: Media, context: Uploading): Promise<string> {
  if (media.type.startsWith("video/")) return uploadVideo(media, context);
  return uploadWhole(media, media.type.startsWith("image/") ? "image" : "document", context);
}

async function uploadWhole(media: Media, kind: "image" | "document", context: Uploading): Promise<string> {
  const { ask, http, stream, channel } = context;
  const path = `/${kind}s`;
  const query = { action: "initializeUpload" };
  const json = { initializeUploadRequest: { owner: channel.author } };
  const { value } = await ask({ method: "POST", path, query, json }, Ticket, "an upload's address");
  const urn = value[kind];
  if (urn === undefined) throw new NetworkError("unavailable", `LinkedIn answered without the ${kind}'s URN`);
  const headers = { Authorization: `Bearer ${channel.token}` };
  await http({ method: "PUT", url: value.uploadUrl, headers, bytes: await stream(media), type: media.type });
  return urn;
}

/** In the pieces that it asks for, each of which it names with an ETag. */
async function uploadVideo(media: Media, { ask, http, bytes, channel }: Uploading): Promise<string> {
  const whole = await bytes(media);
  const request = {
    owner: channel.author,
    fileSizeBytes: whole.length,
    uploadCaptions: false,
    uploadThumbnail: false,
  };
  const begin = { method: "POST", path: "/videos", query: { action: "initializeUpload" } } as const;
  const { value } = await ask(
    { ...begin, json: { initializeUploadRequest: request } },
    VideoTicket,
    "an upload's addresses",
  );
  const uploadedPartIds: string[] = [];
  for (const { uploadUrl, firstByte, lastByte } of value.uploadInstructions) {
    const piece = sourceOf(whole.subarray(firstByte, lastByte + 1));
    const { headers } = await http({
      method: "PUT",
      url: uploadUrl,
      bytes: piece,
      type: "application/octet-stream",
    });
    if (headers.etag === undefined)
      throw new NetworkError("unavailable", "LinkedIn took a piece of the film without saying which");
    uploadedPartIds.push(headers.etag.replace(/^"|"$/g, ""));
  }
  const finalizeUploadRequest = { video: value.video, uploadToken: value.uploadToken, uploadedPartIds };
  await http({
    method: "POST",
    path: "/videos",
    query: { action: "finalizeUpload" },
    json: { finalizeUploadRequest },
  });
  return value.video;
}

async function processed(urn: string, { file }: Media, { ask, until }: Uploading): Promise<void> {
  const look = async () => {
    const { status } = await ask({ path: `/videos/${encodeURIComponent(urn)}` }, Video, "a film's state");
    if (/FAILED/.test(status))
      throw new NetworkError("rejected", `LinkedIn cannot process ${file} (${status})`);
    return status === "AVAILABLE" || undefined;
  };
  await until(look, { within: "10m", words: `LinkedIn is still working on ${file}` });
}

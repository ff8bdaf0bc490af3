/**
 * A video is uploaded as a private one, with its thumbnail and captions; making it public is what publishes. The upload's name
 * is written down before the first byte, so that a lost answer is asked for again.
 */
import * as v from "valibot";
import { expectReply, type Media, NetworkError, nameOf, type Post, type Preparation } from "../../adapter.ts";
import { resumed } from "../../http/resumable.ts";
import { type Channel, channelOf, loggedIn, type Options, PRIVACY, pathOf, videoOf } from "./api.ts";

const PIECE = 8 * 1024 * 1024;
// Servers clear away what nobody went on with, the first after an hour; what is gone says so.
const SESSION = "6h";
const MOST_SESSIONS = 5;
const PROCESSED = "10m";
const PUBLISHED = 1;
const FAILED = 7;

export const isVideo = ({ type }: Media) => type.startsWith("video/");
export const isPicture = ({ type }: Media) => type.startsWith("image/");
export const isCaptions = (media: Media) => !isVideo(media) && !isPicture(media);

const Made = v.object({ video: v.object({ uuid: v.string(), shortUUID: v.optional(v.string()) }) });
export type Made = v.InferOutput<typeof Made>["video"];

type Uploaded = Pick<Post<Options>, "media" | "title" | "text" | "tags" | "lang" | "options">;

/** What readers read of it. */
export function wordsOf({ title = "", text, tags, lang, options }: Omit<Uploaded, "media">) {
  const { category = 15, licence, nsfw, comments, download, support } = options;
  return {
    name: title,
    description: text === "" ? null : text,
    tags,
    category,
    ...(lang && { language: lang.split("-")[0] }),
    ...(licence !== undefined && { licence }),
    ...(nsfw !== undefined && { nsfw }),
    ...(comments !== undefined && { commentsPolicy: comments ? 1 : 2 }),
    ...(download !== undefined && { downloadEnabled: download }),
    ...(support && { support }),
  };
}

/** What the server calls the video, once it can be watched. */
export async function uploaded(post: Uploaded, context: Preparation<Channel>): Promise<Made> {
  const { media } = post;
  const video = media.find(isVideo);
  if (!video) throw new NetworkError("rejected", "a post on PeerTube is a video");
  const made = await context.step("video", () => sent(video, post, context));
  await context.step("processed", () => processed(made.uuid, video, context));
  const picture = media.find(isPicture);
  if (picture)
    await context.step("thumbnail", () =>
      beside(made, "", ["thumbnailfile", "previewfile"], picture, context),
    );
  const captions = media.find(isCaptions);
  const [language = "en"] = (post.lang ?? "en").split("-");
  if (captions)
    await context.step("captions", () =>
      beside(made, `/captions/${language}`, ["captionfile"], captions, context),
    );
  return made;
}

/** Sends it to an upload, to the next one if that is gone. */
async function sent(media: Media, post: Uploaded, context: Preparation<Channel>): Promise<Made> {
  const { http, stream, step } = context;
  const source = await stream(media);
  for (let n = 0; n < MOST_SESSIONS; n++) {
    let isFresh = false;
    const upload_id = await step(
      `session-${n}`,
      async () => {
        isFresh = true;
        return sessionFor(media, source.size, post, context);
      },
      { keeps: SESSION },
    );
    const reply = await resumed({
      source,
      piece: PIECE,
      isFresh,
      put: (request) =>
        loggedIn(context, ({ headers }) =>
          http({
            ...request,
            method: "PUT",
            path: "/videos/upload-resumable",
            query: { upload_id },
            headers: { ...headers, ...request.headers },
          }),
        ),
    });
    if (reply !== "gone") return expectReply(reply, Made, "a video", true).video;
  }
  throw new NetworkError("unavailable", `the server has ended each upload of ${media.file} before its time`);
}

async function sessionFor(
  media: Media,
  size: number,
  post: Uploaded,
  context: Preparation<Channel>,
): Promise<string> {
  const { id: channelId } = await channelOf(context);
  const json = {
    ...wordsOf(post),
    channelId,
    filename: nameOf(media),
    privacy: PRIVACY.private,
    waitTranscoding: true,
  };
  const reply = await loggedIn(context, ({ headers }) =>
    context.http({
      method: "POST",
      path: "/videos/upload-resumable",
      headers: {
        ...headers,
        "X-Upload-Content-Length": String(size),
        "X-Upload-Content-Type": media.type,
      },
      json,
    }),
  );
  // Addresses come whole, without a scheme, or as a path: the name in them is what counts.
  const id = new URL(reply.headers.location ?? "", context.channel.server).searchParams.get("upload_id");
  if (!id)
    throw new NetworkError("unavailable", "the server began an upload without saying how it is called");
  return id;
}

async function processed(uuid: string, { file }: Media, context: Preparation<Channel>): Promise<true> {
  const look = async () => {
    const video = await videoOf(uuid, context);
    const state = video === "gone" ? undefined : video.state?.id;
    if (state === FAILED) throw new NetworkError("rejected", `the server cannot transcode ${file}`);
    return state === PUBLISHED || undefined;
  };
  return context.until(look, { within: PROCESSED, words: `the server is still working on ${file}` });
}

async function beside(
  { uuid }: Made,
  path: string,
  names: readonly string[],
  media: Media,
  context: Preparation<Channel>,
): Promise<true> {
  const value = await context.stream(media);
  const parts = names.map((name) => ({ name, value, filename: nameOf(media), type: media.type }));
  await loggedIn(context, (authorised) =>
    context.http({ ...authorised, method: "PUT", path: `${pathOf({ id: uuid })}${path}`, parts }),
  );
  return true;
}

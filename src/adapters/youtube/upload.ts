/**
 * A video is uploaded as a private one, which readers do not see, with its thumbnail and captions; making it public is what
 * publishes. The session is written down before the first byte, so that a lost answer is asked for again.
 */
import * as v from "valibot";
import { expectReply, type Media, NetworkError, type Post, type Preparation } from "../../adapter.ts";
import { resumed } from "../../http/resumable.ts";
import { isUrl } from "../../urls.ts";
import { type Channel, type Options, statusOf, videosOf } from "./api.ts";

// A multiple of 256 KiB, as it must be.
const PIECE = 8 * 1024 * 1024;
// Google's upload sessions hold for a week, as far as is known; one that has ended says so.
const SESSION = "6d";
const MOST_SESSIONS = 5;
// A feature film is worked on for hours; then the next attempt waits on.
const PROCESSED = "10m";

export const isVideo = ({ type }: Media) => type.startsWith("video/");
export const isPicture = ({ type }: Media) => type.startsWith("image/");
export const isCaptions = (media: Media) => !isVideo(media) && !isPicture(media);

type Uploaded = Pick<Post<Options>, "media" | "title" | "text" | "tags" | "lang" | "options">;

export function snippetOf({ title = "", text, tags, lang, options }: Omit<Uploaded, "media">) {
  return {
    title,
    description: text,
    ...(tags.length > 0 && { tags }),
    categoryId: options.category ?? "28",
    ...(lang && { defaultLanguage: lang }),
  };
}

/** The video's id, once YouTube has it whole and everything beside it. */
export async function uploaded(post: Uploaded, context: Preparation<Channel>): Promise<string> {
  const { media, options } = post;
  const video = media.find(isVideo);
  if (!video) throw new NetworkError("rejected", "a post on YouTube is a video");
  const json = { snippet: snippetOf(post), status: statusOf(options, "private") };
  const query = { part: "snippet,status", ...(options.notify === false && { notifySubscribers: false }) };
  const id = await context.step("video", () =>
    sent("video", video, { path: "videos", query, json }, context),
  );
  await context.step("processed", () => processed(id, video, context));
  const picture = media.find(isPicture);
  if (picture) await context.step("thumbnail", () => thumbnail(id, picture, context));
  const captions = media.find(isCaptions);
  if (captions)
    await context.step("captions", () => {
      const snippet = { videoId: id, language: post.lang ?? "en", name: captions.alt };
      const request = { path: "captions", query: { part: "snippet" }, json: { snippet } };
      return sent("captions", captions, request, context);
    });
  return id;
}

interface Begin {
  path: string;
  query: Record<string, string | boolean>;
  json: object;
}

const Made = v.object({ id: v.string() });

/** Uploads a file to a session, to the next one if that has ended; what it has become. */
async function sent(
  name: string,
  media: Media,
  begin: Begin,
  context: Preparation<Channel>,
): Promise<string> {
  const { http, stream, step, channel } = context;
  const source = await stream(media);
  for (let n = 0; n < MOST_SESSIONS; n++) {
    let isFresh = false;
    const url = await step(
      `${name}-session-${n}`,
      async () => {
        isFresh = true;
        return sessionFor(media, source.size, begin, context);
      },
      { keeps: SESSION },
    );
    // The token goes to YouTube and to nobody whom an answer names.
    const isThere = new URL(url).origin === new URL(channel.server).origin;
    const headers = isThere ? { Authorization: `Bearer ${channel.token}` } : {};
    const reply = await resumed({
      source,
      piece: PIECE,
      isFresh,
      put: (request) =>
        http({
          ...request,
          method: "PUT",
          url,
          type: media.type,
          headers: { ...headers, ...request.headers },
        }),
    });
    if (reply !== "gone") return expectReply(reply, Made, "an id", true).id;
  }
  throw new NetworkError("unavailable", `YouTube has ended each upload of ${media.file} before its time`);
}

async function sessionFor(
  { type }: Media,
  size: number,
  { path, query, json }: Begin,
  { http }: Preparation<Channel>,
): Promise<string> {
  const { headers } = await http({
    method: "POST",
    path: `/upload/youtube/v3/${path}`,
    query: { uploadType: "resumable", ...query },
    headers: { "X-Upload-Content-Type": type, "X-Upload-Content-Length": String(size) },
    json,
  });
  const { location = "" } = headers;
  if (!isUrl(location))
    throw new NetworkError("unavailable", "YouTube began an upload without saying where it goes");
  return location;
}

async function processed(id: string, { file }: Media, context: Preparation<Channel>): Promise<true> {
  const look = async () => {
    const [video] = await videosOf([id], "status", context);
    const { uploadStatus, failureReason, rejectionReason } = video?.status ?? {};
    if (uploadStatus === "failed" || uploadStatus === "rejected" || uploadStatus === "deleted")
      throw new NetworkError(
        "rejected",
        `YouTube does not take ${file}: ${failureReason ?? rejectionReason ?? uploadStatus}`,
      );
    return uploadStatus === "processed" || undefined;
  };
  return context.until(look, { within: PROCESSED, words: `YouTube is still working on ${file}` });
}

async function thumbnail(
  videoId: string,
  media: Media,
  { http, stream }: Preparation<Channel>,
): Promise<true> {
  const path = "/upload/youtube/v3/thumbnails/set";
  const query = { videoId, uploadType: "media" };
  await http({ method: "POST", path, query, bytes: await stream(media), type: media.type });
  return true;
}

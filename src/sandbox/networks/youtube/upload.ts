/** Uploads: https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol. Read 2026-11-27. */
import { text } from "../../body.ts";
import type { SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import {
  type Call,
  entityOf,
  ID,
  nextId,
  ok,
  refuse,
  type Session,
  snippetOf,
  statusOf,
  type Video,
} from "./state.ts";

const UNIT = 256 * 1024;
const CAPTIONS = /^\ufeff?(?:WEBVTT|\s*\d+\s*\r?\n)/;

/** Begins one; where it goes on is told in a header. */
export function begin(call: Call, kind: Session["kind"]): SandboxReply {
  const { query, request, state, world } = call;
  const { owner } = call.who();
  if (query.get("uploadType") !== "resumable")
    throw refuse(400, "badRequest", "The sandbox takes resumable uploads only.");
  const { fields, type } = call.body();
  if (type !== "json") throw refuse(400, "badRequest", "Media type is not supported.");
  const parts = (query.get("part") ?? "").split(",");
  const unasked = Object.keys(fields).find((name) => !parts.includes(name));
  if (unasked !== undefined) throw refuse(400, "unexpectedPart", `'${unasked}'`);
  if (kind === "videos") {
    snippetOf(fields.snippet, false);
    statusOf(fields.status ?? { privacyStatus: "public" });
    call.take("uploads", owner);
  } else {
    ofCaptions(fields, call);
    call.take("units", owner, 400);
  }
  const id = `${kind}-session-${state.sessions.size + 1}`;
  const total = Number(request.headers["x-upload-content-length"]);
  const declared = String(request.headers["x-upload-content-type"] ?? "");
  if (!(total > 0)) throw refuse(400, "mediaBodyRequired", "The request does not include the video content.");
  state.sessions.set(id, { id, owner, kind, total, type: declared, json: fields, held: Buffer.alloc(0) });
  const location = `${world.base(ID)}/upload/youtube/v3/${kind}?uploadType=resumable&upload_id=${id}`;
  return { status: 200, headers: { location } };
}

/** A piece, or the question what is there. */
export function piece(call: Call): SandboxReply {
  const { query, request, state } = call;
  const session = state.sessions.get(query.get("upload_id") ?? "");
  if (!session || session.owner !== call.who().owner)
    throw refuse(404, "notFound", "The upload session was not found.");
  if (session.made !== undefined) return finished(session, call, 200);
  const range = /^bytes (?:\*|(\d+)-(\d+))\/(\d+)$/.exec(String(request.headers["content-range"] ?? ""));
  const { body } = request;
  if (!range || Number(range[3]) !== session.total)
    throw refuse(400, "badRequest", "Content-Range does not fit the upload.");
  if (range[1] === undefined) return incomplete(session);
  const [from, to] = [Number(range[1]), Number(range[2])];
  if (from !== session.held.length || to - from + 1 !== body.length || to >= session.total)
    throw refuse(400, "badRequest", "Content-Range does not fit the upload.");
  const isLast = to + 1 === session.total;
  if (!isLast && body.length % UNIT !== 0)
    throw refuse(400, "badRequest", "A piece must be a multiple of 256 KiB.");
  session.held = Buffer.concat([session.held, body]);
  if (!isLast) return incomplete(session);
  return finished(session, call, 201);
}

function incomplete({ held }: Session): SandboxReply {
  return { status: 308, headers: held.length > 0 ? { range: `bytes=0-${held.length - 1}` } : {} };
}

function finished(session: Session, call: Call, status: number): SandboxReply {
  const { state, world } = call;
  const { owner, kind, json, held } = session;
  if (kind === "captions") {
    const { video, language } = ofCaptions(json, call);
    if (session.made === undefined) {
      if (!CAPTIONS.test(held.toString("utf8", 0, 100)))
        throw refuse(400, "invalidMetadata", "The captions could not be read.");
      video.captions.push(language);
    }
    session.made ??= nextId(state, "captions");
    return ok({ kind: "youtube#caption", id: session.made }, status);
  }
  const before = state.videos.get(session.made ?? "");
  const wait = call.request.trouble?.kind === "processing" ? call.request.trouble.ms : 0;
  const video: Video = before ?? {
    id: nextId(state, "video"),
    owner,
    snippet: snippetOf(json.snippet, false),
    status: statusOf(json.status ?? { privacyStatus: "public" }),
    type: sniff(held) ?? session.type.replace(/^video\//, "unreadable/"),
    bytes: held,
    captions: [],
    readyAt: world.now() + wait,
  };
  session.made = video.id;
  session.held = Buffer.alloc(0);
  state.videos.set(video.id, video);
  return ok(entityOf(video, ["snippet", "status"], call), status);
}

function ofCaptions(fields: Record<string, unknown>, call: Call) {
  const { videoId, language, name } = (fields.snippet ?? {}) as Record<string, unknown>;
  const video = call.state.videos.get(text(videoId) ?? "");
  if (!video || video.owner !== call.who().owner)
    throw refuse(404, "videoNotFound", "The video that you are trying to add captions to was not found.");
  if (!text(language) || typeof name !== "string" || name.length > 150)
    throw refuse(400, "invalidMetadata", "The request contains invalid metadata values.");
  return { video, language: text(language)! };
}

/** https://developers.google.com/youtube/v3/docs/thumbnails/set: the file alone. */
export function thumbnail(call: Call): SandboxReply {
  const { query, request, state } = call;
  const { owner } = call.who();
  const video = state.videos.get(query.get("videoId") ?? "");
  if (!video || video.owner !== owner) throw refuse(404, "videoNotFound", "The video was not found.");
  call.take("units", owner, 50);
  const type = sniff(request.body);
  if (type !== "image/jpeg" && type !== "image/png")
    throw refuse(400, "invalidImage", "The provided image content is invalid.");
  if (request.body.length > 2 * 1024 * 1024)
    throw refuse(413, "mediaBodyTooLarge", "The image is too large.");
  video.thumbnail = { type, bytes: request.body };
  return ok({ kind: "youtube#thumbnailSetResponse", items: [] });
}

/**
 * Resumable uploads: https://docs.joinpeertube.org/api-rest-reference.html, uploadResumableInit and uploadResumable. Read
 * 2026-11-27. For a while after the last byte the answer is given again; then the upload is gone.
 */
import { text } from "../../body.ts";
import type { SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import {
  type Call,
  ID,
  nextId,
  ok,
  privacyOf,
  refuse,
  type Upload,
  uuidOf,
  type Video,
  wordsOf,
} from "./state.ts";

export function begin(call: Call): SandboxReply {
  const { request, state, world } = call;
  const { name: owner } = call.who();
  const { fields } = call.body();
  const total = Number(request.headers["x-upload-content-length"]);
  if (!(total > 0) || !request.headers["x-upload-content-type"])
    throw refuse(400, "The X-Upload-Content-Length and X-Upload-Content-Type headers are needed.");
  if (!text(fields.filename)) throw refuse(400, "Incorrect request parameters: filename");
  if (Number(fields.channelId) !== channelIdOf(owner))
    throw refuse(404, `Video channel ${String(fields.channelId)} not found`);
  const id = `upload-${state.uploads.size + 1}`;
  const upload = { id, owner, total, words: wordsOf(fields), privacy: privacyOf(fields.privacy, 1) };
  state.uploads.set(id, { ...upload, held: Buffer.alloc(0) });
  const location = `${world.base(ID)}/api/v1/videos/upload-resumable?upload_id=${id}`;
  return { status: 201, headers: { location } };
}

export const channelIdOf = (name: string) => 1_000 + name.length;

/** A piece, or the question what is there. */
export function piece(call: Call): SandboxReply {
  const { query, request, state } = call;
  const upload = state.uploads.get(query.get("upload_id") ?? "");
  if (!upload) throw refuse(404, "Upload not found");
  if (upload.owner !== call.who().name) throw refuse(403, "This upload is somebody else's");
  if (upload.made) return told(upload.made);
  const range = /^bytes (?:\*|(\d+)-(\d+))\/(\d+)$/.exec(String(request.headers["content-range"] ?? ""));
  if (!range || Number(range[3]) !== upload.total) throw refuse(409, "The chunk does not fit its range");
  if (range[1] === undefined) return incomplete(upload);
  const [from, to] = [Number(range[1]), Number(range[2])];
  if (from !== upload.held.length || to - from + 1 !== request.body.length || to >= upload.total)
    throw refuse(409, "The chunk does not fit its range");
  upload.held = Buffer.concat([upload.held, request.body]);
  if (to + 1 < upload.total) return incomplete(upload);
  const type = sniff(upload.held);
  if (!type?.startsWith("video/")) {
    state.uploads.delete(upload.id);
    throw refuse(422, "Video file unreadable.");
  }
  const wait = call.request.trouble?.kind === "processing" ? call.request.trouble.ms : 0;
  const id = nextId(state);
  const uuid = uuidOf(String(id));
  const video: Video = {
    ...{ id, uuid, shortUUID: uuid.replaceAll("-", "").slice(0, 22), owner: upload.owner },
    ...{ words: upload.words, privacy: upload.privacy, type, bytes: upload.held, captions: [] },
    readyAt: call.world.now() + wait,
  };
  upload.made = video;
  state.videos.set(uuid, video);
  return told(video);
}

function incomplete({ held }: Upload): SandboxReply {
  return { status: 308, headers: held.length > 0 ? { range: `bytes=0-${held.length - 1}` } : {} };
}

function told({ id, uuid, shortUUID }: Video): SandboxReply {
  return ok({ video: { id, uuid, shortUUID } });
}

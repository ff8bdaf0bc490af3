/** Attachments: https://docs.joinmastodon.org/methods/media/ */
import { readBody, text } from "../../body.ts";
import { graphemes } from "../../count.ts";
import type { SandboxReply, SandboxRequest, World } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { ALT_MAX, ID, IMAGE_BYTES, IMAGES, mediaEntity, VIDEO_BYTES, VIDEOS } from "./entities.ts";
import { limited, rateHeaders, refuse } from "./responses.ts";
import { LIMITS, nextId, type State } from "./state.ts";

export function upload(request: SandboxRequest, account: string, state: State, world: World): SandboxReply {
  const { fields, files } = readBody(request);
  const file = files.find(({ name }) => name === "file");
  if (!file || file.bytes.length === 0) return refuse(422, "Validation failed: File can't be blank");
  const type = sniff(file.bytes) ?? "application/octet-stream";
  const video = VIDEOS.includes(type);
  if (!video && !IMAGES.includes(type)) return refuse(422, "Validation failed: File content type is invalid");
  if (file.bytes.length > (video ? VIDEO_BYTES : IMAGE_BYTES)) {
    return refuse(422, `Validation failed: File file size must be less than ${video ? "99 MB" : "16 MB"}`);
  }
  const alt = text(fields.description) ?? "";
  if (graphemes(alt) > ALT_MAX) {
    return refuse(422, `Validation failed: Description is too long (maximum is ${ALT_MAX} characters)`);
  }
  const taken = world.take(ID, `${account} media`, LIMITS.media);
  if (!taken.ok) return limited(30, taken.resetAt);
  const wait = request.trouble?.kind === "processing" ? request.trouble.ms : video ? 500 : 0;
  const id = nextId(state, world);
  // At once is at once, also for a clock that is turned back afterwards.
  const readyAt = wait > 0 ? world.now() + wait : 0;
  const media = { id, account, type, alt, bytes: file.bytes, readyAt, attached: false };
  state.media.set(id, media);
  const headers = rateHeaders(30, taken.remaining, taken.resetAt);
  return { status: wait > 0 ? 202 : 200, headers, body: mediaEntity(media, world) };
}

export function readMedia(state: State, id: string, account: string, world: World): SandboxReply {
  const media = state.media.get(id);
  if (media?.account !== account) return refuse(404, "Record not found");
  return { status: media.readyAt > world.now() ? 206 : 200, body: mediaEntity(media, world) };
}

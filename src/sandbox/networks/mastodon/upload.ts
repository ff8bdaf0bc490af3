/** https://docs.joinmastodon.org/methods/media/ */
import { text } from "../../body.ts";
import type { SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { type Call, nameOf, nextId, refuse } from "./call.ts";
import { checkAlt } from "./draft.ts";
import { IMAGE_BYTES, IMAGES, type Media, mediaEntity, VIDEO_BYTES, VIDEOS } from "./entities.ts";

export function upload(call: Call): SandboxReply {
  const { state, world, request } = call;
  const file = call.files().find(({ name }) => name === "file");
  if (!file || file.bytes.length === 0) throw refuse(422, "Validation failed: File can't be blank");
  const type = sniff(file.bytes) ?? "application/octet-stream";
  const video = VIDEOS.includes(type);
  if (!video && !IMAGES.includes(type)) throw refuse(422, "Validation failed: File content type is invalid");
  if (file.bytes.length > (video ? VIDEO_BYTES : IMAGE_BYTES)) {
    throw refuse(422, `Validation failed: File file size must be less than ${video ? "99 MB" : "16 MB"}`);
  }
  const alt = checkAlt(text(call.fields().description) ?? "", nameOf(call));
  call.take("media", call.who());
  const wait = request.trouble?.kind === "processing" ? request.trouble.ms : video ? 500 : 0;
  // At once is at once, also for a clock that is turned back afterwards.
  const readyAt = wait > 0 ? world.now() + wait : 0;
  const media: Media = {
    id: nextId(state, world),
    account: call.who(),
    type,
    alt,
    bytes: file.bytes,
    readyAt,
  };
  state.media.set(media.id, media);
  return { status: wait > 0 ? 202 : 200, body: mediaEntity(media, world) };
}

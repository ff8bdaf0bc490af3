/** Photos: addresses only, and this request makes the post: https://developers.tiktok.com/doc/content-posting-api-reference-photo-post. */
import { text } from "../../body.ts";
import { sha256 } from "../../ids.ts";
import { fetched } from "../../media-host.ts";
import type { SandboxReply } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { type Call, LEVELS, ok, type Publication, postOf, refuse } from "./state.ts";

const INBOX = "title description";
const DIRECT = `${INBOX} privacy_level disable_comment auto_add_music brand_content_toggle brand_organic_toggle`;
const KNOWN = new Map([
  ["DIRECT_POST", new Set(DIRECT.split(" "))],
  ["MEDIA_UPLOAD", new Set(INBOX.split(" "))],
]);

export function beginPhotos(call: Call): SandboxReply {
  const { state, world } = call;
  const { owner } = call.who();
  const { fields, type } = call.body();
  const { media_type, post_mode, post_info, source_info, is_aigc: _, ...others } = fields;
  const isDirect = post_mode === "DIRECT_POST";
  const known = KNOWN.get(String(post_mode));
  if (type !== "json" || media_type !== "PHOTO" || !known || Object.keys(others).length > 0)
    throw refuse(400, "invalid_params", "The body is invalid.");
  const given = (post_info ?? {}) as Record<string, unknown>;
  const other = Object.keys(given).find((name) => !known.has(name));
  if (other !== undefined) throw refuse(400, "invalid_params", `post_info.${other} is not known`);
  const description = text(given.description) ?? "";
  if ((text(given.title) ?? "").length > 90 || description.length > 4_000)
    throw refuse(400, "invalid_params", "The title or the description is too long.");
  const privacy = text(given.privacy_level) ?? "";
  if (isDirect && !LEVELS.includes(privacy))
    throw refuse(403, "privacy_level_option_mismatch", "privacy_level is not one of privacy_level_options.");
  const files = filesOf((source_info ?? {}) as Record<string, unknown>, call);
  call.take("begins", owner);
  const isFine = files.every(
    (one) => /^image\/(?:jpeg|webp)$/.test(one.type) && one.bytes.length <= 20_000_000,
  );
  const mark = sha256(`${owner} ${state.publications.size}`).toString("hex").slice(0, 19);
  const publication: Publication = {
    id: `p_${isDirect ? "pub" : "inbox"}_url~v2.${mark}`,
    owner,
    photos: files,
    ...{ size: 0, chunk: 0, chunks: 0, held: Buffer.alloc(0) },
    ...{ begunAt: world.now(), at: world.now() },
    ...(isDirect ? { info: { title: description, privacy } } : { description }),
    ...(!isFine && { failed: "file_format_check_failed" }),
  };
  state.publications.set(publication.id, publication);
  if (isFine) world.accept(postOf(publication, "image/jpeg", world));
  return ok({ publish_id: publication.id });
}

/** From addresses whose domain is verified: here, those of the project's media host. */
function filesOf(
  { source, photo_cover_index, photo_images, ...others }: Record<string, unknown>,
  { world }: Call,
): { type: string; bytes: Buffer }[] {
  const addresses = Array.isArray(photo_images) ? photo_images : [];
  const isFine = source === "PULL_FROM_URL" && addresses.length >= 1 && addresses.length <= 35;
  if (!isFine || !addresses[Number(photo_cover_index ?? -1)] || Object.keys(others).length > 0)
    throw refuse(400, "invalid_params", "source_info is invalid.");
  return addresses.map((address) => {
    const found = fetched(address, world);
    if (!found) throw refuse(403, "url_ownership_unverified", "The domain of an address is not verified.");
    return { type: sniff(found.bytes) ?? "", bytes: found.bytes };
  });
}

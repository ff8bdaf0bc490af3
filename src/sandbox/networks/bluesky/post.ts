/** app.bsky.feed.post: what its lexicon asks, and how the app shows it. */
import { graphemes, utf8 } from "../../count.ts";
import { anchor, chip, escapeHtml } from "../../html.ts";
import type { SandboxPost, World } from "../../network.ts";
import type { Kept, State } from "./state.ts";

export const BLOB_MAX = 52_428_800;
const MAX = 300;
const MAX_BYTES = 3_000;
const LANGS = 3;
const TAGS = 8;
const TAG = { bytes: 640, graphemes: 64 };
// `@atproto/pds` before 0.5 takes 1,000,000.
const IMAGE_MAX = 2_000_000;
const THUMB_MAX = 1_000_000;
const VIDEO_MAX = 300_000_000;

type Fault = { error?: string; message: string };
type Fields = Record<string, unknown>;

/** What is wrong with a record, in the words of `@atproto/pds` 0.4.217, against which they were read. */
export function checkPost(record: Fields, state: State): Fault | undefined {
  const { text, createdAt, langs, tags, facets, reply, embed } = record;
  if (record.$type !== "app.bsky.feed.post")
    return { message: `Invalid $type: expected app.bsky.feed.post, got ${record.$type}` };
  const fault =
    missing("text", record, "$.record") ??
    missing("createdAt", record, "$.record") ??
    (typeof text === "string" ? undefined : invalid(`Expected string value type at $.record.text`)) ??
    tooLong(String(text), { bytes: MAX_BYTES, graphemes: MAX }, "$.record.text");
  if (fault) return fault;
  if (!isDatetime(createdAt)) return invalid(`Invalid datetime (got "${createdAt}") at $.record.createdAt`);
  return (
    checkList(langs, LANGS, "$.record.langs", (lang, at) =>
      isLanguage(lang) ? undefined : invalid(`Invalid language (got "${lang}") at ${at}`),
    ) ??
    checkList(tags, TAGS, "$.record.tags", (tag, at) => tooLong(String(tag), TAG, at)) ??
    checkFacets(facets, String(text)) ??
    checkReply(reply, state) ??
    checkEmbed(embed, state)
  );
}

function checkList(
  list: unknown,
  most: number,
  at: string,
  check: (item: unknown, at: string) => Fault | undefined,
): Fault | undefined {
  if (list === undefined) return undefined;
  if (!Array.isArray(list)) return invalid(`Expected array value type at ${at}`);
  if (list.length > most) return invalid(`array too big (maximum ${most}, got ${list.length}) at ${at}`);
  return list.map((item, n) => check(item, `${at}[${n}]`)).find(Boolean);
}

function tooLong(text: string, most: { bytes: number; graphemes: number }, at: string): Fault | undefined {
  const [bytes, signs] = [utf8(text), graphemes(text)];
  if (bytes > most.bytes) return invalid(`string too big (maximum ${most.bytes}, got ${bytes}) at ${at}`);
  return signs > most.graphemes
    ? invalid(`grapheme too big (maximum ${most.graphemes}, got ${signs}) at ${at}`)
    : undefined;
}

function missing(key: string, fields: Fields, at: string): Fault | undefined {
  return fields[key] === undefined ? invalid(`Missing required key "${key}" at ${at}`) : undefined;
}

// The real server takes facets that lie outside the text or cut a character, and the apps then drop them in silence.
// A rehearsal is the place to hear of it: here they are refused.
function checkFacets(facets: unknown, text: string): Fault | undefined {
  const bytes = Buffer.from(text);
  return checkList(facets, Number.POSITIVE_INFINITY, "$.record.facets", (facet, at) => {
    const index = fieldsOf(fieldsOf(facet).index);
    const { features } = fieldsOf(facet);
    const fault =
      missing("byteStart", index, `${at}.index`) ??
      missing("byteEnd", index, `${at}.index`) ??
      missing("features", fieldsOf(facet), at);
    if (fault) return fault;
    const { byteStart: start, byteEnd: end } = index as { byteStart: number; byteEnd: number };
    if (!Number.isInteger(start) || !Number.isInteger(end))
      return invalid(`Expected integer value type at ${at}.index`);
    if (start < 0 || end <= start || end > bytes.length)
      return invalid(`it lies outside the text: ${at}.index`);
    if (cutsCharacter(bytes, start) || cutsCharacter(bytes, end))
      return invalid(`it cuts a character: ${at}.index`);
    return checkList(features, Number.POSITIVE_INFINITY, `${at}.features`, (feature, place) =>
      checkFeature(fieldsOf(feature), place),
    );
  });
}

function checkFeature(feature: Fields, at: string): Fault | undefined {
  switch (feature.$type) {
    case "app.bsky.richtext.facet#link":
      return isUri(feature.uri) ? undefined : invalid(`Invalid uri (got "${feature.uri}") at ${at}.uri`);
    case "app.bsky.richtext.facet#mention":
      return /^did:[a-z]+:[\w.:%-]+$/.test(String(feature.did))
        ? undefined
        : invalid(`Invalid DID (got "${feature.did}") at ${at}.did`);
    case "app.bsky.richtext.facet#tag":
      return missing("tag", feature, at) ?? tooLong(String(feature.tag), TAG, `${at}.tag`);
    default:
      return feature.$type === undefined ? untyped(feature, at) : undefined;
  }
}

function untyped(value: unknown, at: string): Fault {
  const got = JSON.stringify(value);
  return invalid(`Expected an object which includes the "$type" property value type (got ${got}) at ${at}`);
}

// The real server takes a reply to nothing; it then shows as a post whose parent was deleted.
function checkReply(reply: unknown, state: State): Fault | undefined {
  if (reply === undefined) return undefined;
  for (const end of ["root", "parent"]) {
    const ref = fieldsOf(fieldsOf(reply)[end]);
    const fault =
      missing("uri", ref, `$.record.reply.${end}`) ?? missing("cid", ref, `$.record.reply.${end}`);
    if (fault) return fault;
    const there = [...state.records.values()].find((kept) => kept.uri === ref.uri);
    if (there?.cid !== ref.cid)
      return invalid(`it refers to a record that does not exist, ${ref.uri}: $.record.reply.${end}`);
  }
  return undefined;
}

function checkEmbed(embed: unknown, state: State): Fault | undefined {
  if (embed === undefined) return undefined;
  const fields = fieldsOf(embed);
  switch (fields.$type) {
    case "app.bsky.embed.images":
      return checkList(fields.images ?? null, 4, "$.record.embed.images", (image, at) => {
        const { alt, image: blob } = fieldsOf(image);
        return (
          (typeof alt === "string" ? undefined : invalid(`Missing required key "alt" at ${at}`)) ??
          checkBlob(blob, state, { type: "image/", max: IMAGE_MAX }, `${at}.image`)
        );
      });
    case "app.bsky.embed.external": {
      const at = "$.record.embed.external";
      const external = fieldsOf(fields.external);
      const { uri, thumb } = external;
      return (
        ["uri", "title", "description"].map((key) => missing(key, external, at)).find(Boolean) ??
        (isUri(uri) ? undefined : invalid(`Invalid uri (got "${uri}") at ${at}.uri`)) ??
        (thumb === undefined
          ? undefined
          : checkBlob(thumb, state, { type: "image/", max: THUMB_MAX }, `${at}.thumb`))
      );
    }
    case "app.bsky.embed.video":
      return checkBlob(fields.video, state, { type: "video/mp4", max: VIDEO_MAX }, "$.record.embed.video");
    case undefined:
      return untyped(embed, "$.record.embed");
    default:
      return undefined;
  }
}

// A reference that does not say what the file is was taken by 0.4.217; a rehearsal refuses it, as others do.
function checkBlob(
  blob: unknown,
  state: State,
  { type, max }: { type: string; max: number },
  at: string,
): Fault | undefined {
  const { $type, ref, mimeType, size } = fieldsOf(blob);
  if ($type !== "blob") return invalid(`Expected blob value type at ${at}`);
  if (!String(mimeType).startsWith(type)) {
    const wanted = type.endsWith("/") ? `${type}*` : type;
    return invalid(`Expected "${wanted}" (got "${mimeType}") at ${at}.mimeType`);
  }
  if (Number(size) > max) return invalid(`blob too big (maximum ${max}, got ${size}) at ${at}`);
  const link = String(fieldsOf(ref).$link);
  const kept = state.blobs.get(link);
  if (!kept) return { error: "BlobNotFound", message: `Could not find blob: ${link}` };
  if (kept.type !== mimeType) {
    return {
      error: "InvalidMimeType",
      message: `Referenced Mimetype does not match stored blob. Expected: ${kept.type}, Got: ${mimeType}`,
    };
  }
  if (size !== kept.bytes.length)
    return {
      error: "InvalidSize",
      message: `Referenced size does not match stored blob. Expected: ${kept.bytes.length}, Got: ${size}`,
    };
  return undefined;
}

/** As the app shows it. */
export function postOf(
  { uri, rkey, record, at }: Kept,
  handle: string,
  state: State,
  world: World,
): SandboxPost {
  const text = String(record.text);
  const facets = (record.facets ?? []) as Fields[];
  const { html, overlaps } = shown(text, facets);
  const parent = fieldsOf(fieldsOf(record.reply).parent).uri;
  const embed = fieldsOf(record.embed);
  const external = fieldsOf(embed.external);
  const langs = Array.isArray(record.langs) ? record.langs.map(String) : [];
  const post: SandboxPost = {
    network: "bluesky",
    account: `@${handle}`,
    id: uri,
    url: `${world.base("bluesky")}/profile/${handle}/post/${rkey}`,
    at,
    text,
    html,
    media: mediaOf(embed, state),
    length: graphemes(text),
    max: MAX,
    notes: [
      ...(langs.length > 0 ? [`language ${langs.join(", ")}`] : []),
      ...(overlaps ? ["facets overlap: the apps show only the first"] : []),
    ],
  };
  if (typeof parent === "string") post.parent = parent;
  if (embed.$type === "app.bsky.embed.external") {
    post.card = {
      url: String(external.uri),
      title: String(external.title),
      description: String(external.description),
    };
    const thumb = state.blobs.get(String(fieldsOf(fieldsOf(external.thumb).ref).$link));
    if (thumb) post.card.image = { type: thumb.type, alt: "", bytes: thumb.bytes };
  }
  return post;
}

// Nothing is linked by itself: what has no facet is plain.
function shown(text: string, facets: Fields[]): { html: string; overlaps: boolean } {
  const bytes = Buffer.from(text);
  const sorted = facets
    .map((facet) => {
      const { byteStart, byteEnd } = fieldsOf(facet.index) as { byteStart: number; byteEnd: number };
      return { start: byteStart, end: byteEnd, feature: fieldsOf((facet.features as unknown[])[0]) };
    })
    .sort((a, b) => a.start - b.start);
  let html = "";
  let at = 0;
  let overlaps = false;
  for (const { start, end, feature } of sorted) {
    if (start < at) {
      overlaps = true;
      continue;
    }
    const label = bytes.toString("utf8", start, end);
    html += escapeHtml(bytes.toString("utf8", at, start));
    if (String(feature.$type).endsWith("#link")) html += anchor(String(feature.uri), escapeHtml(label));
    else html += chip(String(feature.$type).endsWith("#tag") ? "tag" : "mention", label);
    at = end;
  }
  return { html: html + escapeHtml(bytes.toString("utf8", at)), overlaps };
}

function mediaOf(embed: Fields, state: State): SandboxPost["media"] {
  const files = Array.isArray(embed.images)
    ? embed.images.map(fieldsOf)
    : embed.video
      ? [{ ...embed, image: embed.video }]
      : [];
  return files.flatMap((file: Fields) => {
    const kept = state.blobs.get(String(fieldsOf(fieldsOf(file.image).ref).$link));
    return kept ? [{ type: kept.type, alt: String(file.alt ?? ""), bytes: kept.bytes }] : [];
  });
}

function invalid(message: string): Fault {
  return { message: `Invalid app.bsky.feed.post record: ${message}` };
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function isLanguage(value: unknown): boolean {
  return typeof value === "string" && /^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(value);
}

function isUri(value: unknown): boolean {
  return typeof value === "string" && /^[a-z][a-z0-9.+-]*:\S+$/i.test(value);
}

function isDatetime(value: unknown): boolean {
  return (
    typeof value === "string" &&
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

// UTF-8's following bytes are 10xxxxxx.
function cutsCharacter(bytes: Buffer, at: number): boolean {
  return at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80;
}

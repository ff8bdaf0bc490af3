/** What a server says that it is and allows: https://docs.joinmastodon.org/entities/Instance/ */
import * as v from "valibot";
import { type Account, expectReply, type FileRules, type Reach } from "../../adapter.ts";
import type { Channel } from "./api.ts";

export const IMAGES = ["image/jpeg", "image/png", "image/gif", "image/webp", "image/avif"];
export const VIDEOS = ["video/mp4", "video/webm", "video/quicktime"];

const Limits = v.object({
  statuses: v.optional(
    v.object({
      max_characters: v.optional(v.number()),
      max_media_attachments: v.optional(v.number()),
      characters_reserved_per_url: v.optional(v.number()),
    }),
  ),
  media_attachments: v.optional(
    v.object({
      supported_mime_types: v.optional(v.array(v.string())),
      image_size_limit: v.optional(v.number()),
      image_matrix_limit: v.optional(v.number()),
      video_size_limit: v.optional(v.number()),
      video_matrix_limit: v.optional(v.number()),
      description_limit: v.optional(v.number()),
    }),
  ),
  polls: v.optional(
    v.object({
      max_options: v.number(),
      max_characters_per_option: v.number(),
      min_expiration: v.number(),
      max_expiration: v.number(),
    }),
  ),
});
const Instance = v.object({
  domain: v.optional(v.string()),
  uri: v.optional(v.string()),
  version: v.optional(v.string(), ""),
  source_url: v.nullish(v.string()),
  max_toot_chars: v.optional(v.number()),
  configuration: v.optional(Limits),
});

interface Server {
  domain: string;
  limits: Account["limits"];
  idempotency?: Account["idempotency"];
}

export async function serverOf({ channel, http }: Reach<Channel>): Promise<Server> {
  let reply = await http({ path: "/api/v2/instance", ok: [404] });
  if (reply.status === 404) reply = await http({ path: "/api/v1/instance" });
  const server = expectReply(reply, Instance, "a description of the server", true);
  const { statuses, media_attachments: media, polls } = server.configuration ?? {};
  const types = media?.supported_mime_types;
  const text = given({
    max: statuses?.max_characters ?? server.max_toot_chars,
    link: statuses?.characters_reserved_per_url,
  });
  const files = given({
    count: statuses?.max_media_attachments,
    alt: media?.description_limit,
    image: rulesOf("image/", types ?? IMAGES, media?.image_size_limit, media?.image_matrix_limit),
    video: rulesOf("video/", types ?? VIDEOS, media?.video_size_limit, media?.video_matrix_limit),
  });
  return {
    domain: server.domain ?? server.uri ?? new URL(channel.server).host,
    limits: { text, media: files, ...(polls && { poll: pollRulesOf(polls) }) },
    ...(keepsKeys(server) ? {} : { idempotency: "none" as const }),
  };
}

// Compatible servers say what they are; only Mastodon's own code is known to keep keys.
function keepsKeys({ version, source_url }: v.InferOutput<typeof Instance>): boolean {
  return !/compatible;|gotosocial|pixelfed|pleroma|akkoma/i.test(`${version} ${source_url ?? ""}`);
}

function pollRulesOf(polls: NonNullable<v.InferOutput<typeof Limits>["polls"]>) {
  const open: [string, string] = [`${polls.min_expiration}s`, `${polls.max_expiration}s`];
  const choices: [number, number] = [2, polls.max_options];
  return { choices, length: polls.max_characters_per_option, open };
}

function rulesOf(kind: string, types: string[], bytes?: number, pixels?: number): FileRules | undefined {
  const ours = types.filter((type) => type.startsWith(kind));
  return bytes === undefined || ours.length === 0
    ? undefined
    : { types: ours, bytes, ...(pixels && { pixels }), ...(kind === "video/" && { count: 1 }) };
}

function given<T extends object>(values: T): Partial<{ [K in keyof T]: NonNullable<T[K]> }> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof given<T>
  >;
}

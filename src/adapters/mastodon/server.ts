/** What a server says that it is and allows: https://docs.joinmastodon.org/entities/Instance/ */
import * as v from "valibot";
import { type Context, type FileRules, NetworkError } from "../../adapter.ts";
import { expectReply } from "../../http/http.ts";
import { type Channel, call } from "./api.ts";

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
});
const Instance = v.object({
  domain: v.optional(v.string()),
  uri: v.optional(v.string()),
  max_toot_chars: v.optional(v.number()),
  configuration: v.optional(Limits),
});

export async function serverOf(context: Context<Channel>) {
  const reply = await call(context, "GET", "/api/v2/instance").catch((error: unknown) => {
    if (error instanceof NetworkError && error.status === 404)
      return call(context, "GET", "/api/v1/instance");
    throw error;
  });
  const server = expectReply(reply, Instance, "a description of the server", true);
  const statuses = server.configuration?.statuses;
  const media = server.configuration?.media_attachments;
  const types = media?.supported_mime_types;
  return {
    domain: server.domain ?? server.uri ?? new URL(context.channel.server).host,
    limits: {
      text: given({
        max: statuses?.max_characters ?? server.max_toot_chars,
        link: statuses?.characters_reserved_per_url,
      }),
      media: given({
        count: statuses?.max_media_attachments,
        alt: media?.description_limit,
        image: rulesOf("image/", types ?? IMAGES, media?.image_size_limit, media?.image_matrix_limit),
        video: rulesOf("video/", types ?? VIDEOS, media?.video_size_limit, media?.video_matrix_limit),
      }),
    },
  };
}

function rulesOf(kind: string, types: string[], bytes?: number, pixels?: number): FileRules | undefined {
  const ours = types.filter((type) => type.startsWith(kind));
  return bytes === undefined || ours.length === 0
    ? undefined
    : { types: ours, bytes, ...(pixels && { pixels }) };
}

function given<T extends object>(values: T): Partial<{ [K in keyof T]: NonNullable<T[K]> }> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as ReturnType<
    typeof given<T>
  >;
}

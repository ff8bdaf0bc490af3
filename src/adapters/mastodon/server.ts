/** What a server says that it is and allows: https://docs.joinmastodon.org/entities/Instance/ */
import * as v from "valibot";
import { type Account, expectReply, type FileRules, type Reach } from "../../adapter.ts";
import { isUrl } from "../../urls.ts";
import type { Channel } from "./api.ts";
import { recognised, type SoftwareName, softwareOf } from "./software.ts";

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

export async function serverOf(reach: Reach<Channel>): Promise<Server> {
  const { channel, http } = reach;
  const { software: named } = channel;
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
  const found =
    named ?? recognised(`${server.version} ${server.source_url ?? ""}`) ?? (await nodeinfoOf(reach));
  const { rules, idempotency: keeps } = softwareOf(found);
  // What only says that it is compatible is not known to keep keys.
  const idempotency = found === undefined && /compatible;/i.test(server.version) ? "none" : keeps;
  return {
    domain: server.domain ?? server.uri ?? new URL(channel.server).host,
    limits: {
      text: { ...rules.text, ...text },
      media: { ...rules.media, ...files },
      ...((rules.poll || polls) && { poll: { ...rules.poll, ...(polls && pollRulesOf(polls)) } }),
      ...(rules.differs && { differs: rules.differs }),
    },
    ...(idempotency !== softwareOf("mastodon").idempotency && { idempotency }),
  };
}

const Links = v.object({ links: v.array(v.object({ href: v.string() })) });
const Described = v.object({ software: v.object({ name: v.string() }) });

/** nodeinfo.diaspora.software: a document that names the software, wherever the server keeps it. */
async function nodeinfoOf({ channel, http }: Reach<Channel>): Promise<SoftwareName | undefined> {
  const found = v.safeParse(Links, (await http({ path: "/.well-known/nodeinfo", ok: [404] })).body);
  const href = found.success ? found.output.links.at(-1)?.href : undefined;
  const { host } = new URL(channel.server);
  if (href === undefined || !isUrl(href) || new URL(href).host !== host) return undefined;
  const described = v.safeParse(Described, (await http({ url: href, ok: [404] })).body);
  return described.success ? recognised(described.output.software.name) : undefined;
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

/** listmonk's API as far as the adapter speaks it: settings, answers, and a campaign's fields. */
import * as v from "valibot";
import {
  expectReply,
  type Media,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { secret, text, url } from "../../settings.ts";
import { pictureHtml } from "../../text/picture.ts";

const list = v.pipe(v.number(), v.integer("is not a list's number"), v.minValue(1, "is not a list's number"));

export const channel = v.strictObject({
  server: url("The address of listmonk: https://lists.acme.example"),
  username: v.pipe(text("The API user's name"), v.regex(/^[^:\s]+$/, "is not a user's name")),
  token: secret("The API user's token"),
  lists: v.pipe(
    v.union(
      [
        v.pipe(v.array(list), v.minLength(1, "names no list")),
        v.pipe(
          list,
          v.transform((one) => [one]),
        ),
        v.pipe(
          v.string(),
          v.regex(/^\d+(?:, *\d+)*$/),
          v.transform((all) => all.split(",").map(Number)),
        ),
      ],
      "is not the number of a list, nor several: 3, or [3, 4]",
    ),
    v.description("Numbers of the lists that it goes to: 3, or [3, 4]"),
  ),
  from: v.optional(text("Who it is from: Acme <news@acme.example>; default: as listmonk is set up")),
  template: v.optional(
    v.pipe(
      v.number(),
      v.integer(),
      v.description("Number of the template around it; default: listmonk's own"),
    ),
  ),
  archive: v.optional(
    v.pipe(v.boolean(), v.description("Whether it has a page in the public archive, where listmonk has one")),
  ),
});

export const options = v.strictObject({
  template: v.optional(
    v.pipe(v.boolean(), v.description("`{{` in the text is meant: listmonk's template language")),
  ),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

/** What the server itself says; a proxy's `message` has other words. */
export const Refused = v.object({
  message: v.pipe(
    v.string(),
    v.regex(/^(?:invalid (?:API credentials|session)|permission denied|rate limit exceeded)/i),
  ),
});

export const Campaign = v.object({
  id: v.number(),
  uuid: v.string(),
  status: v.string(),
  subject: v.optional(v.string(), ""),
  body: v.nullish(v.string()),
  tags: v.nullish(v.array(v.string())),
  send_at: v.nullish(v.string()),
  views: v.optional(v.number()),
  clicks: v.optional(v.number()),
});
export type Campaign = v.InferOutput<typeof Campaign>;
export const One = v.object({ data: Campaign });
export const Many = v.object({ data: v.object({ results: v.array(Campaign) }) });
const File = v.object({ data: v.object({ url: v.string() }) });

/** What a campaign of ours is known by. */
export function markOf(key: string): string {
  return `broadcast-${key}`;
}

export function fieldsOf(post: Post<Options>, images: readonly string[], channel: Channel, key: string) {
  const { title = "", text, plain, media, options } = post;
  const said = options.template ? (words: string) => words : literal;
  const pictures = images.map((src, at) => `<p>${pictureHtml(src, media[at] ?? { alt: "" })}</p>`);
  return {
    name: title,
    subject: said(title),
    lists: channel.lists,
    type: "regular",
    content_type: "html",
    body: [...pictures, said(text)].join("\n"),
    ...(plain !== undefined && { altbody: said(plain) }),
    messenger: "email",
    tags: [markOf(key)],
    ...(channel.from && { from_email: channel.from }),
    ...(channel.template !== undefined && { template_id: channel.template }),
  };
}

/** `{{` begins a command of Go's templates; one that says `{{` is how it is written. */
export function literal(words: string): string {
  return words.replaceAll("{{", '{{ "{{" }}');
}

/** The words of a body of ours, as readers read them. */
export function withoutCommands(body: string): string {
  return body.replaceAll('{{ "{{" }}', "{{");
}

export async function upload(media: Media, { ask, stream }: Preparation<Channel>): Promise<string> {
  const filename = nameOf(media).replace(/[^\w.-]/g, "-");
  const parts = [{ name: "file", value: await stream(media), filename, type: media.type }];
  return (await ask({ method: "POST", path: "/media", parts }, File, "a file")).data.url;
}

export async function campaignAt(
  id: string | number,
  { http }: Pick<Reach<Channel>, "http">,
): Promise<Campaign | undefined> {
  // One that is not there is told with 400 or 404, depending on the version.
  const reply = await http({ path: `/campaigns/${id}`, ok: [404, "not found"] });
  return reply.status >= 400 ? undefined : expectReply(reply, One, "a campaign", true).data;
}

export function isOnItsWay({ status }: Campaign): boolean {
  return status !== "draft";
}

export function receiptOf({ id, uuid, status, send_at }: Campaign, { server, archive }: Channel): Receipt {
  const due = status === "scheduled" && send_at ? { due: new Date(send_at).toISOString() } : {};
  const url = archive ? `${server}/archive/${uuid}` : `${server}/admin/campaigns/${id}`;
  return { id: String(id), url, ...due };
}

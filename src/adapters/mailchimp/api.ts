/** Mailchimp's Marketing API 3.0 as far as the adapter speaks it: settings, answers, and a campaign's content. */
import * as v from "valibot";
import {
  type Endpoint,
  expectReply,
  type Media,
  nameOf,
  type Post,
  type Preparation,
  type Reach,
  type Receipt,
} from "../../adapter.ts";
import { secret, text, url } from "../../settings.ts";
import { escapeHtml } from "../../text/html-escape.ts";
import { pictureHtml } from "../../text/picture.ts";

export const channel = v.pipe(
  v.strictObject({
    api_key: v.pipe(
      secret("API key; what is behind its hyphen says where the account is"),
      v.regex(/^[^\s-]+-[a-z]{2}\d+$/, "is not an API key: it ends with a hyphen and us21 or the like"),
    ),
    list: v.pipe(
      text("Id of the audience (list): Audience, Settings, Audience name and defaults"),
      v.regex(/^\w+$/, "is not an audience's id: a few letters and digits"),
    ),
    from_name: text("Who it is from: Acme"),
    reply_to: v.pipe(
      text("Where answers go, an address of a verified domain: news@acme.example"),
      v.regex(/^[^\s<>@]+@[\w.-]+$/, "is not an address: news@acme.example"),
    ),
    segment: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.description("Number of a saved segment or tag; default: the whole audience"),
      ),
    ),
    server: v.optional(url("Where the API is; default: as the key says")),
  }),
  v.transform((settings) => ({ ...settings, server: settings.server ?? serverOf(settings.api_key) })),
);

/** `https://us21.api.mailchimp.com` for a key that ends in `-us21`. */
function serverOf(key: string): string {
  return `https://${key.split("-").at(-1)}.api.mailchimp.com`;
}

export const options = v.strictObject({
  merge_tags: v.optional(v.pipe(v.boolean(), v.description("`*|` in the text is meant: a merge tag"))),
});

export type Channel = v.InferOutput<typeof channel>;
export type Options = v.InferOutput<typeof options>;

/** Problem details (RFC 7807). */
export const Refused = v.object({
  title: v.string(),
  status: v.number(),
  detail: v.string(),
  instance: v.string(),
});

export const Campaign = v.object({
  id: v.string(),
  status: v.string(),
  archive_url: v.optional(v.string()),
  long_archive_url: v.optional(v.string()),
  settings: v.optional(v.object({ title: v.optional(v.string()), subject_line: v.optional(v.string()) })),
});
export type Campaign = v.InferOutput<typeof Campaign>;
export const Content = v.object({ html: v.optional(v.string(), "") });
const File = v.object({ full_size_url: v.string() });

export function endpoint({ api_key, server }: Channel): Endpoint {
  return {
    base: `${server}/3.0`,
    headers: { Authorization: `Basic ${Buffer.from(`broadcast:${api_key}`).toString("base64")}` },
  };
}

/** As the account's people see it in their list; the key's part makes it one that is known again. */
export function titleOf({ title = "" }: Pick<Post, "title">, key: string): string {
  return `${title.slice(0, 60)} (broadcast ${key})`;
}

export function settingsOf(post: Post<Options>, channel: Channel, key: string) {
  const { list, segment, from_name, reply_to } = channel;
  const recipients = {
    list_id: list,
    ...(segment !== undefined && { segment_opts: { saved_segment_id: segment } }),
  };
  const settings = {
    title: titleOf(post, key),
    subject_line: post.title ?? "",
    ...(post.summary && { preview_text: post.summary }),
    from_name,
    reply_to,
    // The postal address and the link to unsubscribe, which the law asks for.
    auto_footer: true,
    inline_css: false,
  };
  return { type: "regular", recipients, settings };
}

export const LONGEST_PREVIEW = 150;

export function contentOf(post: Post<Options>, images: readonly string[]) {
  const { title = "", text, plain, lang, media } = post;
  const pictures = images.map((src, at) => `<p>${pictureHtml(src, media[at] ?? { alt: "" })}</p>`);
  const head = `<meta charset="utf-8"><title>${escapeHtml(title)}</title>`;
  const body = [...pictures, text].join("\n");
  const html = `<!doctype html>\n<html${lang ? ` lang="${escapeHtml(lang)}"` : ""}>\n<head>${head}</head>\n<body>\n${body}\n</body>\n</html>\n`;
  return { html, ...(plain !== undefined && { plain_text: plain }) };
}

/** The address of a picture in the account's own files. */
export async function upload(media: Media, { ask, bytes }: Preparation<Channel>): Promise<string> {
  const name = nameOf(media).replace(/[^\w.-]/g, "-");
  const json = { name, file_data: Buffer.from(await bytes(media)).toString("base64") };
  return (await ask({ method: "POST", path: "/file-manager/files", json }, File, "a file")).full_size_url;
}

export async function campaignAt(
  id: string,
  { http }: Pick<Reach<Channel>, "http">,
): Promise<Campaign | undefined> {
  const reply = await http({ path: `/campaigns/${id}`, ok: [404] });
  return reply.status === 404 ? undefined : expectReply(reply, Campaign, "a campaign", true);
}

/** `save` is a draft; what was paused by a person is one as well. */
export function isOnItsWay({ status }: Campaign): boolean {
  return status !== "save" && status !== "paused";
}

export function receiptOf({ id, long_archive_url, archive_url }: Campaign): Receipt {
  const url = long_archive_url || archive_url;
  return { id, ...(url && { url }) };
}

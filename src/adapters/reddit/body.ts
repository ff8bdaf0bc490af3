/** What a post says: its Markdown, or the same as rich text with the pictures in it. */
import { createHash } from "node:crypto";
import * as v from "valibot";
import { type Media, nameOf, type Post, type Preparation } from "../../adapter.ts";
import type { Channel } from "./api.ts";

const Lease = v.object({
  args: v.object({
    action: v.string(),
    fields: v.array(v.object({ name: v.string(), value: v.string() })),
  }),
  asset: v.object({ asset_id: v.string() }),
});
const Converted = v.object({ output: v.looseObject({}) });

/** Fields of the form, for a post and for an edit. */
export async function bodyOf(
  post: Pick<Post, "text" | "media">,
  context: Preparation<Channel>,
): Promise<{ text: string } | { richtext_json: string }> {
  if (post.media.length === 0) return { text: post.text };
  const ids = await uploaded(post, context);
  const pictures = post.media.map(({ type, alt }, at) => {
    const kind = type === "image/gif" ? "gif" : "img";
    return `![${kind}](${ids[at]}${alt === "" ? "" : ` "${alt.replace(/["\\\n]/g, "'")}"`})`;
  });
  const markdown_text = [...pictures, post.text].join("\n\n");
  const mark = createHash("sha256").update(markdown_text).digest("hex").slice(0, 12);
  const { output } = await context.step(`rich-text-${mark}`, () => {
    const form = { output_mode: "rtjson", markdown_text };
    return context.ask(
      { method: "POST", path: "/api/convert_rte_body_format", form },
      Converted,
      "rich text",
    );
  });
  return { richtext_json: JSON.stringify(output) };
}

/** What Reddit calls the pictures. */
export function uploaded(post: Pick<Post, "media">, context: Preparation<Channel>): Promise<string[]> {
  return context.uploads(post, (media) => upload(media, context));
}

/** To the place that Reddit names, where it waits for the post. */
async function upload(media: Media, { ask, http, stream }: Preparation<Channel>): Promise<string> {
  const form = { filepath: nameOf(media), mimetype: media.type };
  const lease = await ask(
    { method: "POST", path: "/api/media/asset.json", form },
    Lease,
    "a place for a file",
  );
  const { action, fields } = lease.args;
  const file = { name: "file", value: await stream(media), filename: nameOf(media), type: media.type };
  const url = action.startsWith("//") ? `https:${action}` : action;
  await http({ method: "POST", url, parts: [...fields, file], safe: true });
  return lease.asset.asset_id;
}

// As Reddit shows pictures in Markdown, and as they were sent.
const PICTURES =
  /^(?:(?:!\[[^\]\n]*\]\([^)\n]*\)|\[[^\]\n]*\]\(https:\/\/preview\.redd\.it[^)\n]*\)|https:\/\/preview\.redd\.it\/\S+)\s*)+/;

/** The words of a body alone, without the pictures above them. */
export function wordsOf(body: string): string {
  return body.replace(PICTURES, "").trim();
}

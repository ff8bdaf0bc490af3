/** Markdown as one finished post for a channel: for answers and notices, which have no campaign. */
import type { Post } from "../adapter.ts";
import type { Channel } from "../config/config.ts";
import { withoutUndefined } from "../plan/digest.ts";
import type { Measured } from "../text/types.ts";

/** `ahead`: plain words before it, which are not Markdown. */
export async function onePost(
  markdown: string,
  { adapter, lang }: Pick<Channel, "adapter" | "lang">,
  ahead = "",
): Promise<{ post: Post; measured: Measured }> {
  const { parse } = await import("../text/markdown.ts");
  const { loadDialects, render } = await import("../text/render.ts");
  const { measure } = await import("../text/measure.ts");
  await loadDialects([adapter.text.markup]);
  const rendered = render(parse(markdown), adapter.text.markup, {});
  const text = (ahead + rendered.text).trimEnd();
  const bytes = Buffer.byteLength(ahead);
  const entities = rendered.entities.map((one) => ({
    ...one,
    start: one.start + bytes,
    end: one.end + bytes,
  }));
  const post = withoutUndefined({ text, entities, media: [], tags: [], lang, options: {} }) as Post;
  return { post, measured: measure({ text, entities }, adapter.text) };
}

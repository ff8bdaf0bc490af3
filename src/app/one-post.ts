/** Markdown as one finished post for a channel: for answers and notices, which have no campaign. */
import type { Post } from "../adapter.ts";
import type { Channel } from "../config/config.ts";
import { withoutUndefined } from "../plan/digest.ts";
import type { Measured } from "../text/types.ts";

/** `ahead`: plain words before it, which are not Markdown. `as`: it stands below a post. */
export async function onePost(
  markdown: string,
  { adapter, lang }: Pick<Channel, "adapter" | "lang">,
  ahead = "",
  as?: "answer",
): Promise<{ post: Post; measured: Measured }> {
  const { parse } = await import("../text/markdown.ts");
  const { loadDialects, render } = await import("../text/render.ts");
  const { measure } = await import("../text/measure.ts");
  const rules = (as && adapter.answer) ?? adapter.text;
  await loadDialects([rules.markup]);
  const rendered = render(parse(markdown), rules.markup, {});
  const text = (ahead + rendered.text).trimEnd();
  const bytes = Buffer.byteLength(ahead);
  const entities = rendered.entities.map((one) => ({
    ...one,
    start: one.start + bytes,
    end: one.end + bytes,
  }));
  const post = withoutUndefined({ text, entities, media: [], tags: [], lang, options: {} }) as Post;
  return { post, measured: measure({ text, entities }, rules) };
}

/**
 * What the subreddit itself demands of a post: https://www.reddit.com/dev/api#GET_api_v1_{subreddit}_post_requirements. It is
 * asked before each post, and what would be refused fails before anything is out.
 */
import * as v from "valibot";
import { expectReply, NetworkError, type Post, type Preparation } from "../../adapter.ts";
import { isUrl } from "../../urls.ts";
import type { Channel, Options } from "./api.ts";

const words = v.nullish(v.array(v.string()), []);
const number = v.nullish(v.number());
const policy = v.nullish(v.string());

const Requirements = v.object({
  title_text_min_length: number,
  title_text_max_length: number,
  title_required_strings: words,
  title_blacklisted_strings: words,
  body_restriction_policy: policy,
  body_text_min_length: number,
  body_text_max_length: number,
  body_required_strings: words,
  body_blacklisted_strings: words,
  link_restriction_policy: policy,
  domain_blacklist: words,
  domain_whitelist: words,
  is_flair_required: v.nullish(v.boolean()),
});
export type Requirements = v.InferOutput<typeof Requirements>;

/** Once for a post; comments below it have no such rules. Throws NetworkError, `rejected` if it breaks one. */
export function meetsRules(post: Post<Options>, context: Preparation<Channel>): Promise<boolean> {
  const { subreddit } = context.channel;
  return context.step("rules", async () => {
    const path = `/api/v1/${subreddit}/post_requirements`;
    // A profile has none, and some places do not tell them.
    const reply = await context.http({ path, ok: [403, 404] });
    if (reply.status >= 400) return true;
    const broken = brokenBy(post, expectReply(reply, Requirements, "a subreddit's rules", true));
    if (broken) throw new NetworkError("rejected", `r/${subreddit} ${broken}`);
    return true;
  });
}

/** The first rule that the post breaks, in words. */
export function brokenBy(
  {
    title = "",
    text,
    link,
    media,
    options,
  }: Pick<Post<Options>, "title" | "text" | "link" | "media" | "options">,
  rules: Requirements,
): string | undefined {
  const isLink = text.trim() === "" && media.length === 0 && link !== undefined;
  const host = isLink && isUrl(link.url) ? new URL(link.url).hostname.replace(/^www\./, "") : undefined;
  const has = (domains: readonly string[]) =>
    host !== undefined && domains.some((domain) => host === domain || host.endsWith(`.${domain}`));
  if (rules.is_flair_required && !options.flair_id) return "demands a flair: set `flair_id` in the options";
  if (isLink && rules.link_restriction_policy === "notAllowed") return "takes no links: write a text";
  if (!isLink && rules.link_restriction_policy === "required")
    return "takes links only: leave the text empty";
  if (has(rules.domain_blacklist ?? [])) return `takes no links to ${host}`;
  if (host && rules.domain_whitelist?.length && !has(rules.domain_whitelist))
    return `takes no links to ${host}`;
  if (isLink) return wordsBreak("title", title, rules);
  if (rules.body_restriction_policy === "required" && text.trim() === "") return "demands a text";
  if (rules.body_restriction_policy === "notAllowed" && text.trim() !== "")
    return "takes no text, only titles";
  return wordsBreak("title", title, rules) ?? wordsBreak("body", text, rules);
}

function wordsBreak(part: "title" | "body", said: string, rules: Requirements): string | undefined {
  const name = part === "title" ? "title" : "text";
  const length = [...said].length;
  const [least, most] = [rules[`${part}_text_min_length`] ?? 0, rules[`${part}_text_max_length`] ?? Infinity];
  if (length < least) return `demands a ${name} of ${least} characters; this has ${length}`;
  if (length > most) return `takes a ${name} of ${most} characters; this has ${length}`;
  const isIn = (word: string) => said.toLowerCase().includes(word.toLowerCase());
  const wanted = rules[`${part}_required_strings`] ?? [];
  if (wanted.length > 0 && !wanted.some(isIn))
    return `demands one of these in the ${name}: ${wanted.join(", ")}`;
  const unwanted = (rules[`${part}_blacklisted_strings`] ?? []).find(isIn);
  return unwanted === undefined ? undefined : `takes no ${name} with "${unwanted}" in it`;
}

/**
 * Places where a person posts: what their page can be given in its address, and how much fits. Read 2026-11-25 from the pages
 * named; `unverified` are limits that no page confirms, so they only count as a hint to the author.
 */
import type { Shape } from "../../adapter.ts";

export interface Place {
  /** As it writes itself. */
  name: string;
  /** `{text}`, `{title}`, `{link}` and `{tags}` are filled in, percent-encoded. */
  compose?: string;
  /** The most that its text may have, in graphemes. */
  max?: number;
  /** The most of its title. Absent: it has none. */
  title?: number;
  /** It takes no post without a title. */
  titled?: true;
  markup?: "plain" | "markdown";
  shape?: Shape;
  /** No page confirms the limits. */
  unverified?: true;
}

export const PLACES: Readonly<Record<string, Place>> = {
  // https://docs.x.com/x-for-websites/web-intents
  x: { name: "X", compose: "https://x.com/intent/tweet?text={text}", max: 280 },
  // https://docs.bsky.app/docs/advanced-guides/intent-links
  bluesky: { name: "Bluesky", compose: "https://bsky.app/intent/compose?text={text}", max: 300 },
  threads: { name: "Threads", compose: "https://www.threads.com/intent/post?text={text}", max: 500 },
  hackernews: {
    name: "Hacker News",
    compose: "https://news.ycombinator.com/submitlink?u={link}&t={title}",
    title: 80,
    titled: true,
    shape: "article",
    unverified: true,
  },
  // https://github.com/lobsters/lobsters
  lobsters: {
    name: "Lobsters",
    compose: "https://lobste.rs/stories/new?url={link}&title={title}",
    max: 65_535,
    title: 150,
    titled: true,
    markup: "markdown",
    shape: "article",
  },
  reddit: {
    name: "Reddit",
    compose: "https://www.reddit.com/submit?selftext=true&title={title}&text={text}",
    max: 40_000,
    title: 300,
    titled: true,
    markup: "markdown",
    shape: "article",
  },
  producthunt: {
    name: "Product Hunt",
    compose: "https://www.producthunt.com/posts/new?url={link}",
    title: 60,
    shape: "article",
    unverified: true,
  },
  indiehackers: {
    name: "Indie Hackers",
    compose: "https://www.indiehackers.com/new-post",
    title: 300,
    shape: "article",
  },
  linkedin: {
    name: "LinkedIn",
    compose: "https://www.linkedin.com/feed/?shareActive=true&text={text}",
    max: 3_000,
  },
  facebook: { name: "Facebook", compose: "https://www.facebook.com/sharer/sharer.php?u={link}", max: 63_206 },
  whatsapp: { name: "WhatsApp", compose: "https://wa.me/?text={text}", shape: "chat" },
  telegram: {
    name: "Telegram",
    compose: "https://t.me/share/url?url={link}&text={text}",
    max: 4_096,
    shape: "chat",
  },
  tumblr: {
    name: "Tumblr",
    compose:
      "https://www.tumblr.com/widgets/share/tool?canonicalUrl={link}&title={title}&caption={text}&tags={tags}",
    title: 300,
  },
  pinterest: {
    name: "Pinterest",
    compose: "https://www.pinterest.com/pin/create/button/?url={link}&description={text}",
    max: 800,
    unverified: true,
  },
  vk: { name: "VK", compose: "https://vk.com/share.php?url={link}&title={title}&comment={text}" },
  line: { name: "LINE", compose: "https://line.me/R/share?text={text}", shape: "chat" },
  weibo: { name: "Weibo", compose: "https://service.weibo.com/share/share.php?url={link}&title={text}" },
  hatena: {
    name: "Hatena Bookmark",
    compose: "https://b.hatena.ne.jp/add?mode=confirm&url={link}&title={title}",
  },
  xing: { name: "XING", compose: "https://www.xing.com/spi/shares/new?url={link}" },
  substack: { name: "Substack Notes", compose: "https://substack.com/notes?action=compose&message={text}" },
  medium: { name: "Medium", compose: "https://medium.com/new-story", title: 300, shape: "article" },
};

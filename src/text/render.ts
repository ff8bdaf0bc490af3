/** A tree in a network's own markup. A dialect is loaded before something is rendered in it: `loadDialects`. */

import type { Dialect } from "./dialects/dialect.ts";
import { plain as plainText } from "./dialects/plain.ts";
import { parse } from "./markdown.ts";
import type { Tree } from "./tree.ts";
import type { Markup, RenderContext, Rendered } from "./types.ts";

const LOADERS: Record<Markup, () => Promise<Dialect>> = {
  plain: async () => plainText,
  facets: async () => (await import("./dialects/facets.ts")).facets,
  mrkdwn: async () => (await import("./dialects/mrkdwn.ts")).mrkdwn,
  "chat-markdown": async () => (await import("./dialects/chat-markdown.ts")).chatMarkdown,
  "chat-html": async () => (await import("./dialects/chat-html.ts")).chatHtml,
  "google-chat": async () => (await import("./dialects/google-chat.ts")).googleChat,
  card: async () => (await import("./dialects/card.ts")).card,
  matrix: async () => (await import("./dialects/matrix.ts")).matrix,
  mattermost: async () => (await import("./dialects/mattermost.ts")).mattermost,
  rocketchat: async () => (await import("./dialects/rocketchat.ts")).rocketchat,
  zulip: async () => (await import("./dialects/zulip.ts")).zulip,
  mfm: async () => (await import("./dialects/mfm.ts")).mfm,
  "little-text": async () => (await import("./dialects/little-text.ts")).littleText,
  reddit: async () => (await import("./dialects/reddit.ts")).reddit,
  npf: async () => (await import("./dialects/npf.ts")).npf,
  markdown: async () => (await import("./dialects/markdown.ts")).markdown,
  html: async () => (await import("./dialects/html.ts")).html,
  wikitext: async () => (await import("./dialects/wikitext.ts")).wikitext,
  irc: async () => (await import("./dialects/irc.ts")).irc,
  nostr: async () => (await import("./dialects/nostr.ts")).nostr,
};

export const MARKUPS = Object.keys(LOADERS) as readonly Markup[];

const loaded = new Map<Markup, Dialect>([["plain", plainText]]);

/** Must have resolved before `render` is asked for one of these. */
export async function loadDialects(markups: Iterable<Markup>): Promise<void> {
  await Promise.all(
    [...new Set(markups)].map(async (markup) => {
      if (!loaded.has(markup)) loaded.set(markup, await LOADERS[markup]());
    }),
  );
}

/** A loaded dialect. */
export function dialectOf(markup: Markup): Dialect {
  const dialect = loaded.get(markup);
  if (!dialect) throw new TypeError(`the dialect ${markup} is not loaded`);
  return dialect;
}

/** Linear in the size of the tree; works on any piece of one. */
export function render(tree: Tree, markup: Markup, context: RenderContext = {}): Rendered {
  return dialectOf(markup).render(tree, context);
}

/** Markdown without any markup: titles, summaries, alternative texts. */
export function plain(text: string, context: RenderContext = {}): string {
  return render(parse(text), "plain", context).text;
}

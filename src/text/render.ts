/** A tree in a network's own markup. */

import { card } from "./dialects/card.ts";
import { chatHtml } from "./dialects/chat-html.ts";
import { chatMarkdown } from "./dialects/chat-markdown.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { facets } from "./dialects/facets.ts";
import { googleChat } from "./dialects/google-chat.ts";
import { html } from "./dialects/html.ts";
import { irc } from "./dialects/irc.ts";
import { littleText } from "./dialects/little-text.ts";
import { markdown } from "./dialects/markdown.ts";
import { matrix } from "./dialects/matrix.ts";
import { mattermost } from "./dialects/mattermost.ts";
import { mfm } from "./dialects/mfm.ts";
import { mrkdwn } from "./dialects/mrkdwn.ts";
import { npf } from "./dialects/npf.ts";
import { plain as plainText } from "./dialects/plain.ts";
import { reddit } from "./dialects/reddit.ts";
import { rocketchat } from "./dialects/rocketchat.ts";
import { wikitext } from "./dialects/wikitext.ts";
import { zulip } from "./dialects/zulip.ts";
import { parse } from "./markdown.ts";
import type { Tree } from "./tree.ts";
import type { Markup, RenderContext, Rendered } from "./types.ts";

export const dialects: Record<Markup, Dialect> = {
  plain: plainText,
  facets,
  mrkdwn,
  "chat-markdown": chatMarkdown,
  "chat-html": chatHtml,
  "google-chat": googleChat,
  card,
  matrix,
  mattermost,
  rocketchat,
  zulip,
  mfm,
  "little-text": littleText,
  reddit,
  npf,
  markdown,
  html,
  wikitext,
  irc,
};

/** Linear in the size of the tree; works on any piece of one. */
export function render(tree: Tree, markup: Markup, context: RenderContext = {}): Rendered {
  return dialects[markup].render(tree, context);
}

/** Markdown without any markup: titles, summaries, alternative texts. */
export function plain(text: string, context: RenderContext = {}): string {
  return render(parse(text), "plain", context).text;
}

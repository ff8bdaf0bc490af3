/** Mattermost: GitHub-like Markdown, in which `@all` calls everybody and `~name` is a channel. */
import { commonmark, escapeMarkdown } from "./commonmark.ts";
import { dialect } from "./line-renderer.ts";

export const mattermost = dialect({
  ...commonmark,
  markup: "mattermost",
  lost: { footnote: "footnote as numbered line" },
  literal: escapeMarkdown,
  break: "\n",
});

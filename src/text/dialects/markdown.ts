/** GitHub, GitLab, Discourse, Forem: GFM with footnotes. Also safe where Liquid reads the text first. */
import { commonmark, escapeMarkdown } from "./commonmark.ts";
import { dialect } from "./line-renderer.ts";

export const markdown = dialect({
  ...commonmark,
  markup: "markdown",
  lost: {},
  literal: (text, fresh) =>
    escapeMarkdown(text, fresh)
      .replace(/\{(?=[{%])/g, "{\\")
      .replace(/\$/g, "\\$"),
  footnotes: true,
});

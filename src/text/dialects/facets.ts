/** Plain text in which byte ranges are links, mentions and tags. Nothing is made of the text itself, so nothing pings. */
import { dialect } from "./line-renderer.ts";
import { plainGrammar } from "./plain.ts";

const { link: _, sign: _s, ...lost } = plainGrammar.lost;

export const facets = dialect({
  ...plainGrammar,
  markup: "facets",
  lost,
  literal: (text) => text,
  link: "label",
  linked: undefined,
});

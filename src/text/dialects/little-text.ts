/**
 * LinkedIn's little text: no markup but mentions and hashtags, and sixteen reserved characters. One that is not escaped
 * cuts the post off there, silently.
 */
import type { Grammar } from "./grammar.ts";
import { dialect } from "./line-renderer.ts";
import { plainGrammar } from "./plain.ts";

const { sign: _, ...lost } = plainGrammar.lost;

const grammar: Grammar = {
  ...plainGrammar,
  markup: "little-text",
  lost,
  literal: escaped,
  bare: escaped,
  mention: ({ handle, id }) =>
    id && /^urn:li:\w+:[\w-]+$/.test(id) ? `@[${escaped(handle)}](${id})` : undefined,
  fullNames: true,
  tag: (value) => `{hashtag|\\#|${escaped(value)}}`,
  quote: "\\> ",
};

export const littleText = dialect(grammar);

function escaped(text: string): string {
  return text.replace(/[|{}@[\]()<>#\\*_~]/g, "\\$&");
}

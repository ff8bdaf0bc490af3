/** IRC: control codes for emphasis, which end with their line, and no empty lines. */
import { dialect } from "./line-renderer.ts";
import { plainGrammar } from "./plain.ts";

const { strong: _s, emphasis: _e, delete: _d, code: _c, sign: _, ...lost } = plainGrammar.lost;

export const irc = dialect({
  ...plainGrammar,
  markup: "irc",
  lost: { ...lost, heading: "heading as bold" },
  // A nickname is a mention with or without `@`, so it cannot be written without mentioning.
  literal: (text) => text,
  strong: ["\x02", "\x02"],
  emphasis: ["\x1D", "\x1D"],
  delete: ["\x1E", "\x1E"],
  code: (value) => `\x11${value}\x11`,
  perLine: true,
  mention: ({ handle }) => handle,
  heading: () => "bold",
  blank: false,
});

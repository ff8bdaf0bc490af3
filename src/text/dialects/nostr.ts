/** Notes of Nostr: plain text, and people by their keys (NIP-27). Only a `p` tag calls somebody, so no `@word` does. */
import { dialect } from "./line-renderer.ts";
import { plainGrammar } from "./plain.ts";

const { sign: _, ...lost } = plainGrammar.lost;

export const nostr = dialect({
  ...plainGrammar,
  markup: "nostr",
  lost,
  literal: (text) => text,
  // Clients take a bare key for a person, too.
  mention: ({ handle }) => `nostr:${handle.replace(/^nostr:/i, "")}`,
});

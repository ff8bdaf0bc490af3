/** `:rocket:` as 🚀: short names that GitHub draws, and few networks do. */
import { table } from "./shortcodes.generated.ts";

// Behind a noncharacter stands what the author has escaped.
const SHORT = /(?<![\p{L}\p{N}:\uFDD0]):([a-z0-9_+-]{1,50}):(?![\p{L}\p{N}:])/gu;

/** A name that is not known stays: a server may have its own. Not for code. */
export function withEmoji(text: string): string {
  if (!text.includes(":")) return text;
  return text.replace(SHORT, (whole, name) => emojiOf(name) ?? whole);
}

function emojiOf(name: string): string | undefined {
  known ??= new Map(
    table.split(",").flatMap((line) => {
      const [emoji = "", ...names] = line.split(" ");
      return names.map((one) => [one, emoji] as const);
    }),
  );
  return known.get(name);
}

let known: Map<string, string> | undefined;

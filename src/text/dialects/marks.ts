/** For markups without an escape character: literal signs are broken up by nothing visible, or written alike. */
import { hush, ZERO } from "./escape.ts";
import type { Gap } from "./writer.ts";

// A sign between blanks, or inside a word, is not a mark anywhere.
const LONE = /(?<=^|\s)[*_~](?=\s|$)|(?<=[A-Za-z0-9])[*_~](?=[A-Za-z0-9])/y;

/** Literal text where marks work at the edges of words: an invisible character takes the edge away. */
export function broken(text: string): string {
  let written = "";
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (!"*_~`".includes(char)) {
      written += char;
      continue;
    }
    LONE.lastIndex = at;
    written += LONE.test(text) ? char : ZERO + char + ZERO;
  }
  return written.replace(/\u200B{2,}/g, ZERO);
}

/** Marks need a blank or punctuation outside; next to a letter something invisible stands in for it. */
export const edged: Gap = (outer) => (outer === "" || /[\s!-/:-@[-`{-~]/.test(outer) ? "" : ZERO);

const ALIKE: Record<string, string> = { "*": "∗", "~": "∼", "`": "‵", _: "＿" };

/** Literal text where marks work anywhere and nothing can be escaped: the signs become their look-alikes. */
export function alike(text: string, signs: RegExp, fresh: boolean): string {
  const written = hush(text.replace(signs, (sign) => ALIKE[sign] ?? sign)).replace(
    /\](?=\()|<(?=[A-Za-z/!@#:])|\|(?=\|)|\$(?=\$)/g,
    `$&${ZERO}`,
  );
  return fresh && /^(?:[-+>#]|\d+[.)])/.test(written) ? ZERO + written : written;
}

/** Code between single backticks; undefined when there is one inside. */
export function ticked(value: string): string | undefined {
  return value.includes("`") ? undefined : `\`${value}\``;
}

/** Three backticks, and none inside that would end it. */
export function tripled(value: string, lang = ""): string {
  return `\`\`\`${lang}\n${value.replace(/`(?=``)/g, `\`${ZERO}`)}\n\`\`\``;
}

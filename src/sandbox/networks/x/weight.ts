/**
 * How X counts: https://docs.x.com/fundamentals/counting-characters and twitter-text's config v3. Addresses count 23, emoji 2,
 * most Latin, Greek and Cyrillic letters 1, everything else 2.
 */
import { international, latin } from "../../../tlds.generated.ts";
import type { Span } from "../../count.ts";

const LINK = 23;
const LIGHT: readonly (readonly [from: number, to: number])[] = [
  [0, 4351],
  [8192, 8205],
  [8208, 8223],
  [8242, 8247],
];
const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

export function weightOf(text: string): number {
  const composed = text.normalize("NFC");
  let weight = 0;
  let at = 0;
  for (const { start, end } of linksIn(composed)) {
    weight += lettersOf(composed.slice(at, start)) + LINK;
    at = end;
  }
  return weight + lettersOf(composed.slice(at));
}

function lettersOf(text: string): number {
  let weight = 0;
  for (const { segment } of segmenter.segment(text)) {
    if (
      /\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f|\p{RI}{2}|^[\d#*]\ufe0f?\u20e3/u.test(segment)
    )
      weight += 2;
    else for (const sign of segment) weight += isLight(sign.codePointAt(0)!) ? 1 : 2;
  }
  return weight;
}

function isLight(code: number): boolean {
  return LIGHT.some(([from, to]) => code >= from && code <= to);
}

const URL_AT =
  /(?<![\p{L}\p{N}_@$#/.-])(?:https?:\/\/)?((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+([a-z]{2,24}))(?::\d+)?(?:[/?#][^\s<>"]*)?/giu;
const known: ReadonlySet<string> = new Set(`${latin} ${international}`.split(/\s+/).filter(Boolean));

/** With a scheme or without, if its end is a domain that there is. */
export function linksIn(text: string): Span[] {
  return [...text.matchAll(URL_AT)].flatMap((match) => {
    const hasScheme = /^https?:/i.test(match[0]);
    const tld = (match[2] ?? "").toLowerCase();
    if (!known.has(tld) && !(hasScheme && /^(example|test|invalid|localhost)$/.test(tld))) return [];
    const value = match[0].replace(/[.,;:!?'’”»…\])}*~]+$/u, "");
    const address = hasScheme ? value : `http://${value}`;
    return [{ kind: "link" as const, start: match.index, end: match.index + value.length, value: address }];
  });
}

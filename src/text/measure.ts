/** How long a text is, in the unit and by the rules of the network that will count it. */

import { untagged } from "./html-escape.ts";
import { replaceLinks } from "./links.ts";
import { countGraphemes, graphemeEnds } from "./segment.ts";
import type { Measured, Rendered, TextRules, Unit } from "./types.ts";

/**
 * `warning` is a content warning: it counts in full, in the same budget.
 *
 * With `counts: "parsed"` the markup is free. For chat-html the tags are taken out and the references decoded, which is
 * what its server counts; for the other markups `plain` stands for the parsed text.
 */
export function measure(
  rendered: Pick<Rendered, "text" | "entities"> & { plain?: string },
  rules: TextRules,
  extra: { warning?: string } = {},
): Measured {
  const text = rules.counts === "parsed" ? parsed(rendered, rules) : rendered.text;
  const length = lengthOf(`${extra.warning ?? ""}${shortened(text, rules)}`, rules.unit);
  const measured: Measured = { length, max: rules.max, unit: rules.unit, fits: length <= rules.max };
  if (rules.bytes === undefined) return measured;
  const bytes = { length: Buffer.byteLength(rendered.text), max: rules.bytes };
  return { ...measured, fits: measured.fits && bytes.length <= bytes.max, bytes };
}

/** Length of a text as it stands: no link is shortened, no mention cut. */
export function lengthOf(text: string, unit: Unit): number {
  return counters[unit](text);
}

const counters: Record<Unit, (text: string) => number> = {
  grapheme: countGraphemes,
  codepoint: countCodePoints,
  utf16: (text) => text.length,
  byte: (text) => Buffer.byteLength(text),
  weighted: (text) => weigh(text.normalize()),
  "emoji-bytes": countEmojiAsBytes,
};

/** The text with links and remote mentions as long as the network takes them for. */
function shortened(text: string, rules: TextRules): string {
  let short = text;
  if (rules.link !== undefined) {
    const link = "a".repeat(rules.link);
    // Composing can join a letter of the link to the mark behind it, so it comes before the search.
    const composed = rules.unit === "weighted" ? text.normalize() : text;
    short = replaceLinks(composed, rules.links ?? "scheme", () => link, unitByUnit);
  }
  if (rules.mention === "local" && short.includes("@")) short = short.replace(REMOTE_MENTION, "@$1");
  return short;
}

/** The most that a text may count for: X takes a sign of two UTF-16 units for two, and never sees an emoji in it. */
const unitByUnit = (text: string) => text.replace(/[\ud800-\udfff]|\ufe0f|\u20e3/g, "\u3000");

/** `@user@host`, not inside a word or a path. */
const REMOTE_MENTION =
  /(?<![=/\p{L}\p{M}\p{N}_])@(\w+(?:[.-]+\w+)*)@[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_]/gu;

function parsed(rendered: { text: string; plain?: string }, rules: TextRules): string {
  if (rules.markup !== "chat-html") return rendered.plain ?? rendered.text;
  return untagged(rendered.text);
}

function countCodePoints(text: string): number {
  let count = text.length;
  for (let at = 1; at < text.length; at += 1) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800)
      count -= 1;
  }
  return count;
}

/** Weights of X's configuration v3, for a text in NFC. */
function weigh(text: string): number {
  if (LIGHT.test(text)) return text.length;
  const one = HAS_EMOJI.test(text) ? text.replace(SEQUENCE, joined) : text;
  let weight = 0;
  for (let at = 0; at < one.length; at += 1) {
    const code = one.charCodeAt(at);
    weight += isLight(code) ? 1 : 2;
    if ((code & 0xfc00) === 0xd800 && (one.charCodeAt(at + 1) & 0xfc00) === 0xdc00) at += 1;
  }
  return weight;
}

const LIGHT = /^[\0-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]*$/;
const HAS_EMOJI = /[\ufe0f\u231a-\u2b55\ud83c-\ud83e]/;

function isLight(code: number): boolean {
  if (code <= 0x10ff) return true;
  return (
    (code >= 0x2000 && code <= 0x200d) ||
    (code >= 0x2010 && code <= 0x201f) ||
    (code >= 0x2032 && code <= 0x2037)
  );
}

/** The part of a text that may be one emoji made of several code points; the recommended ones become one sign. */
function joined(sequence: string): string {
  let one = known.get(sequence);
  if (one === undefined) {
    // Compiling this takes milliseconds, so it waits for an emoji; using it is slow, so its answers are kept.
    rgi ??= new RegExp(RECOMMENDED, "gv");
    one = sequence.replace(rgi, "\u3000");
    if (known.size >= 10_000) known.clear();
    known.set(sequence, one);
  }
  return one;
}

const RECOMMENDED = "\\p{RGI_Emoji}";
const known = new Map<string, string>();
let rgi: RegExp | undefined;

/** Keycaps, flags, and pictures with a skin tone, a colour sign, tags, or others joined on. */
const SEQUENCE =
  /[#*0-9]\ufe0f\u20e3|\p{Regional_Indicator}{2,40}|\p{Extended_Pictographic}(?=\ufe0f|\u200d|\p{Emoji_Modifier}|[\u{e0020}-\u{e007f}])(?:\p{Emoji_Modifier}|\ufe0f)?[\u{e0020}-\u{e007f}]{0,10}(?:\u200d\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\ufe0f)?){0,10}/gu;

function countEmojiAsBytes(text: string): number {
  if (!EMOJI_SIGN.test(text)) return countGraphemes(text);
  let count = 0;
  let start = 0;
  for (const end of graphemeEnds(text)) {
    const grapheme = text.slice(start, end);
    count += grapheme.length > 0 && EMOJI_SIGN.test(grapheme) ? Buffer.byteLength(grapheme) : 1;
    start = end;
  }
  return count;
}

/** Marks a grapheme as an emoji: a picture, half a flag, a keycap, or the sign that asks for the coloured form. */
const EMOJI_SIGN = /(?![©®™])\p{Extended_Pictographic}|\p{Regional_Indicator}|[\u20e3\ufe0f]/u;

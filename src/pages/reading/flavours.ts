/** How the markup languages are read, as data. What is not listed is text with entities, or HTML. */
import type { Markup } from "../../text/types.ts";

export type Tag = "strong" | "em" | "s" | "u";

export interface Flavour {
  /** A backslash takes the meaning from a sign. */
  escapes?: true;
  /** `&lt;` is one sign. */
  references?: true;
  /** Longest first. `word`: only where words begin and end. */
  marks: readonly { sign: string; tag: Tag; word?: true }[];
  /** `[words](address)`, `<address|words>`, or both. */
  links: readonly ("round" | "angle")[];
  /** `<b>…</b>`, and `<plain>` that takes the meaning from all signs. */
  tags?: true;
  /** What calls somebody, at the place where it begins; its first group is whom. */
  mention?: RegExp;
  /** What is a topic; its first group is its word. */
  topic?: RegExp;
  /** Blocks that are more than lines. */
  blocks: readonly ("heading" | "quote" | "list" | "fence" | "table" | "rule")[];
  /** Whether a line break in a paragraph is one for readers. */
  breaks: boolean;
}

const STARS: Flavour["marks"] = [
  { sign: "**", tag: "strong" },
  { sign: "__", tag: "strong", word: true },
  { sign: "~~", tag: "s" },
  { sign: "*", tag: "em" },
  { sign: "_", tag: "em", word: true },
];

const SINGLE: Flavour["marks"] = [
  { sign: "*", tag: "strong", word: true },
  { sign: "_", tag: "em", word: true },
  { sign: "~", tag: "s", word: true },
];

const HASHTAG = /(?<![\p{L}\p{N}_&/])#([\p{L}\p{N}_]*[\p{L}_][\p{L}\p{N}_]*)/uy;
const AT = /(?<![\p{L}\p{N}_/.])@([\p{L}\p{N}_][\p{L}\p{N}_.@-]*[\p{L}\p{N}_]|[\p{L}\p{N}_])/uy;

const COMMONMARK: Flavour = {
  escapes: true,
  references: true,
  marks: STARS,
  links: ["round"],
  blocks: ["heading", "quote", "list", "fence", "table", "rule"],
  breaks: false,
};

export const FLAVOURS: Partial<Record<Markup, Flavour>> = {
  markdown: { ...COMMONMARK, mention: AT },
  reddit: { ...COMMONMARK, mention: /(?<![\p{L}\p{N}_/])(u\/[\w-]+)/uy },
  mattermost: { ...COMMONMARK, mention: AT, breaks: true },
  zulip: {
    ...COMMONMARK,
    escapes: undefined,
    mention: /@_?\*\*([^*|\n]{1,300})(?:\|\d+)?\*\*/uy,
    breaks: true,
  },
  "chat-markdown": {
    ...COMMONMARK,
    references: undefined,
    marks: [{ sign: "__", tag: "u" }, ...STARS.filter(({ sign }) => sign !== "__")],
    mention: /<(@[!&]?\d+|#\d+)>/uy,
    blocks: ["heading", "quote", "list", "fence"],
    breaks: true,
  },
  mrkdwn: {
    references: true,
    marks: SINGLE,
    links: ["angle"],
    mention: /<([@#!][^>\n|]{0,300})(?:\|[^>\n]{0,300})?>/uy,
    blocks: ["quote", "fence"],
    breaks: true,
  },
  "google-chat": {
    marks: SINGLE,
    links: ["angle"],
    mention: /<(users\/[^>\n]{1,300})>/uy,
    blocks: ["quote", "list", "fence"],
    breaks: true,
  },
  rocketchat: {
    marks: SINGLE.map(({ sign, tag }) => (sign === "_" ? { sign, tag, word: true } : { sign, tag })),
    links: ["round", "angle"],
    mention: AT,
    topic: HASHTAG,
    blocks: ["heading", "quote", "list", "fence"],
    breaks: true,
  },
  card: {
    escapes: true,
    references: true,
    marks: STARS.filter(({ sign }) => sign === "**" || sign === "_"),
    links: ["round"],
    blocks: ["list"],
    breaks: false,
  },
  mfm: {
    marks: STARS,
    links: ["round", "angle"],
    tags: true,
    mention: AT,
    topic: HASHTAG,
    blocks: ["quote", "fence"],
    breaks: true,
  },
  "little-text": {
    escapes: true,
    marks: [],
    links: [],
    mention: /@\[((?:[^\]\\\n]|\\.){0,300})\]\([^)\n]{0,300}\)/uy,
    topic: /\{hashtag\|\\?#\|((?:[^}\\\n]|\\.){0,300})\}/uy,
    blocks: [],
    breaks: true,
  },
};

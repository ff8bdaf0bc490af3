/** One point of release notes: the author's words, without what tools have put around them, and of what sort it is. */
import { withEmoji } from "../text/shortcodes.ts";
import { withoutCredits, withoutPrefix } from "./credits.ts";
import { isHousekeeping, withoutLabels } from "./labels.ts";
import { type Sort, sortOf, WEIGHTS } from "./sorts.ts";
import { withoutMail } from "./tidy.ts";

export interface Point {
  text: string;
  weight: number;
}

// A longer point is a page and no highlight.
const LONGEST = 1_000;

/** `undefined` for housekeeping, and for what says nothing. */
export function pointOf(raw: string, section: Sort | undefined): Point | undefined {
  if (raw.length > LONGEST) return undefined;
  let text = unlinked(raw.replace(/\s+/g, " ").trim())
    .replace(/^#{1,6}\s+/, "")
    .replace(/^(?::[\w+-]{1,50}:\s*)+/, withEmoji);
  let sort = section;
  // 🐛 and the like, before a commit's subject.
  const [mark = ""] = text.match(/^(?:(?:\p{Extended_Pictographic}|\ufe0f|\u200d)+\s*)+/u) ?? [];
  if (mark !== "") {
    const meant = sortOf(mark);
    if (meant === "silent") return undefined;
    sort = meant === undefined || sort === "breaking" ? sort : meant;
    text = text.slice(mark.length);
  }
  text = withoutPrefix(text);
  const labelled = withoutLabels(text, sort);
  if (!labelled || isHousekeeping(labelled.text)) return undefined;
  sort = labelled.sort ?? (/^reverts?\b/i.test(labelled.text) ? "revert" : undefined);
  text = withoutMail(withoutCredits(withoutPrefix(labelled.text)))
    .replace(/^\[[ xX]\]\s+/, "")
    .trim();
  // Its details stand below it, and are left out.
  text = leading(text).replace(/\s*:$/, "");
  if (!/[\p{L}\p{N}]/u.test(text) || isHousekeeping(text)) return undefined;
  if (sort !== "breaking" && ADVISORY.test(text)) sort = "security";
  return { text: inItsSense(text, sort), weight: WEIGHTS[sort ?? "change"] };
}

// Wherever it stands: in a list without headings, or under "Fixed".
const ADVISORY =
  /\bCVE[- ]\d{4}[- ]\d+|\bGHSA(?:-[a-z0-9]{4}){3}|\bsecurity (?:fix|issue|advisor|patch|vulnerab|hole)|\bvulnerabilit/i;

export function unlinked(text: string): string {
  return text
    .replace(/!\[([^[\]]*)\]\([^()]*\)/g, "")
    .replace(/\[((?:[^[\]]|\[[^[\]]*\])+)\]\((?:[^()\s]|\([^()]*\))*(?:\s+"[^"]*")?\)/g, "$1");
}

// What the words say themselves need not stand before them.
const TELLS: Partial<Record<Sort, RegExp>> = {
  fix: /^(?:\p{P}*)(?:fix|repair|avoid|prevent|correct|resolv|handl|restor|stop|ensure|make sure|don['’]t|do not|does not|never|no longer|remov|patch|address|revert|work around|workaround|keep|allow|support)|\b(?:no longer|not? .{1,40} any ?more|any more|instead of|now|again|properly|correctly|crash(?:es|ed)? (?:is|are|was|were)|is fixed|are fixed)\b/iu,
  gone: /\b(?:remov|drop|deprecat|no longer|not .{1,40} any ?more|gone|delet|discontinu|without)/i,
  security: /\b(?:secur|vulnerab|cve|xss|csrf|injection|leak|attack|exploit|sanitiz|sanitis|escap|denial)/i,
  revert: /\brevert/i,
};
const NAMES: Partial<Record<Sort, string>> = {
  fix: "Fixed",
  gone: "Removed",
  security: "Security",
  revert: "Reverted",
};

/** "A crash on start", said as it stands under "Fixed", would be an odd thing to announce. */
function inItsSense(text: string, sort: Sort | undefined): string {
  const name = sort && NAMES[sort];
  // parser: memory leak   `parse`: memory leak
  const [about = "", part = ""] = text.match(/^(`[^`]{1,40}`|[\p{L}\p{N}_./-]{1,40}):\s+(?=\S)/u) ?? [];
  const says = text.slice(about.length);
  if (!name || TELLS[sort]?.test(says)) return capital(text);
  const words = says.replace(/^(?:A|An|The)(?=\s)/, (article) => article.toLowerCase());
  return part === "" ? `${name}: ${words}` : `${name} in ${part}: ${words}`;
}

// What comes before a space and a new beginning ends a sentence, unless it is short for something.
const END = /[.!?]["”»)*_]*(?=\s+["“«([*_`]*[\p{Lu}\p{N}`])/gu;
const SHORT = /(?:^|[\s("“])(?:\p{L}|e\.g|i\.e|z\.B|d\.h|bzw|ca|cf|vs|etc|No|Nr|St|approx|incl|resp)\.$/u;

// **Offline mode.** Every list …   **Offline mode**: every list …
const BOLD = /^\*\*([^*]{3,80})\*\*(?=\s*:|\s+[–—-]\s|[.!?]?\s+["“`\p{Lu}])[:\s]*/u;
// Bold words that only say of what sort a point is, or which part of the project it is about.
const LABEL =
  /^(?:breaking(?: changes?)?|(?:bug ?)?fix(?:ed|es)?|feat(?:ures?)?|new|added|changed|deprecated|removed|security|note|important|[\p{Ll}\d./@-]+)[.:!]*$/iu;

/** The bold words with which a point begins say what it is about; else its first sentence does. */
function leading(text: string): string {
  const [whole, bold = ""] = text.match(BOLD) ?? [];
  if (whole === undefined) return firstSentence(text);
  return LABEL.test(bold) ? firstSentence(text.slice(whole.length)) : bold.replace(/[:.]$/, "");
}

export function firstSentence(text: string): string {
  for (const end of text.matchAll(END)) {
    const sentence = text.slice(0, end.index + end[0].length);
    const isOpen = [/`/g, /"/g].some((sign) => (sentence.match(sign)?.length ?? 0) % 2 === 1);
    if (!isOpen && !SHORT.test(sentence)) return sentence;
  }
  return text;
}

function capital(text: string): string {
  return /^\p{Ll}[\p{Ll}'’-]*(?:\s|$)/u.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

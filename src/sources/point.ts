/** One point of release notes: the author's words, without what tools have put around them, and of what sort it is. */

import { withEmoji } from "../text/shortcodes.ts";

/** What readers want to know first. */
export type Sort =
  | "breaking"
  | "security"
  | "highlight"
  | "new"
  | "faster"
  | "gone"
  | "change"
  | "fix"
  | "revert";

export const WEIGHTS: Record<Sort, number> = {
  breaking: 100,
  security: 95,
  highlight: 90,
  new: 70,
  faster: 60,
  gone: 50,
  change: 45,
  fix: 40,
  revert: 30,
};

export interface Point {
  text: string;
  weight: number;
}

const SORTS: [RegExp, Sort][] = [
  [/breaking|major changes|💥/iu, "breaking"],
  [/security|vulnerabilit|🔒/iu, "security"],
  [/highlight/i, "highlight"],
  [/added|features?|new\b|minor changes|enhancements?|✨|🎉/iu, "new"],
  [/performance|improve|⚡/iu, "faster"],
  [/deprecat|removed|removals?|🗑|🔥/iu, "gone"],
  [/fix|bug|🐛|🚑/iu, "fix"],
  [/\bchange[sd]?\b/i, "change"],
];
// Of no interest outside the project.
const SILENT =
  /new contributors|full changelog|dependenc|\bdeps\b|\b(?:chores?|internal|maintenance|meta|tests?|ci|builds?|build system|docs|documentation|refactor\w*|styles?|contributors|miscellaneous|credits|checksums)\b|📝|♻|⬆|⬇|👷|✅|🎨|🔧|📌|🔖/iu;
const COMMITS: Record<string, Sort> = {
  feat: "new",
  security: "security",
  perf: "faster",
  fix: "fix",
  revert: "revert",
};

/** What a heading or a label says about the points below it. `undefined`: nothing. */
export function sortOf(words: string): Sort | "silent" | undefined {
  return SILENT.test(words) ? "silent" : SORTS.find(([is]) => is.test(words))?.[1];
}

// A longer point is a page and no highlight.
const LONGEST = 1_000;

/** `undefined` for housekeeping, and for what says nothing. */
export function pointOf(raw: string, section: Sort | undefined): Point | undefined {
  if (raw.length > LONGEST) return undefined;
  let text = unlinked(raw.replace(/\s+/g, " ").trim()).replace(/^(?::[\w+-]{1,50}:\s*)+/, withEmoji);
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
  // [Fix] …, [Docs] …
  const [label = "", labelled = ""] = text.match(/^\[([\p{L}][\w /,-]{0,30})\]:?\s+(?=\S)/u) ?? [];
  if (label !== "" && labelled !== "x" && labelled !== "X") {
    const meant = sortOf(labelled);
    if (meant === "silent") return undefined;
    sort = meant ?? sort;
    text = text.slice(label.length);
  }
  const commit = text.match(/^(\w+)(?:\(([^()]*)\))?(!)?:\s+(?=\S)/);
  if (
    commit &&
    /^(feat|fix|perf|docs|chore|ci|build|test|refactor|style|revert|security)$/.test(commit[1]!)
  ) {
    if (!commit[3] && (COMMITS[commit[1]!] === undefined || isDependency(commit[2]))) return undefined;
    sort = commit[3] ? "breaking" : COMMITS[commit[1]!]!;
    text = text.slice(commit[0].length);
  }
  const bold = text.match(/^\*\*(breaking(?: changes?)?|security)\b[^*]{0,40}\*\*/i)?.[1];
  if (bold) sort = sortOf(bold) as Sort;
  const [scope = "", scoped] = text.match(/^\*\*([\w\s./@-]{1,40}):\*\*\s+/) ?? [];
  if (isDependency(scoped)) return undefined;
  text = text.slice(scope.length);
  if (BUMP.test(text)) return undefined;
  text = withoutCredits(text)
    .replace(/^\[[ xX]\]\s+/, "")
    .trim();
  text = leading(text);
  if (!/[\p{L}\p{N}]/u.test(text)) return undefined;
  return { text: inItsSense(text, sort), weight: WEIGHTS[sort ?? "change"] };
}

const BUMP =
  /^(?:\*\*)?(?:bump|update dependency|updated? dependencies|update \S+ to v?\d|upgrade \S+ (?:to|from) v?\d|update all\b.{0,40}\bdependencies|pin dependenc|lock file maintenance)/i;

function isDependency(scope: string | undefined): boolean {
  return scope !== undefined && /^(?:dev-?)?(?:deps?|dependencies)(?:-dev)?$/i.test(scope.trim());
}

function unlinked(text: string): string {
  return text
    .replace(/!\[([^[\]]*)\]\([^()]*\)/g, "")
    .replace(/\[((?:[^[\]]|\[[^[\]]*\])+)\]\((?:[^()\s]|\([^()]*\))*(?:\s+"[^"]*")?\)/g, "$1");
}

const HASH = "`?[0-9a-f]{7,40}`?";
const NUMBER = "(?:[\\w.-]+\\/[\\w.-]+)?#\\d+";
const PERSON = "@[\\w-]+(?:\\[bot\\])?";
const PEOPLE = `${PERSON}(?:(?:,\\s*|\\s+and\\s+|,?\\s*&\\s*|\\s+)${PERSON})*`;
const REF = `(?:PR\\s*)?(?:${NUMBER}|${HASH})`;
// changesets: `#12 abc1234 Thanks @ada! - …`, `abc1234: …`, and `#12 …`.
const BEGINS = [
  new RegExp(`^(?:\\(?${REF}\\)?[\\s,]*){1,8}(?:Thanks\\s+${PEOPLE}!?)?\\s*(?:[-–—]|:)\\s+`, "i"),
  new RegExp(`^Thanks\\s+${PEOPLE}!\\s*[-–—]\\s+`, "i"),
  new RegExp(`^(?:\\(?${NUMBER}\\)?[\\s,]+){1,8}(?=\\S)`),
];

function withoutPrefix(text: string): string {
  return BEGINS.reduce((left, begin) => left.replace(begin, ""), text);
}

const MAIL = "[\\w.+-]{1,64}@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,8}";
const AND = "[\\s,;&]+(?:and\\s+)?";
const CREDIT = `(?:${REF}|(?:thanks\\s+)?${PERSON})`;
const THANKS = `(?:many\\s+)?(?:thanks|thank you|thx)(?:,?\\s+to)?:?\\s+${PEOPLE}`;
// What may end a point, in any order.
const ENDS = [
  new RegExp(`\\s*[(<](?:mailto:)?${MAIL}[)>]$`),
  // Behind a hash or a number: `… (2d6d901) by Ada Example`.
  new RegExp(`(?<=\\(${REF}\\))\\s+by\\s+\\p{Lu}[\\p{L}\\s.'’-]{1,60}$`, "u"),
  new RegExp(`[\\s,]+(?:by|from)\\s+(?:${PEOPLE})(?:\\s+in\\s+\\S+)?$`, "i"),
  new RegExp(`[\\s,]*\\(${CREDIT}(?:${AND}${CREDIT})*\\)$`, "i"),
  new RegExp(`[\\s,–—-]*\\(${THANKS}[!.]*\\)$`, "i"),
  new RegExp(`(?:[\\s,–—-]+|(?<=[.!]))${THANKS}[!.]*$`, "i"),
  new RegExp(
    `[\\s,]*[([]?\\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|see|part of|via|pr)[:\\s]+(?:(?:${NUMBER}|https?:\\/\\/\\S+)(?:[\\s,]*(?:and\\s+)?))+[)\\]]?$`,
    "i",
  ),
  new RegExp(`\\s+(?:${NUMBER}|https?:\\/\\/\\S+\\/(?:pull|issues|commit)\\/\\w+)$`),
  /\s+`?(?=[0-9a-f]*\d)[0-9a-f]{7,40}`?$/,
  /[\s,;–—-]+$/,
];

function withoutCredits(written: string): string {
  let text = written.trimEnd();
  for (let round = 0; round < 12; round++) {
    const stop = /[.!]$/.test(text) ? text.slice(-1) : "";
    const before = text;
    for (const end of ENDS) text = text.replace(end, "");
    if (stop !== "" && text === before) {
      const open = ENDS.reduce((left, end) => left.replace(end, ""), text.slice(0, -1));
      if (open !== text.slice(0, -1)) text = /[.!?]$/.test(open) ? open : `${open}${stop}`;
    }
    if (text === before) break;
  }
  return text.replace(new RegExp(`(?:\\s*\\(${REF}\\))+(?=[\\s.,:;!?])`, "gi"), "");
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
  if (!name || TELLS[sort]?.test(text)) return capital(text);
  return `${name}: ${text.replace(/^(?:A|An|The)(?=\s)/, (article) => article.toLowerCase())}`;
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
    const inCode = (sentence.match(/`/g)?.length ?? 0) % 2 === 1;
    if (!inCode && !SHORT.test(sentence)) return sentence;
  }
  return text;
}

function capital(text: string): string {
  return /^\p{Ll}[\p{Ll}'’-]*(?:\s|$)/u.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

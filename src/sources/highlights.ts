/** The few lines of long notes that a short post has room for. */

// By what readers want to know first. A section that is not listed here counts like a change.
const WEIGHTS: [RegExp, number][] = [
  [/highlight/i, 100],
  [/breaking|major changes/i, 90],
  [/security/i, 80],
  [/added|features?|new\b|minor changes|enhancements?/i, 70],
  [/performance|improve/i, 60],
  [/deprecat|removed/i, 50],
  [/fix|bug/i, 40],
];
const CHANGE = 45;
// Nobody outside the project wants to know.
const SILENT =
  /new contributors|full changelog|dependenc|\b(?:chores?|internal|maintenance|tests?|ci|builds?|build system|docs|documentation|refactor\w*|styles?|contributors|miscellaneous)\b/i;
const COMMIT: Record<string, number> = { feat: 70, security: 80, perf: 60, fix: 40, revert: 30 };

// A longer point is a page and no highlight.
const LONGEST = 1_000;

interface Point {
  text: string;
  weight: number;
}

/** At most `most` lines of Markdown, one sentence each, the weightiest first; in the order of the notes where they weigh the same. */
export function highlightsOf(notes: string, most = 5): string[] {
  const points = pointsIn(notes);
  if (points.length > 0) {
    return [...points]
      .sort((a, b) => b.weight - a.weight)
      .slice(0, most)
      .map(({ text }) => text);
  }
  const first = withoutComments(notes)
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s*\n\s*/g, " ").trim())
    .find(
      (paragraph) =>
        paragraph !== "" && !/^(#|[-*+] |\d+[.)] |\*\*Full Changelog|!\[|<|\||>|```)/.test(paragraph),
    );
  return first === undefined ? [] : [first];
}

function pointsIn(notes: string): Point[] {
  const points: Point[] = [];
  const seen = new Set<string>();
  let weight: number | undefined = CHANGE;
  let section = "";
  let fenced = false;
  let current: { text: string; indent: number } | undefined;
  const close = () => {
    if (current && weight !== undefined) {
      const point = pointOf(current.text, weight, section);
      if (point && !seen.has(point.text)) points.push(point);
      if (point) seen.add(point.text);
    }
    current = undefined;
  };
  for (const line of withoutComments(notes).split(/\r?\n/)) {
    if (/^\s*(```|~~~)/.test(line)) {
      close();
      fenced = !fenced;
      continue;
    }
    if (fenced) continue;
    const heading = line.match(/^#{1,6}\s+(.*)$|^\*\*([^*]+)\*\*:?\s*$/);
    if (heading) {
      close();
      section = heading[1] ?? heading[2] ?? "";
      weight = SILENT.test(section) ? undefined : (WEIGHTS.find(([is]) => is.test(section))?.[1] ?? CHANGE);
      continue;
    }
    const item = line.match(/^(\s*)(?:[-*+]|\d+[.)])\s+(.*)$/);
    if (item) {
      const indent = item[1]!.length;
      // What is indented belongs to the point above it: details.
      if (current && indent > current.indent + 1) continue;
      if (!current && indent > 3) continue;
      close();
      current = { text: item[2]!, indent };
    } else if (current && line.trim() !== "" && /^\s/.test(line) === true && !/^\s*>/.test(line)) {
      current.text += ` ${line.trim()}`;
    } else {
      close();
    }
  }
  close();
  return points;
}

function pointOf(raw: string, weight: number, section: string): Point | undefined {
  if (raw.length > LONGEST) return undefined;
  let text = raw.replace(/\s+/g, " ");
  let own = weight;
  // A commit's subject: `feat(api)!: faster sync`.
  const commit = text.match(/^(\w+)(?:\([^)]*\))?(!)?:\s+(?=\S)/);
  if (
    commit &&
    /^(feat|fix|perf|docs|chore|ci|build|test|refactor|style|revert|security)$/.test(commit[1]!)
  ) {
    if (!commit[2] && COMMIT[commit[1]!] === undefined) return undefined;
    own = commit[2] ? 90 : COMMIT[commit[1]!]!;
    text = text.slice(commit[0].length);
  }
  if (/^(?:bump|update dependency|updated dependencies|update \S+ to v?\d)\b/i.test(text)) return undefined;
  text = text
    // changesets begin with the commit: `abc1234: …`; Conventional Changelog ends with it, and with `closes #1`.
    .replace(/^(?:\[?`?[0-9a-f]{7,40}`?\]?(?:\([^)]*\))?):\s+/i, "")
    .replace(/\s+by @[\w-]+(?:\[bot\])?(?:,? @[\w-]+)*(?:\s+in\s+\S+)?\s*$/i, "")
    .replace(/(?:,?\s+(?:closes|fixes|refs)\s+(?:\[?\S*#\d+\]?(?:\([^)]*\))?[\s,]*)+)$/i, "")
    .replace(/(?:\s*\(\[?`?(?:[0-9a-f]{7,40}|#\d+)`?\]?(?:\([^)]*\))?\))+/gi, "")
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/^\*\*[\w\s./@-]{1,40}:\*\*\s+/, "")
    .replace(/^\[[ xX]\]\s+/, "")
    .trim();
  text = leading(text);
  if (text === "") return undefined;
  return { text: capital(text), weight: /breaking/i.test(section) ? 90 : own };
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

function firstSentence(text: string): string {
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

/** Markdown without HTML's comments, such as the one that GitHub's generated notes begin with. Code keeps them. */
export function withoutComments(notes: string): string {
  return notes
    .split(/^( {0,3}(?:`{3}|~{3}).*)$/m)
    .map((part, index) => (index % 4 === 0 ? stripped(part) : part))
    .join("");
}

// Not by a pattern: that would take forever on many beginnings without an end.
function stripped(text: string): string {
  let kept = "";
  for (let at = 0; ; ) {
    const open = text.indexOf("<!--", at);
    const close = open < 0 ? -1 : text.indexOf("-->", open + 4);
    if (close < 0) return kept + text.slice(at);
    kept += text.slice(at, open);
    at = close + 3;
  }
}

/** Labels that a commit's subject or a changelog's line begins with: `fix(api)!:`, `[Docs]`, `BUG #12:`, `**deps:**`. */
import { type Sort, sortOf } from "./sorts.ts";

const COMMITS: Record<string, Sort> = {
  feat: "new",
  security: "security",
  perf: "faster",
  fix: "fix",
  revert: "revert",
};

/** `undefined`: a label says that it is housekeeping. */
export function withoutLabels(
  written: string,
  section: Sort | undefined,
): { text: string; sort: Sort | undefined } | undefined {
  let text = written;
  let sort = section;
  // git-cliff: *(derive)* …
  const [cliff = "", part] = text.match(/^\*\(([^()]{1,40})\)\*\s+(?=\S)/) ?? [];
  if (isDependency(part)) return undefined;
  text = text.slice(cliff.length);
  // [Fix] …, [Docs] …, [**breaking**] …
  const [label = "", said = ""] = text.match(/^\[\**([\p{L}][\w /,-]{0,30})\**\]:?\s+(?=\S)/u) ?? [];
  if (label !== "" && !/^x$/i.test(said)) {
    const meant = sortOf(said);
    if (meant === "silent") return undefined;
    sort = meant ?? sort;
    text = text.slice(label.length);
  }
  const [commit = "", type = "", scope, bang] = text.match(COMMIT) ?? [];
  const [plain = "", word = ""] = commit === "" ? (text.match(LABEL) ?? []) : [];
  if (commit !== "") {
    if (!bang && (COMMITS[type] === undefined || isDependency(scope))) return undefined;
    sort = bang ? "breaking" : COMMITS[type];
  } else if (plain !== "") {
    const meant = sortOf(word);
    if (meant === "silent") return undefined;
    sort = meant === undefined || sort === "breaking" ? sort : meant;
  }
  text = text.slice(commit.length + plain.length);
  const bold = text.match(/^\*\*(breaking(?: changes?)?|security)\b[^*]{0,40}\*\*/i)?.[1];
  if (bold) sort = sortOf(bold) as Sort;
  const [own = "", scoped] = text.match(/^\*\*([\w\s./@-]{1,40}):\*\*\s+/) ?? [];
  return isDependency(scoped) ? undefined : { text: text.slice(own.length), sort };
}

const COMMIT =
  /^(feat|fix|perf|docs|chore|ci|build|test|refactor|style|revert|security)(?:\(([^()]*)\))?(!)?:\s+(?=\S)/;

// BUG #12, BUG #13: …   Fix: …   deps: …
const LABEL =
  /^(bug ?fix(?:es)?|bugs?|fix(?:e[sd])?|features?|feat|new|added|enhancements?|perf|performance|security|breaking(?: changes?)?|deprecated|removed|changed|(?:dev ?)?deps|dependencies|docs?|documentation|chore|build|ci|tests?|refactor|style|internal|meta)(?:\s+#\d+(?:,?\s+(?:\w+\s+)?#\d+){0,20})?:\s+(?=\S)/i;

function isDependency(scope: string | undefined): boolean {
  return scope !== undefined && /^(?:dev-?)?(?:deps?|dependencies)(?:-dev)?$/i.test(scope.trim());
}

const BUMP =
  /^(?:\*\*)?(?:bump|update dependency|updated? dependencies|update \S+ to v?\d|upgrade \S+ (?:to|from) v?\d|update all\b.{0,40}\bdependencies|pin dependenc|lock file maintenance)/i;

// What git and tools write of themselves.
const ROUTINE = new RegExp(
  `^(?:${[
    "merge (?:(?:remote-tracking )?branch|pull request|tag|commit)\\b.*",
    "(?:\\*\\*note:\\*\\* )?version bump only\\b.*",
    "no (?:notable |significant |user-facing )?changes\\b.{0,30}",
    "initial commit",
    "npm init",
    // Version 2.0.0, Release v2.0.0, 2.0.0, Prepare for 2.0.0, Bump to 2.0.0
    "(?:(?:version|releas\\w*|prepar\\w*|bump\\w*|cut|tag)[:\\s]+(?:(?:for|to|the|version|release|of)\\s+){0,3})?v?\\d+\\.\\d+(?:\\.\\d+)*(?:-[\\w.]+)?",
  ].join("|")})[.!]?$`,
  "i",
);

/** Of no interest to those who use what was released. */
export function isHousekeeping(text: string): boolean {
  return BUMP.test(text) || ROUTINE.test(text);
}

/** Of what sort a change is, and how much that matters to readers. */
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
/** What a heading or a label says about the points below it. `undefined`: nothing. */
export function sortOf(words: string): Sort | "silent" | undefined {
  return SILENT.test(words) ? "silent" : SORTS.find(([is]) => is.test(words))?.[1];
}

/** Words as a shell takes them. */
import { oneLine } from "./terminal-safe.ts";

export function quoted(word: string): string {
  const safe = oneLine(word);
  return /^[\w./:@%+=,-]+$/.test(safe) ? safe : `'${safe.replaceAll("'", `'\\''`)}'`;
}

/** What a person typed to say which plan they mean. */
export interface PlanRef {
  /** A campaign, or with `plan` a kept plan, which says everything else itself. */
  file: string;
  plan?: string | boolean;
  occurrence?: string;
  /** `--from`. */
  from?: readonly string[];
}

/** The same words, for the commands that follow: without them it would be another plan. */
export function planArguments({ file, plan, occurrence, from = [] }: PlanRef): string {
  if (plan) return `--plan ${quoted(file)}`;
  const which = occurrence === undefined ? "" : ` --occurrence ${quoted(occurrence)}`;
  return quoted(file) + which + from.map((source) => ` --from ${quoted(source)}`).join("");
}

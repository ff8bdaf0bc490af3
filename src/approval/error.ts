/** Separate, so that the error reporter does not load approval/. */
import { InputError, type Problem } from "../errors.ts";
import type { Change } from "./changes.ts";

/** Nothing was sent, because somebody has to approve it first. Exit code 5. */
export class ApprovalError extends InputError {
  override name = "ApprovalError";
  /** What is different from what was approved, and who approved that. */
  readonly changes: readonly Change[];
  readonly by?: string;

  constructor(problems: Problem | readonly Problem[], changes: readonly Change[] = [], by?: string) {
    super(problems);
    this.changes = changes;
    this.by = by;
  }
}

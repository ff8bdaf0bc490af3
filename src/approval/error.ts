/** Separate, so that the error reporter does not load approval/. */
import { InputError, type Problem } from "../errors.ts";
import type { Change } from "./changes.ts";

/** Nothing was sent because an approval is missing. Exit code 5. */
export class ApprovalError extends InputError {
  override name = "ApprovalError";
  /** The differences from the approved content, and who approved it. */
  readonly changes: readonly Change[];
  readonly by?: string;

  constructor(problems: Problem | readonly Problem[], changes: readonly Change[] = [], by?: string) {
    super(problems);
    this.changes = changes;
    this.by = by;
  }
}

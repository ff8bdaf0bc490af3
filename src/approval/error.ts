/** Apart from the rest, because whoever reports errors must know it and needs no more. */
import { InputError, type Problem } from "../errors.ts";
import type { Change } from "./changes.ts";

/** Nothing was sent, because somebody has to approve it first. Exit code 5. */
export class ApprovalError extends InputError {
  override name = "ApprovalError";
  /** What is different from what was approved. */
  readonly changes: readonly Change[];

  constructor(problems: Problem | readonly Problem[], changes: readonly Change[] = []) {
    super(problems);
    this.changes = changes;
  }
}

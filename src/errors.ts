/**
 * What a network's refusal means for a delivery. A closed vocabulary: everything that decides, decides by it.
 *
 * - `auth`: the credential is not accepted; the channel waits for a new login.
 * - `limited`: come later; the delivery waits what the server said.
 * - `rejected`: understood and refused; the same bytes are not tried again.
 * - `unavailable`: certainly not taken; tried again with back-off.
 * - `uncertain`: may have been taken; looked up, repeated under the network's own key, or held for a person.
 */
export type ErrorCode = "auth" | "limited" | "rejected" | "unavailable" | "uncertain";

/** An answer, or the lack of one, that did not end in a post. The message never holds a URL's path or a secret. */
export class NetworkError extends Error {
  override name = "NetworkError";
  readonly code: ErrorCode;
  /** HTTP status, when there was an answer. */
  readonly status?: number;
  /** When the server said to come back, as epoch milliseconds. */
  readonly retryAt?: number;
  /** A refusal that proves that the post is out already (a duplicate's id): the existing post. */
  readonly evidence?: { id: string; url?: string };

  constructor(
    code: ErrorCode,
    message: string,
    detail: {
      status?: number;
      retryAt?: number;
      evidence?: { id: string; url?: string };
      cause?: unknown;
    } = {},
  ) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.status = detail.status;
    this.retryAt = detail.retryAt;
    this.evidence = detail.evidence;
  }
}

/** A place in a file that a person wrote. Lines and columns count from 1. */
export interface Place {
  /** As shown: relative to the current folder. */
  file: string;
  line?: number;
  column?: number;
  /** How many columns the caret underlines. */
  length?: number;
  /** The text of that line, without its end. */
  text?: string;
}

/** What can be wrong before anything is sent. `broadcast explain` explains each. */
export type ProblemCode =
  // The command.
  | "usage"
  | "ambiguous-delivery"
  | "not-failed"
  | "not-held"
  | "not-scheduled"
  | "nothing-to-retract"
  | "paused"
  | "quota"
  | "no-store"
  | "over-budget"
  | "nothing-to-edit"
  | "cannot-edit"
  | "feed-unreadable"
  | "cannot-answer"
  | "other-account"
  | "no-sandbox"
  | "no-worker"
  | "unknown-chaos"
  | "unknown-delivery"
  // Files.
  | "binary-file"
  | "empty-file"
  | "file-exists"
  | "file-outside"
  | "file-too-large"
  | "missing-file"
  | "not-a-file"
  | "unreadable-env"
  | "unreadable-file"
  | "unwritable-file"
  | "wrong-encoding"
  // Their content.
  | "alias-bomb"
  | "duplicate-key"
  | "missing-key"
  | "no-value"
  | "too-deep"
  | "unknown-key"
  | "unknown-kind"
  | "unknown-value"
  | "wrong-type"
  | "wrong-value"
  | "yaml"
  | "yaml-comment"
  | "yaml-tab"
  // The project.
  | "adapter-not-loaded"
  | "adapter-twice"
  | "bad-adapter"
  | "group-cycle"
  | "impossible-policy"
  | "literal-secret"
  | "login-locked"
  | "missing-credential"
  | "missing-env"
  | "name-taken"
  | "no-allowed-signers"
  | "no-config"
  | "not-an-adapter"
  | "program-not-allowed"
  | "same-account"
  | "unknown-channel"
  | "unknown-network"
  // The campaign and its words.
  | "bad-condition"
  | "bad-id"
  | "bad-link"
  | "bad-poll"
  | "internal-to-external"
  | "missing-language"
  | "mixed-languages"
  | "no-effect"
  | "no-language"
  | "no-notes"
  | "no-release"
  | "no-template"
  | "network-warns"
  | "nothing-to-say"
  | "todo"
  | "nothing-to-send"
  | "number-rewritten"
  | "refused-by-network"
  | "reserved-name"
  | "markdown-too-complex"
  | "template-limit"
  | "template-syntax"
  | "title-missing"
  | "title-too-long"
  | "too-long"
  | "too-many-posts"
  | "trimmed"
  | "undefined-variable"
  | "unknown-filter"
  | "unencrypted"
  | "unknown-person"
  // Its media.
  | "alt-too-long"
  | "decorative-alt"
  | "media-bytes"
  | "media-codec"
  | "media-count"
  | "media-empty"
  | "media-left-out"
  | "media-length"
  | "media-location"
  | "media-missing"
  | "media-mixed"
  | "media-not-a-file"
  | "media-outside"
  | "media-remote"
  | "media-rest"
  | "media-size"
  | "media-still"
  | "media-type"
  | "media-unreadable"
  | "missing-alt"
  | "no-media-host"
  // Its times.
  | "bad-recurrence"
  | "bad-time"
  | "clock-off"
  | "card-unread"
  | "dead-link"
  | "cannot-schedule"
  | "count-without-from"
  | "expires-before-due"
  | "late"
  | "may-appear-twice"
  | "no-recurrence"
  | "no-such-time"
  | "past-due"
  | "expired"
  | "schedule-without-time"
  | "stagger-without-time"
  | "too-near"
  | "two-times"
  // Plans kept in files, and approvals.
  | "approval-missing"
  | "approval-not-counted"
  | "approval-stale"
  | "bad-approval-file"
  | "bad-review-file"
  | "bad-plan"
  | "cannot-sign"
  | "stale-plan"
  | "unsteady-plan"
  // The ledger.
  | "ledger-corrupt"
  | "ledger-denied"
  | "ledger-full"
  | "ledger-git"
  | "ledger-gone"
  | "ledger-impossible"
  | "ledger-locked"
  | "ledger-newer"
  | "ledger-read-only"
  | "ledger-remote"
  | "ledger-orphans"
  | "ledger-truncated"
  | "ledger-unreachable"
  | "ledger-unreadable"
  | "ledger-unsupported"
  | "ledger-vanishes"
  // A network's answer when its account was checked.
  | ErrorCode;

/** One thing that is wrong, or questionable, with what a person wrote. */
export interface Problem {
  severity: "error" | "warning";
  /** Stable and short, for machines and `broadcast explain`: `unknown-key`, `too-long`. */
  code: ProblemCode;
  /** What is wrong: one sentence, no full stop. */
  message: string;
  /** What to do about it, an imperative sentence. */
  remedy?: string;
  place?: Place;
  channel?: string;
}

/** Bad input: nothing was sent. Carries every problem found, never a stack trace for the person. Exit code 2. */
export class InputError extends Error {
  override name = "InputError";
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[]) {
    const all = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(all.map((problem) => problem.message).join("\n"));
    this.problems = all;
    // What Node prints if it is not caught: the problems with their places, and no code of ours.
    this.stack = ["What was given cannot be used; nothing was sent.", ...all.map(inLines), ""].join("\n");
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.stack ?? this.message;
  }
}

function inLines({ place, severity, message, remedy }: Problem): string {
  const where = [place?.file, place?.line, place?.column].filter((part) => part !== undefined).join(":");
  const line = [where, severity, message].filter((part) => part !== "").join("  ");
  return remedy === undefined ? line : `${line}\n  = ${remedy}`;
}

/** A network does not accept a credential. Nothing was sent. Exit code 6. */
export class CredentialError extends InputError {
  override name = "CredentialError";
}

/** An error in how a command was typed, or a function called. */
export function usageError(message: string, remedy?: string): InputError {
  return new InputError({ severity: "error", code: "usage", message, remedy });
}

/** Each problem once: several channels may have the same one, from the same line. */
export function uniqueProblems(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, message, place }) => {
    const key = JSON.stringify([code, message, place?.file, place?.line, place?.column]);
    return !seen.has(key) && seen.add(key);
  });
}

/** In reading order: by file, line and column. A problem without a place comes first. */
export function byPlace(a: Problem, b: Problem): number {
  return (
    inOrder(a.place?.file ?? "", b.place?.file ?? "") ||
    (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
    (a.place?.column ?? 0) - (b.place?.column ?? 0)
  );
}

// By code units: a collator costs some milliseconds at its first use.
function inOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The result of `work`. If it throws an InputError, its problems are added to `problems`, so that the rest is checked too. */
export function collectProblems<T>(problems: Problem[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}

/** How a command ends; see `broadcast help exit-codes`. */
export const EXIT = {
  ok: 0,
  fault: 1,
  input: 2,
  failed: 3,
  unknown: 4,
  approval: 5,
  credentials: 6,
} as const;

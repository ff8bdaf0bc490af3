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
  /** A refusal that proves the post is out already (LinkedIn's duplicate URN): what the network calls it. */
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
  /** As it is shown: relative to where the person stands. */
  file: string;
  line?: number;
  column?: number;
  /** How many columns the caret underlines. */
  length?: number;
  /** The text of that line, without its end. */
  text?: string;
}

/** One thing that is wrong, or questionable, with what a person wrote. */
export interface Problem {
  severity: "error" | "warning";
  /** Stable and short, for machines and `broadcast explain`: `unknown-key`, `too-long`. */
  code: string;
  /** What is wrong, one sentence, no full stop. */
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

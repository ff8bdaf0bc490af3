/** What `broadcast explain` says about the code of a problem. The problem itself says what is wrong and what to do. */
export interface Cause {
  /** How it comes about. */
  why: string;
  /** A command that can be typed, or lines for the file. */
  example: string;
}

/** What it says about any other code. */
export interface Explanation extends Cause {
  /** What it means, one or two sentences. */
  means: string;
  /** What to do, imperative. */
  remedy: string;
}

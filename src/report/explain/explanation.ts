/** What `broadcast explain` says about one code. */
export interface Explanation {
  /** What it means, one or two sentences. */
  means: string;
  /** How it comes about. */
  why: string;
  /** What to do, imperative. */
  remedy: string;
  /** A command that can be typed, or lines for the file. */
  example: string;
}

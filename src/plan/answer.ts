/** Answers to somebody: deliveries like any other, whose name says exactly whom they answer and with which words. */
import type { Post, Receipt } from "../adapter.ts";
import { digest } from "./digest.ts";

/** Whom a delivery answers. `theirs`: the parent is somebody else's post. */
export interface Answers {
  root: Receipt;
  parent: Receipt;
  theirs?: true;
}

/** The campaign's id of an answer: the same words to the same post are the same, so that a repeat is not a second answer. */
export function answerId(answers: Answers, posts: readonly Post[]): string {
  return `answers/${digest({ answers, posts }).slice(0, 12)}`;
}

/** Whether whom it answers is what its name says. */
export function isAsNamed({
  campaign,
  answers,
  posts,
}: {
  campaign: string;
  answers?: Answers;
  posts: readonly Post[];
}): boolean {
  if (answers === undefined) return !campaign.startsWith("answers/");
  return campaign === answerId(answers, posts);
}

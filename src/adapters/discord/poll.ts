/** Polls: https://docs.discord.com/developers/resources/poll, read 2026-11-23. A poll is never edited. */
import * as v from "valibot";
import type { Metrics, Objection, Poll, PollRules, Post } from "../../adapter.ts";
import { milliseconds } from "../../duration.ts";

const QUESTION = 300;
const HOUR = 3_600_000;

export const POLL: PollRules = {
  choices: [2, 10],
  length: 55,
  unit: "codepoint",
  open: ["1h", "32d"],
  multiple: true,
};

export const PollShape = v.object({
  question: v.object({ text: v.nullish(v.string()) }),
  answers: v.array(
    v.object({ answer_id: v.number(), poll_media: v.object({ text: v.nullish(v.string(), "") }) }),
  ),
  // Absent is "unknown results", and not none.
  results: v.nullish(v.object({ answer_counts: v.array(v.object({ id: v.number(), count: v.number() })) })),
});

export function pollOf(post: Pick<Post, "text">, { choices, open, multiple = false }: Poll) {
  return {
    question: { text: questionOf(post) ?? "" },
    answers: choices.map((text) => ({ poll_media: { text } })),
    duration: milliseconds(open) / HOUR,
    allow_multiselect: multiple,
  };
}

/** The poll has a question of its own, in plain words: the last line that asks one, or all of a text of one line. */
function questionOf({ text }: Pick<Post, "text">): string | undefined {
  const lines = text.split("\n").map(unmarked).filter(Boolean);
  const asked =
    lines.filter((line) => line.endsWith("?")).at(-1) ?? (lines.length === 1 ? lines[0] : undefined);
  return asked !== undefined && [...asked].length <= QUESTION ? asked : undefined;
}

/** Then it need not be said above the poll again. */
export function saysItAll(post: Pick<Post, "text">): boolean {
  return questionOf(post) === post.text;
}

// Of the marks that the markup has within a line.
function unmarked(line: string): string {
  return line
    .replace(/^(?:#{1,3}|>{1,3}|-#|[-*]|\d+\.)\s+/, "")
    .replace(/\[([^\]\n]*)\]\(<?https?:[^)\s]*\)/g, "$1")
    .replace(/<(https?:[^>\s]*)>/g, "$1")
    .replace(/\\([^A-Za-z0-9\s])|\*\*|__|~~|\|\||`|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)/g, "$1")
    .trim();
}

export function objectionsTo(post: Pick<Post, "text" | "poll">): Objection[] {
  if (!post.poll) return [];
  const found: Objection[] = [];
  if (questionOf(post) === undefined)
    found.push({
      message: `the poll has no question: no line of the text ends with a question mark within ${QUESTION} characters`,
      remedy: "Ask the question in a line of its own.",
    });
  if (!Number.isInteger(milliseconds(post.poll.open) / HOUR))
    found.push({ message: "a poll is open for whole hours", remedy: "Write `open` in hours or days." });
  return found;
}

/** In the order of the choices; undefined while the results are not known. */
export function votesOf(poll: v.InferOutput<typeof PollShape> | null | undefined): Metrics["poll"] {
  const counts = poll?.results?.answer_counts;
  return (
    counts &&
    poll?.answers.map(({ answer_id, poll_media }) => ({
      choice: poll_media.text,
      votes: counts.find(({ id }) => id === answer_id)?.count ?? 0,
    }))
  );
}

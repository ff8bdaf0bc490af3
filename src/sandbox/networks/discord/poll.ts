/** Polls: https://docs.discord.com/developers/resources/poll */
import { flag } from "../../body.ts";
import { codePoints } from "../../count.ts";
import { type Fields, fault } from "./refusals.ts";

export interface Poll {
  question: string;
  answers: string[];
  /** Hours. */
  duration: number;
  multiselect: boolean;
}

/** 300 and 55 characters, ten answers, 32 days. */
export function checkPoll(poll: unknown): unknown {
  if (poll === undefined || poll === null) return undefined;
  const { question, answers, duration = 24 } = poll as Fields;
  const long = (max: number) => fault("BASE_TYPE_BAD_LENGTH", `Must be between 1 and ${max} in length.`);
  const lengthOf = (media: unknown) => codePoints(String((media as Fields | undefined)?.text ?? "").trim());
  const fits = (length: number, max: number) => length >= 1 && length <= max;
  if (!fits(lengthOf(question), 300)) return { question: { text: long(300) } };
  if (!Array.isArray(answers) || !fits(answers.length, 10)) return { answers: long(10) };
  const at = answers.findIndex((answer: Fields) => !fits(lengthOf(answer.poll_media), 55));
  if (at >= 0) return { answers: { [at]: { poll_media: { text: long(55) } } } };
  if (!fits(Number(duration), 768)) {
    return { duration: fault("NUMBER_TYPE_MAX", "int value should be between 1 and 768.") };
  }
  return undefined;
}

export function pollOf(poll: unknown): Poll | undefined {
  if (poll === undefined || poll === null) return undefined;
  const { question, answers, duration = 24, allow_multiselect } = poll as Record<string, Fields>;
  return {
    question: String(question?.text),
    answers: (answers as unknown as Fields[]).map(({ poll_media }) => String((poll_media as Fields).text)),
    duration: Number(duration),
    multiselect: flag(allow_multiselect),
  };
}

/** `votes`: who chose which answers, by their numbers from 1. */
export function pollEntity(
  { question, answers, duration, multiselect }: Poll,
  at: number,
  votes: ReadonlyMap<string, readonly number[]>,
  now: number,
): Fields {
  const chosen = [...votes.values()].flat();
  const expiry = at + duration * 3_600_000;
  return {
    question: { text: question },
    answers: answers.map((text, n) => ({ answer_id: n + 1, poll_media: { text } })),
    expiry: new Date(expiry).toISOString(),
    allow_multiselect: multiselect,
    layout_type: 1,
    results: {
      is_finalized: expiry <= now,
      // An answer that nobody chose is not listed.
      answer_counts: [...new Set(chosen)].sort().map((id) => ({
        id,
        count: chosen.filter((one) => one === id).length,
        me_voted: false,
      })),
    },
  };
}

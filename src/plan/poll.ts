/** A campaign's question: native where the network has polls, a list in the text where it has none. */
import type { Poll } from "../adapter.ts";
import type { Content } from "../campaign/campaign.ts";
import type { TemplateData } from "../campaign/template.ts";
import { collectProblems, InputError, type Problem } from "../errors.ts";
import { inMarkdown } from "../text/in-markdown.ts";
import type { PlanInput } from "./types.ts";

/** What ends the list, in the languages that we know. The campaign's own words go before. */
const ANSWER: Readonly<Record<string, string>> = {
  en: "Answer in the replies.",
  de: "Antworte in den Kommentaren.",
  fr: "Répondez en commentaire.",
  es: "Responde en los comentarios.",
  it: "Rispondi nei commenti.",
  pt: "Responda nos comentários.",
  nl: "Antwoord in de reacties.",
  pl: "Odpowiedz w komentarzach.",
  sv: "Svara i kommentarerna.",
};

/** The choices filled in, plain. Throws InputError. */
export function pollOf(
  { poll }: Content,
  data: TemplateData,
  { templates, campaign }: PlanInput,
): Poll | undefined {
  if (!poll) return undefined;
  const problems: Problem[] = [];
  const choices = poll.choices.map(({ value, path }) =>
    collectProblems(problems, () =>
      templates.fill(value, data, (spot) => campaign.source.placeIn(path, spot)).trim(),
    ),
  );
  if (problems.length > 0) throw new InputError(problems);
  const filled = choices.map((choice) => choice ?? "");
  return { choices: filled, open: poll.open as Poll["open"], ...(poll.multiple && { multiple: true }) };
}

/** Markdown for a network without polls. `hasAnswers`: readers can answer there. */
export function pollAsList({ choices }: Poll, { poll, lang }: Content, hasAnswers: boolean): string {
  const answer =
    poll?.answer ??
    (hasAnswers ? (ANSWER[(lang ?? "en").split("-")[0]!.toLowerCase()] ?? ANSWER.en) : undefined);
  const list = choices.map((choice) => `- ${escaped(choice)}`).join("\n");
  return answer === undefined ? list : `${list}\n\n${escaped(answer)}`;
}

/** Markdown for a plain text in one line: nothing in it is markup. */
export function escaped(text: string): string {
  return inMarkdown(text.replace(/\s+/g, " "));
}

/** A channel's options, filled in where they hold variables, and checked as what they have become. */
import type { GenericSchema } from "valibot";
import { type Content, optionsPath } from "../campaign/campaign.ts";
import { filledIn, hasTemplates } from "../campaign/option-templates.ts";
import type { TemplateData } from "../campaign/template.ts";
import type { Channel } from "../config/config.ts";
import { collectProblems, InputError, type Problem } from "../errors.ts";
import { check, problemsOf } from "../yaml/schema-problems.ts";
import type { PlanInput } from "./types.ts";

/** Throws InputError with what cannot be filled in, or is not a value that the network knows then. */
export function optionsOf(
  channel: Channel,
  { options }: Content,
  data: TemplateData,
  { campaign, templates }: PlanInput,
): unknown {
  if (!hasTemplates(options)) return options;
  const { source } = campaign;
  const at = optionsPath(campaign, channel);
  const wrong: Problem[] = [];
  const filled = filledIn(
    options,
    (text, path) =>
      collectProblems(wrong, () =>
        templates.fill(text, data, (spot) => source.placeIn([...at, ...path], spot)).trim(),
      ) ?? "",
  );
  if (wrong.length > 0) throw new InputError(wrong);
  const schema = channel.adapter.options as GenericSchema;
  const { output, issues } = check(schema, filled);
  if (issues.length === 0) return output;
  throw new InputError(
    problemsOf(issues, { source, schema, at }).map((problem) => ({
      ...problem,
      message: `${problem.message}, once it is filled in`,
      channel: channel.name,
    })),
  );
}

/** What is wrong with a channel's finished posts, in words for the author. */
import type { Objection, PollRules, Post } from "../adapter.ts";
import type { Channel } from "../config/config.ts";
import { describeDuration, milliseconds } from "../duration.ts";
import type { Place } from "../errors.ts";
import { expected } from "../media/fit.ts";
import { lengthOf } from "../text/measure.ts";
import { isUrl } from "../urls.ts";
import type { PlannedPost, Report } from "./types.ts";

/** The credential goes along with every request. */
export function checkEncryption(
  { adapter, settings, publicSettings, problems, name }: Channel,
  place: Place,
  report: Report,
): void {
  if (!adapter.endpoint) return;
  // Without its credentials a channel has only what anybody may read.
  const base =
    problems.length === 0
      ? adapter.endpoint(settings).base
      : Object.values(publicSettings).find((value): value is string => /^http:\/\//i.test(String(value)));
  if (base === undefined || !/^http:\/\//i.test(base) || !isUrl(base)) return;
  if (/^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(base).hostname)) return;
  report({
    severity: "warning",
    code: "unencrypted",
    message: `\`${name}\` is reached without encryption: its credential can be read on the way`,
    remedy: "Write its address with https://, if the server can do that.",
    place,
  });
}

/** `rules` are the adapter's, or the server's own. */
export function checkPoll(
  { poll, media }: Post,
  rules: PollRules | undefined,
  { name, adapter }: Channel,
  place: Place,
  report: Report,
): void {
  if (!poll) return;
  const refuse = (message: string, remedy: string) =>
    report({ code: "bad-poll", message: `\`${name}\`: ${message}`, remedy, place });
  const own = `Change it, or leave it out under \`only: { ${name}: … }\`.`;
  if (!rules) {
    refuse(`${adapter.name} has no polls`, own);
    return;
  }
  const [least, most] = rules.choices;
  if (poll.choices.length < least || poll.choices.length > most)
    refuse(`a poll on ${adapter.name} has ${least} to ${most} choices, not ${poll.choices.length}`, own);
  const twice = poll.choices.find((choice, index) => choice !== "" && poll.choices.indexOf(choice) !== index);
  if (twice !== undefined) refuse(`the choice \`${twice}\` is there twice`, "Take one away.");
  for (const choice of poll.choices) {
    const length = lengthOf(choice, rules.unit ?? "grapheme");
    if (length === 0 || length > rules.length)
      refuse(
        `the choice \`${choice}\` has ${length} characters; 1 to ${rules.length} fit`,
        length === 0 ? "Write it, or take it away." : "Say it shorter.",
      );
  }
  const [shortest, longest] = rules.open.map(milliseconds);
  const open = milliseconds(poll.open);
  if (open < shortest! || open > longest!)
    refuse(
      `a poll on ${adapter.name} is open for ${describeDuration(shortest!)} to ${describeDuration(longest!)}`,
      own,
    );
  if (poll.multiple && !rules.multiple) refuse(`${adapter.name} takes one choice only`, own);
  if (media.length > 0 && !rules.media) refuse(`${adapter.name} takes no files beside a poll`, own);
}

export function checkPosts(
  posts: readonly Pick<PlannedPost, "post" | "reply">[],
  channel: Channel,
  places: Record<"text" | "media" | "options" | "answer", Place>,
  report: Report,
): void {
  // Without its credentials a channel has no settings that the adapter could judge by.
  const judge = channel.problems.length === 0 ? channel.adapter.check : undefined;
  for (const { post, reply } of posts) {
    const ready = { ...post, media: post.media.map(expected) };
    const found: Objection[] = [judge?.(ready, channel.settings, reply && "answer") ?? []]
      .flat()
      .map((objection) => (typeof objection === "string" ? { message: objection } : objection));
    for (const { severity, message, remedy, about = "text" } of found) {
      report({
        ...(severity && { severity }),
        code: severity === "warning" ? "network-warns" : "refused-by-network",
        message: `\`${channel.name}\`: ${message}`,
        remedy,
        place: reply && about === "text" ? places.answer : places[about],
      });
    }
  }
}

/** Whether the words fit: each post, the title, and how many posts there are. */
import type { Adapter } from "../adapter.ts";
import type { Channel } from "../config/config.ts";
import type { Place } from "../errors.ts";
import { measure } from "../text/measure.ts";
import type { SplitResult } from "../text/split.ts";
import type { Measured } from "../text/types.ts";
import type { Report } from "./types.ts";

/** Where neither the campaign nor its channel says. */
const MOST_POSTS = 25;

/** Whether it is not worth dividing a text to count its posts: so many are never meant. */
export function isPlenty(least: number, most = MOST_POSTS): boolean {
  return least > most + 20;
}

const UNIT_NAMES: Record<string, string> = {
  grapheme: "characters",
  codepoint: "characters",
  utf16: "characters",
  byte: "bytes",
  weighted: "weighted characters",
  "emoji-bytes": "characters",
};

function unitName(unit: string): string {
  return UNIT_NAMES[unit] ?? unit;
}

function over({ length, max, unit, bytes }: Measured): string {
  if (length <= max && bytes) return `${bytes.length} bytes of at most ${bytes.max}`;
  return `${length} of at most ${max} ${unitName(unit)}`;
}

function remedyFor(channel: Channel, fit: string, caption: boolean): string {
  const why = caption ? "With media the limit is lower here. " : "";
  if (fit === "answer")
    return `${why}Shorten it, or give this channel its own under \`only: { ${channel.name}: { first_reply: … } }\`.`;
  const own = `give this channel its own text under \`only: { ${channel.name}: { text: … } }\``;
  const way = fit === "refuse" && channel.adapter.thread !== "none" ? "thread" : "trim";
  return `${why}Shorten it, ${own}, or set \`fit: ${way}\`.`;
}

export function checkLength(
  result: SplitResult,
  channel: Channel,
  { fit, caption }: { fit: string; caption: boolean },
  place: Place,
  report: Report,
): void {
  if (!result.fits) {
    report({
      code: "too-long",
      message: `the text for \`${channel.name}\` is too long: ${over(result.parts[0]!.measured)}`,
      remedy: remedyFor(channel, fit, caption),
      place,
    });
  }
  if (result.trimmed) {
    const { max, unit } = result.parts[0]!.measured;
    report({
      severity: "warning",
      code: "trimmed",
      message: `the text for \`${channel.name}\` is cut to ${max} ${unitName(unit)}, as \`fit: trim\` asks`,
      place,
    });
  }
}

/** How many posts a thread has, against what it may have. `at least`: it was not counted to the end. */
export function checkCount(
  { count, atLeast }: { count: number; atLeast?: boolean },
  most: number | undefined,
  { name }: Channel,
  place: Place,
  report: Report,
): void {
  const may = most ?? MOST_POSTS;
  if (count <= may) return;
  report({
    code: "too-many-posts",
    message: `the text for \`${name}\` makes ${atLeast ? "at least " : ""}${count} posts; ${may} are allowed`,
    remedy: `Shorten it, give this channel its own text under \`only: { ${name}: { text: … } }\`, or set \`max_posts\`.`,
    place,
  });
}

export function checkTitle(
  title: string | undefined,
  rules: Adapter["title"],
  channel: Channel,
  place: Place,
  report: Report,
): void {
  if (!rules) return;
  if (rules.required && (title ?? "").trim() === "") {
    report({
      code: "title-missing",
      message: `${channel.adapter.name} takes no post without a title, and \`${channel.name}\` gets none`,
      remedy: "Write a `title:` in the campaign, or for this channel under `only:`.",
      place,
    });
  }
  if (title === undefined) return;
  const measured = measure({ text: title, entities: [] }, rules);
  if (measured.fits) return;
  report({
    code: "title-too-long",
    message: `the title for \`${channel.name}\` is too long: ${over(measured)}`,
    remedy: `Shorten it, or give this channel its own under \`only: { ${channel.name}: { title: … } }\`.`,
    place,
  });
}

/** Checks of a channel's finished posts, with messages for the author. */
import type { Media, MediaRules, Post } from "../adapter.ts";
import type { Campaign, Content, Located } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import type { Place } from "../errors.ts";
import { checkMedia } from "../media/check.ts";
import { suggest } from "../suggest.ts";
import { measure } from "../text/measure.ts";
import type { SplitResult } from "../text/split.ts";
import type { Measured } from "../text/types.ts";
import type { Source } from "../yaml/source.ts";
import type { Names } from "./mentions.ts";
import type { PlanInput, Report } from "./types.ts";

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

export function checkTitle(title: string, channel: Channel, place: Place, report: Report): void {
  if (!channel.adapter.title) return;
  const measured = measure({ text: title, entities: [] }, channel.adapter.title);
  if (measured.fits) return;
  report({
    code: "title-too-long",
    message: `the title for \`${channel.name}\` is too long: ${over(measured)}`,
    remedy: `Shorten it, or give this channel its own under \`only: { ${channel.name}: { title: … } }\`.`,
    place,
  });
}

export function checkFiles(
  media: readonly Media[],
  rules: MediaRules | "none",
  channel: Channel,
  places: (index: number | undefined) => Place,
  report: Report,
): void {
  for (const { index, ...problem } of checkMedia(media, rules, channel.adapter.name)) {
    report({ ...problem, place: places(index) });
  }
}

export function checkPosts(
  posts: readonly Post[],
  channel: Channel,
  places: Record<"text" | "media" | "options", Place>,
  report: Report,
): void {
  // Without its credentials a channel has no settings that the adapter could judge by.
  const judge = channel.problems.length === 0 ? channel.adapter.check : undefined;
  for (const post of posts) {
    const refusal = judge?.(post, channel.settings);
    if (refusal !== undefined) {
      const {
        message,
        remedy,
        about = "text",
      } = typeof refusal === "string" ? { message: refusal } : refusal;
      report({
        code: "refused-by-network",
        message: `\`${channel.name}\`: ${message}`,
        remedy,
        place: places[about],
      });
    }
  }
}

/** `from` is what made the text. A title alone is enough where the network has a field for it. */
export function checkSaid(
  posts: readonly Post[],
  from: string,
  { name, adapter }: Channel,
  place: Place,
  report: Report,
): void {
  const saysSomething = posts.some(
    ({ text, media, title = "" }) =>
      text.trim() !== "" || media.length > 0 || (adapter.title && title.trim() !== ""),
  );
  if (saysSomething) return;
  report({
    code: "nothing-to-say",
    message: `the post for \`${name}\` is empty: ${from} produces no text`,
    remedy: "Add the texts that it uses to the campaign, or change it.",
    place,
  });
}

/** A link that no reader gets. `own`: the text is the author's; what a template leaves out, it leaves out on purpose. */
export function checkLink(
  url: string,
  posts: readonly Post[],
  { channel: { name, adapter }, own }: { channel: Channel; own: boolean },
  place: Place,
  report: Report,
): void {
  const hasCard = adapter.card === "ours" && posts[0]?.link !== undefined;
  const crowded = adapter.card === "ours" && !hasCard;
  if (hasCard || (!own && !crowded) || posts.some((post) => leadsTo(url, post))) return;
  const why = crowded ? ", and images replace the card that would show it" : "";
  report({
    severity: "warning",
    code: "no-effect",
    message: `the text for \`${name}\` leaves the campaign's \`link\` out${why}`,
    remedy: "Write `{{ link }}` where it should be.",
    place,
  });
}

/** A field for tags takes anything; in a text a hashtag needs a letter. */
export function checkTags(
  tags: readonly Located<string>[],
  { adapter }: Channel,
  source: Pick<Source, "place">,
  report: Report,
): void {
  if ((adapter.text.tags ?? "text") !== "text") return;
  for (const { value, path } of tags.filter(({ value }) => !/\p{L}/u.test(value))) {
    report({
      severity: "warning",
      code: "no-effect",
      message: `\`#${value}\` has no letter, so networks do not take it for a hashtag`,
      remedy: "Add a letter to it, or leave it out.",
      place: source.place(path),
    });
  }
}

/** An unlisted person is written as a name, which the plan shows; a name close to a listed one is probably a typing error. */
export function checkNames(
  { missed }: Names,
  content: Content,
  { campaign, config }: Pick<PlanInput, "campaign" | "config">,
  report: Report,
): void {
  for (const { name, listed } of missed) {
    const near = listed ? undefined : suggest(name, Object.keys(config.people));
    if (near === undefined) continue;
    report({
      severity: "warning",
      code: "unknown-person",
      message: `\`@${name}\` is not listed under \`people\`, so this mentions nobody`,
      remedy: `Did you mean \`@${near}\`?`,
      place: placeOfWords(`@${name}`, content, campaign),
    });
  }
}

/** Where it is in the author's texts. If it comes from a template, the place is the first text. */
function placeOfWords(words: string, content: Content, { source }: Campaign): Place {
  const texts = [content.text, content.body, content.summary, content.title].filter(
    (one) => one !== undefined,
  );
  for (const { value, path } of texts) {
    const at = value.indexOf(words);
    if (at < 0) continue;
    const before = value.slice(0, at).split("\n");
    const column = [...before.at(-1)!].length + 1;
    return source.placeIn(path, { line: before.length, column, length: words.length });
  }
  return source.place(texts[0]?.path ?? ["kind"]);
}

function leadsTo(url: string, { text, entities, blocks }: Post): boolean {
  if (text.includes(url) || entities.some((entity) => entity.kind === "link" && entity.url === url))
    return true;
  return blocks !== undefined && JSON.stringify(blocks).includes(JSON.stringify(url).slice(1, -1));
}

function over({ length, max, unit, bytes }: Measured): string {
  if (length <= max && bytes) return `${bytes.length} bytes of at most ${bytes.max}`;
  return `${length} of at most ${max} ${unitName(unit)}`;
}

function remedyFor(channel: Channel, fit: string, caption: boolean): string {
  const why = caption ? "With media the limit is lower here. " : "";
  const own = `give this channel its own text under \`only: { ${channel.name}: { text: … } }\``;
  const way = fit === "refuse" && channel.adapter.thread !== "none" ? "thread" : "trim";
  return `${why}Shorten it, ${own}, or set \`fit: ${way}\`.`;
}

const UNIT_NAMES: Record<string, string> = {
  grapheme: "characters",
  codepoint: "characters",
  utf16: "characters",
  byte: "bytes",
  weighted: "weighted characters",
  "emoji-bytes": "characters",
};

export function unitName(unit: string): string {
  return UNIT_NAMES[unit] ?? unit;
}

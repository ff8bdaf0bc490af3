/** What is wrong with a channel's finished posts, in words for the author. */
import type { Adapter, Media, MediaRules, Objection, PollRules, Post } from "../adapter.ts";
import type { Campaign, Content, Located } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import type { MediaHostRead } from "../config/media-host.ts";
import { describeDuration, milliseconds } from "../duration.ts";
import type { Place } from "../errors.ts";
import { checkMedia } from "../media/check.ts";
import type { MediaFile } from "../media/file.ts";
import { expected, fitOf } from "../media/fit.ts";
import { suggest } from "../suggest.ts";
import { lengthOf, measure } from "../text/measure.ts";
import type { SplitResult } from "../text/split.ts";
import { tag, type Unread } from "../text/tree.ts";
import type { Measured } from "../text/types.ts";
import { isUrl } from "../urls.ts";
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

/** Where neither the campaign nor its channel says. */
const MOST_POSTS = 25;

/** Whether it is not worth dividing a text to count its posts: so many are never meant. */
export function isPlenty(least: number, most = MOST_POSTS): boolean {
  return least > most + 20;
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

export function checkFiles(
  media: readonly (Media & Pick<MediaFile, "animated" | "seconds" | "codec" | "located" | "rest">)[],
  rules: MediaRules | "none",
  channel: Channel,
  places: (index: number | undefined) => Place,
  host: MediaHostRead,
  report: Report,
): void {
  for (const { index, ...problem } of checkMedia(media, rules, channel.adapter.name)) {
    report({ ...problem, place: places(index) });
  }
  for (const [index, one] of media.entries())
    if (!one.fit && rules !== "none") checkHidden(one, places(index), report);
  if (media.length > 0 && rules !== "none" && rules.by === "url")
    checkHost(host, channel, places(undefined), report);
}

/** Where the files that a network fetches get their address. */
function checkHost(
  { settings, problem }: MediaHostRead,
  channel: Channel,
  place: Place,
  report: Report,
): void {
  if (problem) {
    report(problem);
    return;
  }
  if (settings && (settings.kind !== "sandbox" || settings.instead)) return;
  report({
    severity: settings ? "warning" : "error",
    code: "no-media-host",
    message: `${channel.adapter.name} fetches files from the web, and the project has no place there for them`,
    remedy:
      "Say in broadcast.yml where they get a public address (`media_host`), or leave them out for this channel with `media: []` under `only:`.",
    place,
  });
}

/** What a file carries along that nobody sees. A picture that is made to fit loses it. */
function checkHidden(
  { file, located, rest }: Media & Pick<MediaFile, "located" | "rest">,
  place: Place,
  report: Report,
): void {
  if (located)
    report({
      severity: "warning",
      code: "media-location",
      message: `\`${file}\` says in its metadata where it was taken`,
      remedy: "Save it without its location, unless everybody may know.",
      place,
    });
  if (rest !== undefined)
    report({
      severity: "warning",
      code: "media-rest",
      message: `\`${file}\` has ${rest} bytes behind the picture's end: another file, or what was cropped away`,
      remedy: "Save it again.",
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
  posts: readonly Post[],
  channel: Channel,
  places: Record<"text" | "media" | "options", Place>,
  report: Report,
): void {
  // Without its credentials a channel has no settings that the adapter could judge by.
  const judge = channel.problems.length === 0 ? channel.adapter.check : undefined;
  for (const post of posts) {
    const found: Objection[] = [judge?.({ ...post, media: post.media.map(expected) }, channel.settings) ?? []]
      .flat()
      .map((objection) => (typeof objection === "string" ? { message: objection } : objection));
    for (const { severity, message, remedy, about = "text" } of found) {
      report({
        ...(severity && { severity }),
        code: severity === "warning" ? "network-warns" : "refused-by-network",
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

/** A field for tags takes anything; in a text a hashtag needs a letter, and has letters, digits and `_` only. */
export function checkTags(
  tags: readonly Located<string>[],
  { adapter }: Channel,
  source: Pick<Source, "place">,
  report: Report,
): void {
  if ((adapter.text.tags ?? "text") !== "text") return;
  const said = new Map<string, string>();
  for (const { value: text, path } of tags) {
    const warn = (message: string, remedy: string) =>
      report({ severity: "warning", code: "no-effect", message, remedy, place: source.place(path) });
    const value = tag(text)?.value;
    if (value === undefined) {
      warn(
        `\`#${text}\` has no letter, so networks do not take it for a hashtag`,
        "Add a letter to it, or leave it out.",
      );
      continue;
    }
    const before = said.get(value.toLowerCase());
    const lost = text.replace(/[\p{L}\p{M}\p{N}_\s-]/gu, "") !== "";
    if (before !== undefined && before !== text)
      warn(`\`#${text}\` and \`#${before}\` are the same hashtag, \`#${value}\``, "Leave one of them out.");
    else if (lost)
      warn(
        `\`#${text}\` can only be said as \`#${value}\`: a hashtag has letters, digits and _`,
        "Write it in words, such as `cpp`, or leave it out.",
      );
    said.set(value.toLowerCase(), before ?? text);
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

/** HTML is not markup here: its tags are words, and readers see them. So are stars that open or close nothing. */
export function checkUnread(
  { html, stars }: Unread,
  content: Content,
  { campaign }: Pick<PlanInput, "campaign">,
  report: Report,
): void {
  const say = (words: string, what: string, remedy: string) => {
    const line = words.split("\n")[0]!;
    const shown = line.length > 40 ? `${line.slice(0, 40)}…` : line;
    const place = placeOfWords(line, content, campaign);
    report({ severity: "warning", code: "no-effect", message: `\`${shown}\` ${what}`, remedy, place });
  };
  if (html[0] !== undefined)
    say(
      html[0],
      "is HTML, and readers see it as it stands",
      "Write it in Markdown: `[words](address)`, `**bold**`, `![picture](address)`.",
    );
  if (stars[0] !== undefined)
    say(
      stars[0],
      "has stars that mark nothing, and readers see them",
      "Put a space outside of the closing ones: `**Status:** healthy`; or write `\\*`.",
    );
}

/** Where in the author's texts it stands; a template may have brought it. */
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

/** The card as this channel can show it; `lostImage`: without the picture that it should have. */
export function checkCard(
  link: Post["link"],
  content: Content,
  { adapter }: Channel,
  { campaign, fits }: Pick<PlanInput, "campaign"> & { fits: boolean },
  report: Report,
): { link: Post["link"]; lostImage: boolean } {
  if (!link?.image || adapter.card !== "ours") return { link, lostImage: false };
  const { image: picture, ...plain } = link;
  if (!adapter.cardImage) return { link: plain, lostImage: true };
  const fit = fits ? fitOf(picture, adapter.cardImage) : undefined;
  const image = fit ? { ...picture, fit } : picture;
  const fitting = { ...link, image };
  const written = content.card ? content.card.image : undefined;
  const rules = { count: 1, alt: Number.POSITIVE_INFINITY, image: adapter.cardImage };
  const problems = checkMedia([image], rules, `${adapter.name}'s link card`);
  // The page's own picture is a gift, and no reason to send nothing.
  if (!written)
    return problems.length > 0 ? { link: plain, lostImage: true } : { link: fitting, lostImage: false };
  for (const { index: _, ...problem } of problems)
    report({ ...problem, place: campaign.source.place(written.path) });
  return { link: fitting, lostImage: false };
}

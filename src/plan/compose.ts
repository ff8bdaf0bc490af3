/** One channel's share of a plan: its words in its network's form, measured, split, checked. */
import type { Adapter, Media, MediaRules, PollRules, Post } from "../adapter.ts";
import { type Content, contentFor, optionsPath } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import { collectProblems, type Problem } from "../errors.ts";
import { measure } from "../text/measure.ts";
import { render } from "../text/render.ts";
import { type SplitResult, split } from "../text/split.ts";
import { type Tree, textOf, unreadIn } from "../text/tree.ts";
import type { Entity, TextRules } from "../text/types.ts";
import { sumOf } from "./charges.ts";
import {
  checkCard,
  checkCount,
  checkEncryption,
  checkFiles,
  checkLength,
  checkLink,
  checkNames,
  checkPoll,
  checkPosts,
  checkSaid,
  checkTags,
  checkTitle,
  checkUnread,
  isPlenty,
} from "./checks.ts";
import { apart, cardInText, filesOf, type Words, wordsFor } from "./content.ts";
import { digest, withoutUndefined } from "./digest.ts";
import { timesOf } from "./due.ts";
import { isPast, latenessOfPlanned, latenessProblem, pastProblem, termsOf } from "./late.ts";
import { nativeScheduleOf } from "./native-schedule.ts";
import { pollAsList } from "./poll.ts";
import type { ChannelOccurrence } from "./recurrence.ts";
import { deliveryId, type PlanInput, type PlannedDelivery, type PlannedPost, type Report } from "./types.ts";

export interface Composed {
  /** Absent when the channel is skipped, or its words could not even be put together. */
  delivery?: PlannedDelivery;
  problems: Problem[];
}

/** `occurrence` is set for a recurring campaign. `read` parses Markdown; channels share it, since many have the same text. */
export async function compose(
  channel: Channel,
  occurrence: ChannelOccurrence | undefined,
  input: PlanInput,
  read: (markdown: string) => Tree,
): Promise<Composed> {
  const { source } = input.campaign;
  const content = contentFor(input.campaign, channel);
  if (content.skip) return { problems: [] };
  const problems: Problem[] = [];
  const report: Report = (problem) => problems.push({ severity: "error", channel: channel.name, ...problem });

  const place = source.place(
    (content.text ?? content.body ?? content.summary ?? content.title)?.path ?? ["kind"],
  );
  const wrong: Problem[] = [];
  const words = collectProblems(wrong, () => wordsFor(channel, content, occurrence, input, read));
  const tree = words && collectProblems(wrong, () => read(words.markdown));
  problems.push(...wrong.map((problem) => ({ place, ...problem, channel: channel.name })));
  const { timezone, ...times } = await timesOf(channel, content, occurrence, input, report);
  const files = filesOf(content, input);
  const rules = rulesOf(channel, files, input);
  const there = content.media.filter(({ file }) => input.media.has(file));
  const placeOf = (index = 0) => there[index]?.place ?? source.place(["media"]);
  const known = (words?.media ?? files).map((file, index) => ({
    ...file,
    animated: input.media.get(there[index]?.file ?? "")?.animated,
  }));
  checkFiles(known, rules.media, channel, placeOf, report);
  if (!words || !tree) return { problems };

  const fit = content.fit ?? (channel.adapter.thread === "none" ? "refuse" : "thread");
  const least = fit === "thread" ? leastPosts(tree, rules.text) : 1;
  if (isPlenty(least, content.maxPosts)) {
    checkCount({ count: least, atLeast: true }, content.maxPosts, channel, place, report);
    return { problems };
  }
  const { body: told, ending } = apart(tree);
  const isNative = words.poll !== undefined && rules.poll !== undefined;
  const hasAnswers = channel.adapter.thread !== "none";
  const list = words.poll && !isNative ? read(pollAsList(words.poll, content, hasAnswers)) : undefined;
  const body = list ? { ...told, children: [...told.children, ...list.children] } : told;
  const result = split(
    body,
    rules.text,
    {
      fit,
      number: content.number,
      lang: content.lang,
      suffix: ending,
      warning: warningOf(content, rules.text),
      first: rules.caption,
    },
    words.context,
    render,
  );
  const inText = result.parts[0]?.rendered.entities.find(({ kind }) => kind === "link");
  const own = words.link ?? (content.card === false ? undefined : cardInText(urlOf(inText), input));
  const { link, lostImage } = checkCard(own, content, channel, input, report);
  const said = { ...words, link, ...(isNative ? {} : { poll: undefined }) };
  const posts = postsOf(result, said, content, rules.media);

  checkCount({ count: posts.length }, content.maxPosts, channel, place, report);
  checkLength(result, channel, { fit, caption: rules.caption !== undefined }, place, report);
  const titled = source.place(content.title?.path ?? ["title"]);
  checkTitle(words.title, rules.title, channel, titled, report);
  const finished = posts.map(({ post }) => post);
  const where = {
    text: place,
    media: placeOf(),
    options: source.place(optionsPath(input.campaign, channel)),
  };
  checkPosts(finished, channel, where, report);
  const asked = source.place(content.poll?.path ?? ["poll"]);
  for (const post of finished) checkPoll(post, rules.poll, channel, asked, report);
  checkSaid(finished, words.from, channel, place, report);
  if (words.link && content.link) {
    const own = content.text !== undefined;
    checkLink(words.link.url, finished, { channel, own }, source.place(content.link.path), report);
  }
  checkEncryption(channel, channel.place, report);
  checkTags(words.tags, channel, source, report);
  checkUnread(unreadIn(tree), content, input, report);
  checkNames(words.names, content, input, report);
  const parts = posts.length;

  const delivery: PlannedDelivery = {
    id: deliveryId(input.campaign.id, channel, occurrence?.wall),
    channel: channel.name,
    network: channel.network,
    audience: channel.audience,
    account: channel.accountFingerprint,
    occurrence: occurrence?.wall,
    ...times,
    ...nativeScheduleOf({ channel, content, due: times.due, parts }, input, report),
    ...termsOf(channel, content, input, report),
    timezone,
    posts,
    cost: costOf(posts, channel),
    lost: [
      ...lostOf(result, words),
      ...(list ? ["the poll, which becomes a list"] : []),
      ...(lostImage ? ["the card without its picture"] : []),
    ],
    digest: digest(posts.map(({ post }) => post)),
  };
  const lateness = latenessOfPlanned(delivery, input.now);
  if (lateness) {
    const written = lateness === "expired" ? content.expires : content.late;
    report({ ...latenessProblem(delivery, lateness), place: source.place(written?.path ?? ["every"]) });
  }
  if (isPast(delivery, input.now) && content.at)
    report({ ...pastProblem(delivery, input.now), place: source.place(content.at.path) });
  return { delivery: withoutUndefined(delivery), problems };
}

/** The words alone fill so many posts. An address may be shown short, by what its host begins with. */
function leastPosts(tree: Tree, rules: TextRules): number {
  const words = textOf(tree, (link) => textOf(link).slice(0, 12).replace(/[:.]/g, "-"));
  const { length } = measure({ text: words, entities: [] }, { ...rules, counts: "sent", bytes: undefined });
  return Math.ceil(length / rules.max);
}

interface Rules {
  text: TextRules;
  media: MediaRules | "none";
  title: Adapter["title"];
  poll: PollRules | undefined;
  /** The lower `text.max` of a post with media, where this has some. */
  caption?: number;
}

// What the server said about itself goes over what the adapter declares.
function rulesOf(channel: Channel, files: readonly Media[], { limits }: PlanInput): Rules {
  const own = limits.get(channel.name);
  const { adapter } = channel;
  const text = { ...adapter.text, ...own?.text };
  const title = adapter.title && { ...adapter.title, ...own?.title };
  const poll = adapter.poll && { ...adapter.poll, ...own?.poll };
  if (adapter.media === "none") return { text, title, poll, media: "none" };
  const media = { ...adapter.media, ...own?.media };
  const { caption } = media;
  const isLower = files.length > 0 && caption !== undefined && caption < text.max;
  return { text, title, poll, media, caption: isLower ? caption : undefined };
}

function warningOf(content: Content, rules: TextRules): string | undefined {
  if (rules.warning === undefined) return undefined;
  const value = (content.options as Record<string, unknown>)[rules.warning];
  return typeof value === "string" ? value : undefined;
}

// Title, media, poll and link card belong to the first post, which most readers meet; tags, language and options to each.
function postsOf(
  result: SplitResult,
  words: Words,
  content: Content,
  media: MediaRules | "none",
): PlannedPost[] {
  const { title, summary, link, tags, poll } = words;
  const files = media === "none" ? [] : words.media;
  const noCard = media !== "none" && media.card === "instead" && files.length > 0;
  const first = { title, summary, media: files, link: noCard ? undefined : link, poll };
  const shared = { tags: tags.map(({ value }) => value), lang: content.lang, options: content.options };
  return result.parts.map(({ rendered, measured }, index) => {
    const { text, entities, plain, blocks } = rendered;
    const post: Post = { text, entities, plain, blocks, ...(index === 0 ? first : { media: [] }), ...shared };
    return { post: withoutUndefined(post), measured };
  });
}

function urlOf(entity: Entity | undefined): string | undefined {
  return entity?.kind === "link" ? entity.url : undefined;
}

// What this markup cannot say, and who cannot be called here.
function lostOf({ parts }: SplitResult, { names }: Words): string[] {
  const lost = parts.flatMap(({ rendered }) => rendered.lost);
  return [...new Set([...lost, ...names.missed.map(({ name }) => `@${name} as a name`)])];
}

function costOf(posts: readonly PlannedPost[], { adapter }: Channel): PlannedDelivery["cost"] {
  const [cost] = sumOf(posts.map(({ post }) => adapter.cost?.(post)));
  return cost;
}

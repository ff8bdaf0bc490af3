/** One channel's share of a plan: its words in its network's form, measured, split, checked. */
import {
  type Adapter,
  type ChannelRules,
  type Media,
  type MediaRules,
  type PollRules,
  type Post,
  takesAnswers,
} from "../adapter.ts";
import { type Content, contentFor, optionsPath } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import { collectProblems, type Problem } from "../errors.ts";
import { measure } from "../text/measure.ts";
import { render } from "../text/render.ts";
import { type SplitResult, split } from "../text/split.ts";
import { type Tree, textOf, unreadIn } from "../text/tree.ts";
import type { Entity, TextRules } from "../text/types.ts";
import { sumOf } from "./charges.ts";
import { checkEncryption, checkPoll, checkPosts } from "./checks.ts";
import { apart, cardInText, filesOf, type Words, wordsFor } from "./content.ts";
import { digest, withoutUndefined } from "./digest.ts";
import { timesOf } from "./due.ts";
import { checkCard, checkFiles } from "./file-checks.ts";
import { fitMedia } from "./fit-media.ts";
import { isPast, latenessOfPlanned, latenessProblem, pastProblem, termsOf } from "./late.ts";
import { checkCount, checkLength, checkTitle, isPlenty } from "./length-checks.ts";
import { nativeScheduleOf } from "./native-schedule.ts";
import { escaped, pollAsList } from "./poll.ts";
import type { ChannelOccurrence } from "./recurrence.ts";
import { deliveryId, type PlanInput, type PlannedDelivery, type PlannedPost, type Report } from "./types.ts";
import { checkLink, checkNames, checkSaid, checkTags, checkUnread } from "./word-checks.ts";

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
  const described = there.map(({ file }) => input.media.get(file));
  const fits = content.fitMedia ?? input.config.fitMedia ?? true;
  const media = fits
    ? fitMedia(words?.media ?? files, there, described, rules.media)
    : (words?.media ?? files);
  const known = media.map((file, index) => ({ ...described[index], ...file }));
  checkFiles(known, rules.media, channel, placeOf, input.config.mediaHost, report);
  if (!words || !tree) return { problems };

  const fit = content.fit ?? (channel.adapter.thread === "none" ? "refuse" : "thread");
  const least = fit === "thread" ? leastPosts(tree, rules.text) : 1;
  if (isPlenty(least, content.maxPosts)) {
    checkCount({ count: least, atLeast: true }, content.maxPosts, channel, place, report);
    return { problems };
  }
  const { body: told, ending } = apart(tree);
  const isNative = words.poll !== undefined && rules.poll !== undefined;
  const hasAnswers = takesAnswers(channel.adapter);
  const list = words.poll && !isNative ? read(pollAsList(words.poll, content, hasAnswers)) : undefined;
  const alts = altsIn(words, rules.media, content).map((alt) => read(alt));
  const more = [...(list ? [list] : []), ...alts].flatMap(({ children }) => children);
  const body = more.length > 0 ? { ...told, children: [...told.children, ...more] } : told;
  const result = split(
    body,
    rules.text,
    {
      fit,
      number: content.number,
      lang: content.lang,
      suffix: ending,
      warning: warningOf(words, rules.text),
      first: rules.caption,
    },
    words.context,
    render,
  );
  const inText = result.parts[0]?.rendered.entities.find(({ kind }) => kind === "link");
  const own = words.link ?? (content.card === false ? undefined : cardInText(urlOf(inText), input));
  const { link, lostImage } = checkCard(own, content, channel, { ...input, fits }, report);
  const hasNoTitle = channel.adapter.title !== undefined && rules.title === undefined;
  const said = {
    ...words,
    media,
    link,
    ...(isNative ? {} : { poll: undefined }),
    ...(hasNoTitle && { title: undefined }),
  };
  const posts = postsOf(result, said, content, rules.media);
  const reply =
    words.reply === undefined
      ? undefined
      : replyPost(read(words.reply), posts, channel.adapter.answer ?? rules.text, words, content);
  const answered = source.place(content.firstReply?.path ?? content.link?.path ?? ["first_reply"]);
  if (reply) {
    posts.push(reply.post);
    checkLength(reply.result, channel, { fit: "answer", caption: false }, answered, report);
  }

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
  checkPosts(posts, channel, { ...where, answer: answered }, report);
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
    ...byHandOf(channel, posts),
    posts,
    cost: costOf(posts, channel),
    lost: [
      ...lostOf(result, words),
      ...(list ? ["the poll, which becomes a list"] : []),
      ...(lostImage || lacksImage(link, content, input) ? ["the card without its picture"] : []),
      ...(hasNoReply(words, content) ? ["the first reply, which has no place"] : []),
      ...(losesAlts(words, rules.media, content) ? ["alt texts, which have no place (`alt_in_text`)"] : []),
    ],
    differs: rules.differs.length > 0 ? [...rules.differs] : undefined,
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
  differs: readonly string[];
  /** The lower `text.max` of a post with media, where this has some. */
  caption?: number;
}

/** What the adapter's rules are with this channel's settings, as far as these are known. */
export function rulesHere({ adapter, known }: Channel): ChannelRules | undefined {
  return known && adapter.rulesFor?.(known);
}

// What the server said about itself goes over what the adapter declares.
function rulesOf(channel: Channel, files: readonly Media[], { limits }: PlanInput): Rules {
  const own = limits.get(channel.name);
  const { adapter } = channel;
  const here = rulesHere(channel);
  const text = { ...adapter.text, ...here?.text, ...own?.text };
  const title =
    here?.title === "none" ? undefined : adapter.title && { ...adapter.title, ...here?.title, ...own?.title };
  const poll = adapter.poll && { ...adapter.poll, ...here?.poll, ...own?.poll };
  const differs = [...new Set([...(here?.differs ?? []), ...(own?.differs ?? [])])];
  if (adapter.media === "none") return { text, title, poll, differs, media: "none" };
  const media = { ...adapter.media, ...here?.media, ...own?.media };
  const { caption } = media;
  const isLower = files.length > 0 && caption !== undefined && caption < text.max;
  return { text, title, poll, differs, media, caption: isLower ? caption : undefined };
}

function warningOf(words: Words, rules: TextRules): string | undefined {
  if (rules.warning === undefined) return undefined;
  const value = (words.options as Record<string, unknown>)[rules.warning];
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
  const shared = { tags: tags.map(({ value }) => value), lang: content.lang, options: words.options };
  return result.parts.map(({ rendered, measured }, index) => {
    const { text, entities, plain, blocks } = rendered;
    const post: Post = { text, entities, plain, blocks, ...(index === 0 ? first : { media: [] }), ...shared };
    return { post: withoutUndefined(post), measured };
  });
}

/** As Markdown, for the end of a text: where the author wants them, and the network has no field. */
function altsIn({ media }: Words, rules: MediaRules | "none", { altInText }: Content): string[] {
  if (!altInText || rules === "none" || rules.alt > 0) return [];
  return media.flatMap(({ alt }) => (alt === "" ? [] : [`ALT: ${escaped(alt)}`]));
}

function losesAlts({ media }: Words, rules: MediaRules | "none", { altInText }: Content): boolean {
  return !altInText && rules !== "none" && rules.alt === 0 && media.some(({ alt }) => alt !== "");
}

function byHandOf({ adapter, settings, problems }: Channel, [first]: readonly PlannedPost[]) {
  if (!adapter.byHand || !first || problems.length > 0) return {};
  return { byHand: adapter.byHand(first.post, settings).place };
}

/** Below the last post: words of its own, and the link where that stands there. */
function replyPost(
  tree: Tree,
  posts: readonly PlannedPost[],
  rules: TextRules,
  words: Words,
  content: Content,
): { post: PlannedPost; result: SplitResult } {
  const result = split(
    tree,
    rules,
    { fit: "refuse", number: false, lang: content.lang },
    words.context,
    render,
  );
  const [part] = result.parts;
  const { rendered, measured } = part!;
  const { text, entities, plain, blocks } = rendered;
  // Options that say how it appears hold for it, too: who sees it, who may answer.
  const options = posts[0]?.post.options ?? words.options;
  const post: Post = { text, entities, plain, blocks, media: [], tags: [], lang: content.lang, options };
  return { post: { post: withoutUndefined(post), measured, reply: true }, result };
}

function hasNoReply({ reply }: Words, { firstReply }: Content): boolean {
  return firstReply !== undefined && reply === undefined;
}

/** Whether the page behind this card has a picture that could not be read, and none was written. */
function lacksImage(link: Post["link"], content: Content, { cards }: PlanInput): boolean {
  const isWritten = content.card !== undefined && content.card !== false && content.card.image !== undefined;
  return link !== undefined && !isWritten && cards?.get(link.url)?.lacksImage === true;
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

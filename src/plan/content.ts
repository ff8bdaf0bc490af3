/** A channel's words: through its template, with its links and its people. */
import { type Media, type Poll, type Post, type Shape, takesAnswers } from "../adapter.ts";
import type { Content, Located } from "../campaign/campaign.ts";
import type { Locate, TemplateData } from "../campaign/template.ts";
import type { Channel } from "../config/config.ts";
import { collectProblems, InputError, type Problem } from "../errors.ts";
import type { MediaFile } from "../media/file.ts";
import { render } from "../text/render.ts";
import { type Tree, tag } from "../text/tree.ts";
import type { RenderContext } from "../text/types.ts";
import { isWebAddress } from "../yaml/fields.ts";
import { withoutUndefined } from "./digest.ts";
import { type Names, namesOn } from "./mentions.ts";
import { optionsOf } from "./options.ts";
import { pollOf } from "./poll.ts";
import type { ChannelOccurrence } from "./recurrence.ts";
import type { PlanInput } from "./types.ts";
import { withUtm } from "./utm.ts";

export interface Words {
  markdown: string;
  /** What made it: a template's file, or the campaign's `text`. */
  from: string;
  /** Plain, as everywhere that is not the text itself. */
  title?: string;
  summary?: string;
  media: Media[];
  poll?: Poll;
  /** What the network is told besides, read by its adapter. */
  options: unknown;
  link?: Post["link"];
  /** What we answer to our own post at once, as Markdown. */
  reply?: string;
  /** Filled, without `#`. */
  tags: Located<string>[];
  context: RenderContext;
  /** Filled while the words are rendered with `context`. */
  names: Names;
}

/** Throws InputError with all that is wrong, each with its place in the template or in the campaign. */
export function wordsFor(
  channel: Channel,
  content: Content,
  occurrence: ChannelOccurrence | undefined,
  input: PlanInput,
  read: (markdown: string) => Tree,
): Words {
  const { campaign, templates } = input;
  const data = dataOf(channel, content, occurrence, input);
  const problems: Problem[] = [];
  const link = collectProblems(problems, () => linkOf(content, data, input));
  const answers = takesAnswers(channel.adapter);
  // What has no place below the post stays in it.
  const isBelow = content.linkIn === "reply" && answers && link !== undefined;
  data.link = link;
  const reply = answers ? collectProblems(problems, () => replyOf(content, data, isBelow, input)) : undefined;
  if (isBelow) data.link = undefined;
  const tags = tagsOf(content, data, input, problems);
  data.tags = distinctTags(tags.map(({ value }) => value));
  const locate: Locate = (key, spot) => content[key] && campaign.source.placeIn(content[key].path, spot);
  const shape = shapeOf(channel);
  // A mail reads as an article does, unless a kind has one of its own.
  const shapes = shape === "mail" ? [shape, "article"] : [shape];
  const names = [channel.name, channel.network, ...shapes, "default"];
  const filled = collectProblems(problems, () => templates.render(campaign.kind, names, data, locate));
  const own = content.text && collectProblems(problems, () => ownText(content.text!, data, input));
  const media = collectProblems(problems, () => mediaOf(content, data, input));
  const poll = collectProblems(problems, () => pollOf(content, data, input));
  const options = collectProblems(problems, () => optionsOf(channel, content, data, input));
  const people = namesOn(channel.network, input.config.people);
  const context = collectProblems(problems, () => contextOf(channel, content, data, people, input));
  if (!filled || !context || !media || problems.length > 0) throw new InputError(problems);
  const plain = (markdown: string | undefined) =>
    markdown === undefined ? undefined : render(read(markdown), "plain", context).text;
  const title = plain(filled.title);
  const summary = plain(filled.summary);
  const card = cardOf(data.link, content, { title, summary }, input, context, (text) =>
    plain(templates.fill(text.value, data, (spot) => campaign.source.placeIn(text.path, spot))),
  );
  return {
    markdown: own ?? filled.markdown,
    from: own === undefined ? filled.template : "`text`",
    title,
    summary,
    media,
    ...(poll && { poll }),
    options,
    link: card,
    ...(reply !== undefined && { reply }),
    tags,
    context,
    names: people,
  };
}

/** The link and the tags that end a text: a thread has them on its first post, and `trim` keeps them. Notes come before. */
export function apart(tree: Tree): { body: Tree; ending?: Tree } {
  const notes = tree.children.filter(({ type }) => type === "footnoteDefinition");
  const children = notes.length > 0 ? tree.children.filter((node) => !notes.includes(node)) : tree.children;
  let from = children.length;
  while (from > 1 && isEnding(children[from - 1]!)) from--;
  if (from === children.length) return { body: tree };
  return {
    body: { ...tree, children: [...children.slice(0, from), ...notes] },
    ending: { ...tree, children: children.slice(from) },
  };
}

function isEnding(node: Tree["children"][number]): boolean {
  if (node.type !== "paragraph") return false;
  const telling = node.children.filter(
    (child) => child.type !== "break" && !(child.type === "text" && child.value.trim() === ""),
  );
  return telling.length > 0 && telling.every(({ type }) => type === "link" || type === "tag");
}

function dataOf(
  channel: Channel,
  content: Content,
  occurrence: ChannelOccurrence | undefined,
  { campaign }: PlanInput,
): TemplateData {
  const [date = "", time = ""] = occurrence?.wall.split("T") ?? [];
  return {
    title: content.title?.value,
    summary: content.summary?.value,
    body: content.body?.value,
    link: content.link?.value,
    tags: content.tags.map(({ value }) => value),
    vars: campaign.vars,
    kind: campaign.kind,
    lang: content.lang,
    timezone: occurrence?.zone ?? channel.timezone ?? campaign.timezone,
    channel: { name: channel.name, network: channel.network },
    campaign: { id: campaign.id },
    release: campaign.release,
    entry: campaign.entry,
    occurrence: occurrence && { date, time, number: occurrence.number, count: occurrence.count },
  };
}

function contextOf(
  channel: Channel,
  content: Content,
  data: TemplateData,
  { person }: Names,
  { config, templates, campaign }: PlanInput,
): RenderContext {
  const names = {
    network: channel.network,
    channel: channel.name,
    campaign: campaign.id,
    kind: campaign.kind,
  };
  const utm = Object.fromEntries(
    Object.entries(config.utm ?? {}).map(([key, value]) => [
      key,
      templates.fill(String(value), { ...data, vars: { ...data.vars, ...names } }),
    ]),
  );
  return {
    person,
    lang: content.lang,
    link: (url) => withUtm(url, utm),
  };
}

function shapeOf({ adapter, known }: Channel): Shape {
  return (known && adapter.rulesFor?.(known).shape) ?? adapter.shape;
}

/** The author's words, and the link where it stands below the post. */
function replyOf(
  { firstReply }: Content,
  data: TemplateData,
  hasLink: boolean,
  { templates, campaign }: PlanInput,
): string | undefined {
  const words = firstReply
    ? templates.fill(firstReply.value, data, (spot) => campaign.source.placeIn(firstReply.path, spot)).trim()
    : "";
  const isSaid = hasLink && data.link !== undefined && words.includes(data.link);
  const link = hasLink && !isSaid ? `<${data.link}>` : "";
  return [words, link].filter(Boolean).join("\n\n") || undefined;
}

// The author's own words for one channel: no template around them.
function ownText(text: Located<string>, data: TemplateData, { templates, campaign }: PlanInput): string {
  return templates.fill(text.value, data, (spot) => campaign.source.placeIn(text.path, spot));
}

/** The files without their words: those that are there, in the order written. */
export function filesOf(content: Content, { media }: PlanInput): Media[] {
  return content.media.flatMap(({ file: name }) => {
    const described = media.get(name);
    return described ? [fileOf(described)] : [];
  });
}

function mediaOf(content: Content, data: TemplateData, input: PlanInput): Media[] {
  const { campaign, templates } = input;
  const problems: Problem[] = [];
  const alts = content.media
    .filter(({ file }) => input.media.has(file))
    .map(({ alt: { value, path } }) =>
      collectProblems(problems, () =>
        templates.fill(value, data, (spot) => campaign.source.placeIn(path, spot)).trim(),
      ),
    );
  if (problems.length > 0) throw new InputError(problems);
  return filesOf(content, input).map((file, index) => ({ ...file, alt: alts[index] ?? "" }));
}

// `{{ release.url }}`: what comes out must be a link like any other.
function linkOf(
  { link }: Content,
  data: TemplateData,
  { templates, campaign }: PlanInput,
): string | undefined {
  if (link === undefined || !link.value.includes("{{")) return link?.value;
  const place = campaign.source.place(link.path);
  const filled = templates.fill(link.value, data, () => place).trim();
  if (isWebAddress(filled)) return filled;
  // An entry of a feed need not have an address.
  if (filled === "" && campaign.entry) return undefined;
  throw new InputError({
    severity: "error",
    code: "bad-link",
    message: filled === "" ? "the link comes out empty" : `the link comes out as \`${filled}\``,
    remedy: "Use a source that has an address (`--from github`), or write the link.",
    place,
  });
}

function tagsOf(
  { tags }: Content,
  data: TemplateData,
  { templates, campaign }: PlanInput,
  problems: Problem[],
): Located<string>[] {
  return tags.flatMap(({ value, path }) => {
    const place = campaign.source.place(path);
    const filled = collectProblems(problems, () => templates.fill(value, data, () => place)) ?? "";
    // A variable may be empty, and may bring its own sign.
    const words = filled.trim().replace(/^#/, "");
    return words === "" ? [] : [{ value: words, path }];
  });
}

// `C++` and `C#` are one hashtag, which is written once.
function distinctTags(tags: readonly string[]): string[] {
  const known = new Set<string>();
  return tags.filter((text) => {
    const key = (tag(text)?.value ?? text).toLowerCase();
    return !known.has(key) && known.add(key);
  });
}

function cardOf(
  link: string | undefined,
  { card }: Content,
  { title, summary }: Pick<Words, "title" | "summary">,
  { media, cards }: PlanInput,
  context: RenderContext,
  fill: (text: Located<string>) => string | undefined,
): Post["link"] {
  if (link === undefined || card === false) return undefined;
  const url = context.link?.(link) ?? link;
  const page = cards?.get(url);
  const described = card?.image ? media.get(card.image.value) : page?.image;
  return withoutUndefined({
    url,
    title: card?.title ? fill(card.title) : (page?.title ?? title),
    description: card?.description ? fill(card.description) : (page?.description ?? summary),
    image: described && fileOf(described),
  });
}

/** The card of a link that stands only in the text. */
export function cardInText(url: string | undefined, { cards }: PlanInput): Post["link"] {
  const page = url === undefined ? undefined : cards?.get(url);
  if (!page || url === undefined) return undefined;
  const { title, description, image } = page;
  return withoutUndefined({ url, title, description, image: image && fileOf(image) });
}

function fileOf({ file, sha256, type, bytes, width, height }: Omit<MediaFile, "path">): Media {
  return withoutUndefined({ file, sha256, type, bytes, width, height, alt: "" });
}

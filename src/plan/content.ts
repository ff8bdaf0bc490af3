/** A channel's words: through its template, with its links and its people. */
import type { Media, Post } from "../adapter.ts";
import type { Said, Worded } from "../campaign/campaign.ts";
import type { Locate, TemplateData } from "../campaign/template.ts";
import type { Channel } from "../config/config.ts";
import { gather, InputError, type Problem } from "../errors.ts";
import { render } from "../text/render.ts";
import { type Tree, tag } from "../text/tree.ts";
import type { RenderContext } from "../text/types.ts";
import { isWebAddress } from "../yaml/fields.ts";
import { withoutUndefined } from "./digest.ts";
import { type Names, namesOn } from "./mentions.ts";
import type { Turn } from "./recurrence.ts";
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
  link?: Post["link"];
  /** Filled, without `#`. */
  tags: Worded[];
  context: RenderContext;
  /** Filled while the words are rendered with `context`. */
  names: Names;
}

/** Throws InputError with all that is wrong, each with its place in the template or in the campaign. */
export function wordsFor(
  channel: Channel,
  said: Said,
  turn: Turn | undefined,
  input: PlanInput,
  read: (markdown: string) => Tree,
): Words {
  const { campaign, templates } = input;
  const data = dataOf(channel, said, turn, input);
  const problems: Problem[] = [];
  data.link = gather(problems, () => linkOf(said, data, input));
  const tags = tagsOf(said, data, input, problems);
  data.tags = once(tags.map(({ text }) => text));
  const locate: Locate = (key, spot) => said[key] && campaign.source.placeIn(said[key].path, spot);
  const names = [channel.name, channel.network, channel.adapter.shape, "default"];
  const filled = gather(problems, () => templates.render(campaign.kind, names, data, locate));
  const own = said.text && gather(problems, () => ownText(said.text!, data, input));
  const media = gather(problems, () => mediaOf(said, data, input));
  const people = namesOn(channel.network, input.config.people);
  const context = gather(problems, () => contextOf(channel, said, data, people, input));
  if (!filled || !context || !media || problems.length > 0) throw new InputError(problems);
  const plain = (markdown: string | undefined) =>
    markdown === undefined ? undefined : render(read(markdown), "plain", context).text;
  const title = plain(filled.title);
  const summary = plain(filled.summary);
  return {
    markdown: own ?? filled.markdown,
    from: own === undefined ? filled.template : "`text`",
    title,
    summary,
    media,
    link: cardOf(data.link, { title, summary }, context),
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

function dataOf(channel: Channel, said: Said, turn: Turn | undefined, { campaign }: PlanInput): TemplateData {
  const [date = "", time = ""] = turn?.wall.split("T") ?? [];
  return {
    title: said.title?.text,
    summary: said.summary?.text,
    body: said.body?.text,
    link: said.link?.text,
    tags: said.tags.map(({ text }) => text),
    vars: campaign.vars,
    kind: campaign.kind,
    lang: said.lang,
    timezone: turn?.zone ?? channel.timezone ?? campaign.timezone,
    channel: { name: channel.name, network: channel.network },
    campaign: { id: campaign.id },
    release: campaign.release,
    occurrence: turn && { date, time, number: turn.number, count: turn.count },
  };
}

function contextOf(
  channel: Channel,
  said: Said,
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
    lang: said.lang,
    link: (url) => withUtm(url, utm),
  };
}

// The author's own words for one channel: no template around them.
function ownText(text: Worded, data: TemplateData, { templates, campaign }: PlanInput): string {
  return templates.fill(text.text, data, (spot) => campaign.source.placeIn(text.path, spot));
}

/** The files without their words: those that are there, in the order written. */
export function filesOf(said: Said, { media }: PlanInput): Media[] {
  return said.media.flatMap(({ file: name }) => {
    const described = media.get(name);
    if (!described) return [];
    const { file, sha256, type, bytes, width, height } = described;
    return [withoutUndefined({ file, sha256, type, bytes, width, height, alt: "" })];
  });
}

function mediaOf(said: Said, data: TemplateData, input: PlanInput): Media[] {
  const { campaign, templates } = input;
  const problems: Problem[] = [];
  const alts = said.media
    .filter(({ file }) => input.media.has(file))
    .map(({ alt: { text, path } }) =>
      gather(problems, () =>
        templates.fill(text, data, (spot) => campaign.source.placeIn(path, spot)).trim(),
      ),
    );
  if (problems.length > 0) throw new InputError(problems);
  return filesOf(said, input).map((file, index) => ({ ...file, alt: alts[index] ?? "" }));
}

// `{{ release.url }}`: what comes out must be a link like any other.
function linkOf({ link }: Said, data: TemplateData, { templates, campaign }: PlanInput): string | undefined {
  if (link === undefined || !link.text.includes("{{")) return link?.text;
  const place = campaign.source.place(link.path);
  const filled = templates.fill(link.text, data, () => place).trim();
  if (isWebAddress(filled)) return filled;
  throw new InputError({
    severity: "error",
    code: "bad-link",
    message: filled === "" ? "the link comes out empty" : `the link comes out as \`${filled}\``,
    remedy: "Take a source that knows an address (`--from github`), or write the link out.",
    place,
  });
}

function tagsOf(
  { tags }: Said,
  data: TemplateData,
  { templates, campaign }: PlanInput,
  problems: Problem[],
): Worded[] {
  return tags.flatMap(({ text, path }) => {
    const filled =
      gather(problems, () => templates.fill(text, data, () => campaign.source.place(path))) ?? "";
    // A variable may be empty, and may bring its own sign.
    const words = filled.trim().replace(/^#/, "");
    return words === "" ? [] : [{ text: words, path }];
  });
}

// `C++` and `C#` are one hashtag, and nobody wants to read it twice.
function once(tags: readonly string[]): string[] {
  const said = new Set<string>();
  return tags.filter((text) => {
    const key = (tag(text)?.value ?? text).toLowerCase();
    return !said.has(key) && said.add(key);
  });
}

function cardOf(
  link: string | undefined,
  { title, summary }: Pick<Words, "title" | "summary">,
  context: RenderContext,
): Post["link"] {
  if (link === undefined) return undefined;
  return withoutUndefined({ url: context.link?.(link) ?? link, title, description: summary });
}

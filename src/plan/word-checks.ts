/** Whether the words arrive as they were meant: links, tags, names, and signs that are read otherwise. */
import type { Post } from "../adapter.ts";
import type { Campaign, Content, Located } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import type { Place } from "../errors.ts";
import { suggest } from "../suggest.ts";
import { tag, type Unread } from "../text/tree.ts";
import type { Source } from "../yaml/source.ts";
import type { Names } from "./mentions.ts";
import type { PlanInput, Report } from "./types.ts";

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

/** What readers see: https://learn.microsoft.com/linkedin/marketing/community-management/shares/little-text-format. */
import { escapeHtml } from "../../html.ts";
import type { SandboxPost, World } from "../../network.ts";
import { sniff } from "../../sniff.ts";
import { ID, MAX, type Share, type State } from "./state.ts";

const RESERVED = /[|{}@[\]()<>#*_~\\]/;

/** Until the first reserved character that is not escaped, and is neither a mention nor a hashtag. */
function shownText(commentary: string): { text: string; html: string } {
  let [shown, html] = ["", ""];
  let rest = commentary;
  const add = (words: string, marked = escapeHtml(words)) => {
    shown += words;
    html += marked;
  };
  while (rest !== "") {
    const tag = /^\{hashtag\|\\?#\|((?:\\.|[^}\\|])*)\}/.exec(rest);
    const mention = /^@\[((?:\\.|[^\]\\])*)\]\((urn:li:\w+:[\w-]+)\)/.exec(rest);
    const bare = /^#[\p{L}\p{N}_]+/u.exec(rest);
    const escaped = /^\\(.)/su.exec(rest);
    if (tag) add(`#${plain(tag[1]!)}`, `<span class="tag">#${escapeHtml(plain(tag[1]!))}</span>`);
    else if (mention)
      add(plain(mention[1]!), `<span class="mention">${escapeHtml(plain(mention[1]!))}</span>`);
    else if (bare) add(bare[0], `<span class="tag">${escapeHtml(bare[0])}</span>`);
    else if (escaped && RESERVED.test(escaped[1]!)) add(escaped[1]!);
    else if (RESERVED.test(rest[0]!)) break;
    else add([...rest][0]!);
    rest = rest.slice(
      (tag ?? mention ?? bare ?? (escaped && RESERVED.test(escaped[1]!) ? escaped : null))?.[0].length ??
        [...rest][0]!.length,
    );
  }
  return { text: shown, html };
}

function plain(words: string): string {
  return words.replace(/\\(.)/gsu, "$1");
}

export function postOf(share: Share, world: World): SandboxPost {
  const { urn, author, at, files, content, visibility, commentary } = share;
  const { text, html } = shownText(commentary);
  const article = content?.article as
    | { source: string; title: string; description?: string; thumbnail?: string }
    | undefined;
  const poll = content?.poll as { question: string; options: { text: string }[] } | undefined;
  const picture =
    article?.thumbnail === undefined
      ? undefined
      : world
          .state<State>(ID, () => ({ shares: new Map(), files: new Map(), comments: [], sequence: 0 }))
          .files.get(article.thumbnail)?.bytes;
  return {
    network: ID,
    account: author,
    id: urn,
    url: `${world.base(ID)}/feed/update/${urn}/`,
    at,
    text,
    html,
    media: files.map(({ file, alt }) => ({
      type: sniff(file.bytes!) ?? "application/pdf",
      alt,
      bytes: file.bytes!,
    })),
    length: commentary.length,
    max: MAX,
    notes: [
      ...(visibility === "PUBLIC" ? [] : [visibility.toLowerCase()]),
      ...(poll ? [`poll: ${poll.question} ${poll.options.map((option) => option.text).join(" / ")}`] : []),
    ],
    ...(article && {
      card: {
        url: article.source,
        title: article.title,
        ...(article.description && { description: article.description }),
        ...(picture && { image: { type: sniff(picture) ?? "image/png", alt: "", bytes: picture } }),
      },
    }),
  };
}

/**
 * Servers that speak Mastodon's API in their own way, below `/~NAME`: pixelfed (ApiV1Controller.php, 2024-03), gotosocial
 * (2025-10), pleroma (idempotency_plug.ex, application.ex), friendica (Mastodon/Statuses.php, 2024-10), snac (mastoapi.c,
 * format.c). Read 2026-11-27.
 */
import { escapeHtml } from "../../html.ts";
import { markdownHtml } from "../../markdown.ts";

export interface Software {
  version: string;
  source?: string;
  /** What it says of itself and holds others to. */
  max: number;
  files: number;
  alt: number;
  polls: { options: number; length: number } | "none";
  /** A repeat of a key is answered like the first one, refused, or not noticed. */
  keys: "replayed" | "refused" | "ignored";
  keysMs: number;
  /** Only answers go without a file. */
  needsFile?: true;
  visibilities: readonly string[];
  warning?: number;
  /** It knows nothing of posts for later. */
  schedules?: false;
  /** It has only the first version's description. */
  v2?: false;
  /** What it makes of a text; default: links, mentions and tags. */
  html?(text: string): string;
}

const HOUR = 3_600_000;
const ALL = ["public", "unlisted", "private", "direct"];
const USUAL = { files: 4, alt: 1_500, visibilities: ALL } as const;

const mastodon: Software = {
  ...USUAL,
  version: "4.4.0",
  source: "https://github.com/mastodon/mastodon",
  max: 500,
  polls: { options: 4, length: 50 },
  keys: "replayed",
  keysMs: HOUR,
};

const SOFTWARE: Readonly<Record<string, Software>> = {
  mastodon,
  gotosocial: {
    ...mastodon,
    version: "0.20.0+git-8c3b4d5",
    source: "https://codeberg.org/superseriousbusiness/gotosocial",
    max: 5_000,
    files: 6,
    alt: 5_000,
    polls: { options: 6, length: 50 },
    keys: "ignored",
  },
  pixelfed: {
    ...mastodon,
    version: "3.5.3 (compatible; Pixelfed 0.12.4)",
    source: undefined,
    alt: 1_000,
    polls: "none",
    keys: "refused",
    needsFile: true,
    visibilities: ["public", "unlisted", "private"],
    warning: 140,
    schedules: false,
    v2: false,
  },
  pleroma: {
    ...mastodon,
    version: "2.7.2 (compatible; Pleroma 2.8.0)",
    source: undefined,
    max: 5_000,
    keysMs: 6 * HOUR,
    v2: false,
  },
  friendica: {
    ...mastodon,
    version: "2.8.0 (compatible; Friendica 2024.12)",
    source: undefined,
    max: 200_000,
    keys: "ignored",
    html: (text) => markdownHtml(text),
  },
  snac: {
    ...mastodon,
    version: "4.0.0 (not true; really snac/2.76)",
    source: "https://comam.es/what-is-snac",
    max: 100_000,
    keys: "ignored",
    schedules: false,
    html: notReallyMarkdown,
  },
};

export const NAMES = Object.keys(SOFTWARE);

/** The one that a path is below, and the path without it. */
export function softwareAt(path: string): { name: string; path: string } {
  const [, name = "mastodon", rest = path] = /^\/~(\w+)(\/.*)$/s.exec(path) ?? [];
  return Object.hasOwn(SOFTWARE, name) ? { name, path: rest } : { name: "mastodon", path };
}

export function softwareNamed(name: string): Software {
  return SOFTWARE[name] ?? mastodon;
}

const SMILEYS: [string, string][] = [
  [":-)", "🙂"],
  [":-D", "😀"],
  [":shrug:", "🤷"],
];

/** Backticks, stars, quotes and smileys, line by line. */
function notReallyMarkdown(text: string): string {
  const inline = (line: string) =>
    SMILEYS.reduce((all, [sign, picture]) => all.replaceAll(sign, picture), line)
      .split(/(`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*|https?:\/\/\S+)/)
      .map((piece, index) => (index % 2 === 1 ? marked(piece) : escapeHtml(piece)))
      .join("");
  return text
    .split("\n")
    .map((line) =>
      line.startsWith(">")
        ? `<blockquote>${inline(line.replace(/^>\s*/, ""))}</blockquote>`
        : `${inline(line)}<br>`,
    )
    .join("");
}

function marked(piece: string): string {
  const words = escapeHtml(piece);
  if (piece.startsWith("`")) return `<code>${words.slice(1, -1)}</code>`;
  if (piece.startsWith("**")) return `<b>${words.slice(2, -2)}</b>`;
  if (piece.startsWith("*")) return `<i>${words.slice(1, -1)}</i>`;
  return `<a href="${words}" target="_blank">${words}</a>`;
}

/**
 * What the servers that speak Mastodon's API do otherwise, as data. Mastodon itself: docs.joinmastodon.org. The others from
 * their sources: pixelfed/pixelfed (ApiV1Controller, 2024-03), superseriousbusiness/gotosocial (2025-10), friendica/friendica
 * (Mastodon/Statuses, 2024-10), Pleroma (application.ex, idempotency_plug.ex), snac (mastoapi.c, format.c); read 2026-11-27.
 */
import type { ChannelRules, Idempotency, Objection, Post } from "../../adapter.ts";
import { lengthOf } from "../../text/measure.ts";

type Visibility = "public" | "unlisted" | "private" | "direct";
type Options = { visibility?: Visibility; spoiler_text?: string };

export interface Software {
  /** As it writes itself. */
  name: string;
  /** Where a server names its software, in its version or beside it. */
  says: RegExp;
  /** How long it knows a repeat of the same key. */
  idempotency: Idempotency;
  /** Over what is declared for Mastodon; `differs` is what the plan says. */
  rules: ChannelRules;
  /** Who may see a post, where not everybody who may on Mastodon. */
  visibility?: readonly Visibility[];
  /** The most graphemes of a content warning, where it has a limit of its own. */
  warning?: number;
  /** It draws no polls. */
  polls?: false;
}

const HELD = "a repeat is not recognised: after a lost answer the account's posts are looked through";

export const SOFTWARE = {
  mastodon: {
    name: "Mastodon",
    says: /^mastodon$|mastodon\/mastodon|glitch|hometown/i,
    idempotency: "1h",
    rules: {},
  },
  gotosocial: {
    name: "GoToSocial",
    says: /gotosocial/i,
    // The header is let through and read by nothing.
    idempotency: "none",
    rules: {
      text: { max: 5_000 },
      media: { count: 6, alt: 5_000 },
      poll: { choices: [2, 6] },
      differs: [HELD],
    },
  },
  pixelfed: {
    name: "Pixelfed",
    says: /pixelfed/i,
    // The key is noted before the post is made, and a repeat is refused: whether there is a post it does not say.
    idempotency: "none",
    rules: {
      text: { max: 500 },
      media: {
        count: 4,
        least: 1,
        alt: 1_000,
        image: { types: ["image/jpeg", "image/png", "image/gif"], bytes: 15_000_000 },
      },
      differs: [HELD],
    },
    visibility: ["public", "unlisted", "private"],
    warning: 140,
    polls: false,
  },
  pleroma: {
    name: "Pleroma",
    says: /pleroma/i,
    idempotency: "6h",
    rules: { text: { max: 5_000, unit: "codepoint" } },
  },
  akkoma: {
    name: "Akkoma",
    says: /akkoma/i,
    idempotency: "6h",
    rules: { text: { max: 5_000, unit: "codepoint" } },
  },
  friendica: {
    name: "Friendica",
    says: /friendica/i,
    idempotency: "none",
    // Whatever a text says that it is, it is read as Markdown.
    rules: {
      text: { markup: "markdown" },
      differs: [HELD, "a content warning of a first post becomes its title"],
    },
  },
  snac: {
    name: "snac",
    says: /\bsnac\b|what-is-snac/i,
    idempotency: "none",
    rules: {
      differs: [
        HELD,
        "stars, backticks, `>` and smileys become markup and pictures, and a post so changed waits for a person",
      ],
    },
  },
} as const satisfies Record<string, Software>;

export type SoftwareName = keyof typeof SOFTWARE;
export const NAMES = Object.keys(SOFTWARE) as SoftwareName[];

export function softwareOf(name: SoftwareName | undefined): Software {
  return SOFTWARE[name ?? "mastodon"];
}

/** By what a server says of itself: the most telling word first. Only Mastodon's own code is known to be Mastodon. */
export function recognised(said: string): SoftwareName | undefined {
  const others = NAMES.filter((name) => name !== "mastodon");
  return [...others, "mastodon" as const].find((name) => softwareOf(name).says.test(said));
}

/** What this software refuses though Mastodon takes it. */
export function objections(post: Post<Options>, { name, visibility, warning, polls }: Software): Objection[] {
  const found: Objection[] = [];
  const asked = post.options.visibility;
  if (visibility && asked !== undefined && !visibility.includes(asked))
    found.push({
      message: `${name} knows no post that is \`${asked}\``,
      remedy: `Take ${visibility.map((one) => `\`${one}\``).join(" or ")}.`,
      about: "options",
    });
  const length = warning === undefined ? 0 : lengthOf(post.options.spoiler_text ?? "", "grapheme");
  if (warning !== undefined && length > warning)
    found.push({
      message: `the content warning has ${length} characters; ${name} takes ${warning}`,
      remedy: "Shorten `spoiler_text`.",
      about: "options",
    });
  if (polls === false && post.poll)
    found.push({ message: `${name} draws no polls`, remedy: "Leave the poll out under `only:`." });
  return found;
}

/** What a server shows, with the address behind each link's words where the text that was sent has it, too. */
export function asSent(html: string, name: SoftwareName | undefined): string {
  if (softwareOf(name).rules.text?.markup !== "markdown") return html;
  return html.replace(
    /<a\b[^>]*\bhref="([^"]*)"[^>]*>(.*?)<\/a>/gis,
    (whole, address: string, words: string) =>
      /^\s*(?:<[^>]*>)*[@#]/.test(words) || words.includes(address) ? whole : `${words} (${address})`,
  );
}

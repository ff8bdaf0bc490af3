/** What a campaign says, and whether it fits. */
import type { ProblemCode } from "../../errors.ts";
import type { Cause } from "./explanation.ts";

export const CAMPAIGN = {
  "bad-condition": {
    why: "`when:` compares values with ==, !=, <, >, <=, >= or contains, joined with `and` and `or`; nothing else.",
    example: "when: release.prerelease == false",
  },
  "bad-id": {
    why: "The id contains Liquid, and comes out empty, too long, or on several lines.",
    example: "broadcast plan campaigns/release.yml --from changelog",
  },
  "bad-link": {
    why: "The link contains Liquid, and its value is empty or is not a web address.",
    example: "link: https://acme.example/blog/2-4",
  },
  "bad-poll": {
    why: "Each network has its own number and length of choices, and its own times; some have no polls.",
    example: "only:\n  news: { text: Which one shall it be? }",
  },
  "internal-to-external": {
    why: "The campaign is internal, by `audience:` or by its kind, and a channel is `external`.",
    example: "allow_external: [mastodon]",
  },
  "missing-language": {
    why: "The text is written by language, and a translation is missing.",
    example: "title:\n  en: Acme 2.4 is out\n  it: È uscito Acme 2.4",
  },
  "card-unread": {
    why: "The page behind the link is not there, takes too long, or is on a private network. Nothing waits for it.",
    example: "card: { title: Acme 2.4, description: Twice as fast, image: images/card.png }",
  },
  "dead-link": {
    why: "The server of the page says 404 or 410. The page may not be out yet, or its address may have a mistake.",
    example: "link: https://acme.example/blog/2-4",
  },
  quota: {
    why: "The network takes so many posts in a while, and the ledger remembers what the account has sent. What is over that waits.",
    example: "broadcast schedule",
  },
  "no-store": {
    why: "With `deliver: workers`, `send` puts the files of posts into `media_store` before it enters them. That folder or bucket does not take them.",
    example: "media_store: /mnt/shared/media",
  },
  "over-budget": {
    why: "Some networks charge for each post. `budget:` is the most that a calendar month may cost; what is out, what may be out and what waits count.",
    example: "budget: { month: 20, currency: USD }",
  },
  "mixed-languages": {
    why: "One text is translated and another is not, so a channel in another language gets both beside each other.",
    example:
      "title:\n  en: Faster morning rounds\n  it: Giri mattutini più veloci\nbody:\n  en: From today.\n  it: Da oggi.",
  },
  "no-effect": {
    why: "The key is for a channel that the campaign does not go to, or a `text:` of its own leaves the link out.",
    example: 'only:\n  mastodon: { text: "It is out: {{ link }}" }',
  },
  "no-language": {
    why: "The text is written by language, and neither the channel nor the campaign says `lang`.",
    example: "lang: en",
  },
  "no-notes": {
    why: "Its section in the changelog is empty, its tag or release says nothing, or everything is housekeeping.",
    example: "kind: release\nsummary: Dependencies only; nothing changes for you.\nchannels: [news]",
  },
  "no-release": {
    why: "`--from` is missing, or its source has no release of this version: no tag, no section in the changelog.",
    example: "broadcast plan campaigns/release.yml --from tag --from changelog",
  },
  "no-template": {
    why: "The project has its own templates, and they lack this kind.",
    example: "broadcast init --kind release --templates --yes",
  },
  "feed-unreadable": {
    why: "The campaign announces a feed, and it could not be read: its server does not answer, it is not a feed, or it leads to an address of this computer or its network. Nothing of it is lost: the next run reads it again.",
    example: "broadcast schedule",
  },
  todo: {
    why: "`broadcast new` writes a TODO where the author has not said anything yet. A line that begins with `TODO:` is never sent.",
    example: "broadcast preview campaigns/decision.yml --watch",
  },
  "nothing-to-say": {
    why: "The campaign has no title, summary, body, link or media, or the template uses none of them.",
    example: "title: Acme 2.4 is out",
  },
  "nothing-to-send": {
    why: "`only:` says `skip: true` for every channel.",
    example: "channels: [mastodon, bluesky]",
  },
  "number-rewritten": {
    why: "YAML reads everything that looks like a number as one, versions as well: 2.10 becomes 2.1.",
    example: 'vars: { version: "2.10" }',
  },
  "refused-by-network": {
    why: "The network's documents state a rule besides length and media: a required option, or two options that exclude each other.",
    example: "broadcast preview campaigns/release.yml --watch",
  },
  "network-warns": {
    why: "The network takes the post, and readers may not see it as you expect: it waits for a review, or a field has no place there.",
    example: "broadcast preview campaigns/release.yml",
  },
  "reserved-name": {
    why: "`vars:` has a name that the campaign uses itself, such as `title`, `link` or `channel`.",
    example: "vars: { version: 2.4.0 }",
  },
  "markdown-too-complex": {
    why: "The text is very long, or has many thousands of lines, table cells, asterisks or brackets, usually after a paste. Parsing it would take minutes.",
    example: "broadcast preview campaigns/release.yml",
  },
  "template-limit": {
    why: "A loop in the template runs too often.",
    example: "{% for tag in tags %}#{{ tag }} {% endfor %}",
  },
  "template-syntax": {
    why: "A brace, a quote or a closing tag is missing.",
    example: "{% if link %}{{ link }}{% endif %}",
  },
  "title-missing": {
    why: "What the network shows in its lists is the title.",
    example: "title: Acme 2.4 is out",
  },
  "title-too-long": {
    why: "Each network has its own limit for titles. Nothing is cut silently.",
    example: "only:\n  news: { title: Acme 2.4 }",
  },
  "too-many-posts": {
    why: "A long thread is hardly ever meant, and a network may take it for spam. 25 posts unless a number is set.",
    example: "only:\n  mastodon: { text: Read all of it at https://acme.example/2-4 }",
  },
  "too-long": {
    why: "Each network has its own limit, and its own way to count links, emoji and bytes. Nothing is cut silently.",
    example: "broadcast preview campaigns/release.yml --watch",
  },
  trimmed: {
    why: "The text is longer than the network takes, and the campaign says `fit: trim`.",
    example: "fit: thread",
  },
  "undefined-variable": {
    why: "The name is misspelt or missing under `vars:`, or the braces were meant as text.",
    example: "vars: { version: 2.4.0 }",
  },
  unencrypted: {
    why: "Its address in broadcast.yml begins with `http://`, and is not this computer's.",
    example: "channels:\n  social: { network: mastodon, server: https://social.example }",
  },
  "unknown-filter": {
    why: "The filter is misspelt, or belongs to another program's Liquid.",
    example: "{{ title | upcase }}",
  },
  "unknown-person": {
    why: "Only people listed under `people:` are mentioned. Any other name is written without the `@`.",
    example: "people:\n  marta: { mastodon: marta@mastodon.example }",
  },
} satisfies Partial<Record<ProblemCode, Cause>>;

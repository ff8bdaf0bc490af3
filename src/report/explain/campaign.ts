/** What a campaign says, and whether it fits. */
import type { ProblemCode } from "../../errors.ts";
import type { Explanation } from "./explanation.ts";

export const CAMPAIGN = {
  "bad-condition": {
    means: "`when:` is not a condition that can be read.",
    why: "It compares values with ==, !=, <, >, <=, >= or contains, joined with `and` and `or`; nothing else.",
    remedy: "Write it in that form.",
    example: "when: release.prerelease == false",
  },
  "bad-id": {
    means: "The campaign's id comes out empty, too long, or on several lines.",
    why: "It is made from words that are filled in, and one of them is empty.",
    remedy: "Look at what the id names; `--from` brings the facts of a release.",
    example: "broadcast plan campaigns/release.yml --from changelog",
  },
  "bad-link": {
    means: "The link that is filled in comes out as something that is no web address.",
    why: "The value that it names is empty or holds something else.",
    remedy: "Take a source that knows the address, or write the link out.",
    example: "link: https://acme.example/blog/2-4",
  },
  "bad-poll": {
    means: "The network does not take this poll.",
    why: "Each network has its own number and length of choices, and its own times; some have no polls.",
    remedy: "Change the poll, or leave it out for this channel.",
    example: "only:\n  news: { text: Which one shall it be? }",
  },
  "internal-to-external": {
    means: "An internal campaign would reach a channel that the world can read. It is stopped.",
    why: "The campaign says `audience: internal`, or its kind is internal by itself, and a channel is `external`.",
    remedy: "Take the channel out. If the world may read this, name the channel under `allow_external`.",
    example: "allow_external: [mastodon]",
  },
  "missing-language": {
    means: "A text is written by language, and the language of this channel is not among them.",
    why: "A translation is missing.",
    remedy: "Add the words in that language.",
    example: "title:\n  en: Acme 2.4 is out\n  it: È uscito Acme 2.4",
  },
  "no-effect": {
    means: "Something that the campaign says reaches nobody.",
    why: "It is for a channel to which the campaign does not go, or a `text:` of one's own leaves the `link` out.",
    remedy: "Remove it; or add the channel, or write `{{ link }}` into the text.",
    example: 'only:\n  mastodon: { text: "It is out: {{ link }}" }',
  },
  "no-language": {
    means: "A text is written by language, and it is not known which one this channel speaks.",
    why: "Neither the channel nor the campaign says `lang`.",
    remedy: "Write `lang:` for the channel in broadcast.yml, or for the campaign.",
    example: "lang: en",
  },
  "no-notes": {
    means: "The release has no notes, or none that a short post would repeat.",
    why: "Its section in the changelog is empty, its tag or release says nothing, or everything is housekeeping.",
    remedy: "Write what is new where the notes are read, or give the campaign a `summary` of its own.",
    example: "kind: release\nsummary: Dependencies only; nothing changes for you.\nchannels: [news]",
  },
  "no-release": {
    means: "The facts of the release that the campaign asks for are not known.",
    why: "`--from` is missing, or its source has no release of this version: no tag, no section in the changelog.",
    remedy: "Name a source that knows the release.",
    example: "broadcast plan campaigns/release.yml --from tag --from changelog",
  },
  "no-template": {
    means: "There is no template for this kind of campaign.",
    why: "The project's own templates take the place of those that come along, and lack this kind.",
    remedy: "Write the file that the message names, or give the channels a `text` of their own.",
    example: "broadcast init --kind release --templates --yes",
  },
  "nothing-to-say": {
    means: "The post would be empty.",
    why: "The campaign has no title, summary, body, link or media, or the template uses none of them.",
    remedy: "Write at least a title or a body.",
    example: "title: Acme 2.4 is out",
  },
  "nothing-to-send": {
    means: "Every channel of the campaign is skipped.",
    why: "`only:` says `skip: true` for all of them.",
    remedy: "Leave at least one channel without `skip`.",
    example: "channels: [mastodon, bluesky]",
  },
  "number-rewritten": {
    means: "YAML reads the value as a number and writes it in another way: 2.10 becomes 2.1.",
    why: "What looks like a number is one to YAML, versions as well.",
    remedy: "Put it in quotes.",
    example: 'vars: { version: "2.10" }',
  },
  "refused-by-network": {
    means: "The network would refuse this post, for a reason that it states in its documents.",
    why: "A rule besides length and media: an option that is missing, or two that do not go together.",
    remedy: "Change what the message names, for this channel alone under `only:`.",
    example: "broadcast preview campaigns/release.yml --watch",
  },
  "reserved-name": {
    means: "A value of your own has the name of something that the campaign says itself.",
    why: "`vars:` names it `title`, `link`, `channel` or alike, and would hide the campaign's own.",
    remedy: "Choose another name.",
    example: "vars: { version: 2.4.0 }",
  },
  "markdown-too-complex": {
    means: "The text has so many marks inside each other that reading it as Markdown would take for ever.",
    why: "Thousands of asterisks, brackets or quotes in a row: a slip, or a paste that went wrong.",
    remedy: "Look at the text for long rows of marks, and remove them.",
    example: "broadcast preview campaigns/release.yml",
  },
  "template-limit": {
    means: "The template takes longer, or makes more text, than any post can need.",
    why: "A loop in it runs far too often.",
    remedy: "Check its loops.",
    example: "{% for tag in tags %}#{{ tag }} {% endfor %}",
  },
  "template-syntax": {
    means: "Liquid, the language of the templates, does not understand this.",
    why: "A brace, a quote or a closing tag is missing.",
    remedy: "Look at the place that is shown.",
    example: "{% if link %}{{ link }}{% endif %}",
  },
  "title-missing": {
    means: "This network takes no post without a title, and the campaign has none.",
    why: "What the network shows in its lists is the title.",
    remedy: "Write a `title:`.",
    example: "title: Acme 2.4 is out",
  },
  "title-too-long": {
    means: "The title is longer than this network takes. Nothing is cut by itself.",
    why: "Each network has its own limit for titles.",
    remedy: "Shorten it, or give this channel a title of its own.",
    example: "only:\n  news: { title: Acme 2.4 }",
  },
  "too-many-posts": {
    means: "The text makes more posts than a thread may have here.",
    why: "A long thread is hardly ever meant, and a network may take it for spam. 25 posts unless a number is set.",
    remedy: "Shorten the text, or give this channel one of its own; set `max_posts` if it is meant.",
    example: "only:\n  mastodon: { text: Read all of it at https://acme.example/2-4 }",
  },
  "too-long": {
    means: "The text is longer than this network takes. Nothing is cut by itself.",
    why: "Each network has its own limit, and counts in its own way: links, emoji and bytes.",
    remedy:
      "Shorten it, give this channel a text of its own, or say how it may be made to fit: `fit: thread` or `fit: trim`.",
    example: "broadcast preview campaigns/release.yml --watch",
  },
  trimmed: {
    means: "The text is cut to the network's limit, because the campaign says `fit: trim`.",
    why: "It is longer than the network takes.",
    remedy: "Read what is left. To keep all of it, shorten the text or write `fit: thread`.",
    example: "fit: thread",
  },
  "undefined-variable": {
    means: "The text names a value that nobody gave.",
    why: "It is misspelt, or missing under `vars:`.",
    remedy: "Add it under `vars:`, or take the name that is suggested.",
    example: "vars: { version: 2.4.0 }",
  },
  "unknown-filter": {
    means: "The text uses a filter that Liquid does not have here.",
    why: "It is misspelt, or comes from another program's Liquid.",
    remedy: "Take the one that is suggested.",
    example: "{{ title | upcase }}",
  },
  "unknown-person": {
    means: "The text calls somebody who is not listed, and somebody with nearly that name is.",
    why: "Only who stands under `people:` in broadcast.yml is called; anybody else is written as a name, without the `@`.",
    remedy: "Write the name as it is listed, or list this person too.",
    example: "people:\n  marta: { mastodon: marta@mastodon.example }",
  },
} satisfies Partial<Record<ProblemCode, Explanation>>;

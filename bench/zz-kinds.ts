const section = `## Version 2.4.0

We have **made** it, and it is *good*. It needs 5 GB of disk; see [the notes](https://acme.example/blog/2-4) for more. Thanks to @maria, as ever. #release

1. Offline mode: everything you do is kept and sent later, e.g. on trains.
2. A new CLI, with completion for bash, zsh and fish: \`acme sync --all\`.

> It is the best that we have seen so far, and we have seen a few.

これは日本語のテキストです。とても速くなりました。🎉

\`\`\`sh
npm i -g acme
acme login
\`\`\`

`;
export const kinds: any[] = [
  { markup: "plain", max: 280, unit: "weighted", link: 23, links: "bare" },
  { markup: "plain", max: 500, unit: "grapheme", link: 23, mention: "local" },
  { markup: "plain", max: 500, unit: "emoji-bytes" },
  { markup: "facets", max: 300, unit: "grapheme", bytes: 3000 },
  { markup: "irc", max: 400, unit: "byte" },
  { markup: "chat-markdown", max: 2000, unit: "codepoint" },
  { markup: "chat-html", max: 4096, unit: "codepoint", counts: "parsed" },
  { markup: "mrkdwn", max: 40_000, unit: "utf16" },
  { markup: "google-chat", max: 4000, unit: "utf16" },
  { markup: "card", max: 28_000, unit: "byte" },
  { markup: "matrix", max: 60_000, unit: "byte" },
  { markup: "mattermost", max: 16_383, unit: "codepoint" },
  { markup: "rocketchat", max: 5000, unit: "utf16" },
  { markup: "zulip", max: 10_000, unit: "codepoint" },
  { markup: "mfm", max: 3000, unit: "codepoint" },
  { markup: "little-text", max: 3000, unit: "utf16" },
  { markup: "reddit", max: 40_000, unit: "utf16" },
  { markup: "npf", max: 4096, unit: "utf16" },
  { markup: "markdown", max: 65_536, unit: "codepoint" },
  { markup: "html", max: 1_000_000, unit: "byte" },
  { markup: "wikitext", max: 2_000_000, unit: "byte" },
];
export const notes = (letters: number) => section.repeat(Math.ceil(letters / section.length)).slice(0, letters);

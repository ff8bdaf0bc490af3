// Written by `npm run generate` from the files in this folder. Do not edit.
import type { Adapter } from "../adapter.ts";

/** The built-in networks, each loaded when it is used. */
export const LOADERS: Readonly<Record<string, () => Promise<Adapter>>> = {
  bluesky: async () => (await import("./bluesky/bluesky.ts")).bluesky,
  discord: async () => (await import("./discord/discord.ts")).discord,
  feed: async () => (await import("./feed/feed.ts")).feed,
  mastodon: async () => (await import("./mastodon/mastodon.ts")).mastodon,
  slack: async () => (await import("./slack/slack.ts")).slack,
  telegram: async () => (await import("./telegram.ts")).telegram,
};

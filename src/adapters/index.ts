// Written by `npm run generate` from the files in this folder. Do not edit.
import type { Adapter } from "../adapter.ts";
import { bluesky } from "./bluesky/bluesky.ts";
import { discord } from "./discord.ts";
import { feed } from "./feed/feed.ts";
import { mastodon } from "./mastodon/mastodon.ts";
import { slack } from "./slack.ts";
import { telegram } from "./telegram.ts";

/** The built-in networks. */
export const adapters: readonly Adapter[] = [bluesky, discord, feed, mastodon, slack, telegram];

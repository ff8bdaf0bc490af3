// Written by `npm run generate` from the files in this folder. Do not edit.
import type { SandboxNetwork } from "../network.ts";
import { bluesky } from "./bluesky/bluesky.ts";
import { discord } from "./discord/discord.ts";
import { feed } from "./feed.ts";
import { mastodon } from "./mastodon/mastodon.ts";
import { slack } from "./slack/slack.ts";
import { telegram } from "./telegram/telegram.ts";

/** The networks that can be rehearsed. */
export const networks: readonly SandboxNetwork[] = [bluesky, discord, feed, mastodon, slack, telegram];

// Written by `npm run generate` from the files in this folder. Do not edit.
import type { SandboxNetwork } from "../network.ts";
import { bluesky } from "./bluesky/bluesky.ts";
import { bookstack } from "./bookstack/bookstack.ts";
import { buttondown } from "./buttondown.ts";
import { byHand } from "./by-hand.ts";
import { confluence } from "./confluence/confluence.ts";
import { devto } from "./devto.ts";
import { discord } from "./discord/discord.ts";
import { discourse } from "./discourse/discourse.ts";
import { email } from "./email/email.ts";
import { exec } from "./exec.ts";
import { facebook } from "./facebook.ts";
import { farcaster } from "./farcaster.ts";
import { feed } from "./feed.ts";
import { forgejo } from "./forgejo.ts";
import { ghost } from "./ghost/ghost.ts";
import { github } from "./github/github.ts";
import { gitlab } from "./gitlab.ts";
import { googlebusiness } from "./googlebusiness.ts";
import { googlechat } from "./googlechat/googlechat.ts";
import { hashnode } from "./hashnode/hashnode.ts";
import { instagram } from "./instagram.ts";
import { irc } from "./irc/irc.ts";
import { lemmy } from "./lemmy/lemmy.ts";
import { linkedin } from "./linkedin/linkedin.ts";
import { listmonk } from "./listmonk.ts";
import { mailchimp } from "./mailchimp.ts";
import { mastodon } from "./mastodon/mastodon.ts";
import { matrix } from "./matrix/matrix.ts";
import { mattermost } from "./mattermost/mattermost.ts";
import { mediawiki } from "./mediawiki/mediawiki.ts";
import { micropub } from "./micropub.ts";
import { misskey } from "./misskey/misskey.ts";
import { nostr } from "./nostr/nostr.ts";
import { notion } from "./notion/notion.ts";
import { ntfy } from "./ntfy.ts";
import { outline } from "./outline.ts";
import { peertube } from "./peertube/peertube.ts";
import { pinterest } from "./pinterest.ts";
import { reddit } from "./reddit.ts";
import { rocketchat } from "./rocketchat/rocketchat.ts";
import { slack } from "./slack/slack.ts";
import { teams } from "./teams.ts";
import { telegram } from "./telegram/telegram.ts";
import { threads } from "./threads.ts";
import { tiktok } from "./tiktok/tiktok.ts";
import { tumblr } from "./tumblr/tumblr.ts";
import { webhook } from "./webhook.ts";
import { wordpress } from "./wordpress/wordpress.ts";
import { writefreely } from "./writefreely.ts";
import { x } from "./x/x.ts";
import { xmpp } from "./xmpp/xmpp.ts";
import { youtube } from "./youtube/youtube.ts";
import { zulip } from "./zulip/zulip.ts";

/** The networks that can be rehearsed. */
export const networks: readonly SandboxNetwork[] = [
  bluesky,
  bookstack,
  buttondown,
  byHand,
  confluence,
  devto,
  discord,
  discourse,
  email,
  exec,
  facebook,
  farcaster,
  feed,
  forgejo,
  ghost,
  github,
  gitlab,
  googlebusiness,
  googlechat,
  hashnode,
  instagram,
  irc,
  lemmy,
  linkedin,
  listmonk,
  mailchimp,
  mastodon,
  matrix,
  mattermost,
  mediawiki,
  micropub,
  misskey,
  nostr,
  notion,
  ntfy,
  outline,
  peertube,
  pinterest,
  reddit,
  rocketchat,
  slack,
  teams,
  telegram,
  threads,
  tiktok,
  tumblr,
  webhook,
  wordpress,
  writefreely,
  x,
  xmpp,
  youtube,
  zulip,
];

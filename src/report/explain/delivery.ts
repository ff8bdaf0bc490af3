/** What becomes of deliveries: their states, what networks answer, and how single requests ended. */
import type { ErrorCode } from "../../errors.ts";
import type { Added, Delivery, Outcome, State } from "../../ledger/types.ts";
import type { Explanation } from "./explanation.ts";

export const STATES: Record<State, Explanation> = {
  scheduled: {
    means: "The delivery waits: for its time, for a network that asked to come later, or for a login.",
    why: "It has `at` or `every`, or its last request did not go through and will be repeated.",
    remedy: "Nothing, if its time is to come. `run` sends what is due.",
    example: "broadcast run --due campaigns/",
  },
  sending: {
    means: "A process is at it right now, or was when it ended.",
    why: "A process takes a delivery for a minute at a time; when it dies, the delivery comes back by itself.",
    remedy: "Wait, and look again. Then run the same command again: what is out is not repeated.",
    example: "broadcast status",
  },
  published: {
    means: "It is out. The network gave an id, and mostly an address.",
    why: "The request went through, or the post was found there.",
    remedy: "Nothing. Sending the campaign again leaves it as it is.",
    example: "broadcast status",
  },
  failed: {
    means:
      "The network understood the post and refused it. The same bytes are not tried again by themselves.",
    why: "A rule of the network; its own words are beside the delivery.",
    remedy: "Take away the cause, then try again.",
    example: "broadcast retry campaigns/release.yml/mastodon",
  },
  held: {
    means: "Nobody knows whether the post is out, and the network cannot be asked. It waits for a person.",
    why: "The answer was lost on its way, or the program ended between request and answer. To repeat it might say it twice.",
    remedy: "Look at the channel, and say what you saw: `--published URL`, `--resend` or `--cancel`.",
    example: "broadcast resolve campaigns/release.yml/mastodon --published https://mastodon.example/@acme/1",
  },
  cancelled: {
    means: "Somebody decided that it does not go out.",
    why: "`broadcast cancel`, or `resolve --cancel`.",
    remedy: "Nothing; or send it after all: one delivery by its name, a whole campaign with `--cancelled`.",
    example: "broadcast retry campaigns/release.yml/mastodon",
  },
  expired: {
    means: "Its time is past, so it is not sent: not to this channel, or not at all any more.",
    why: "The campaign says `expires`, `until`, `count` or `late: skip`, or comes again, and then each time ends with the next one.",
    remedy:
      "Give the campaign more time and send it; or retry it by its name, or its campaign with `--cancelled`, which sends it however late.",
    example: "broadcast retry campaigns/release.yml/mastodon",
  },
};

/** The words for `scheduled` when there is a reason for it. */
export const WAITING: Record<string, Explanation> = {
  waiting: {
    means: "It has not gone out yet and is tried again by itself, at the time beside it.",
    why: "The network asked to come later, or could not be reached, or an outcome is being looked up.",
    remedy: "Nothing has to be done; to go on at once, send the campaign again.",
    example: "broadcast send campaigns/release.yml",
  },
  "needs a login": {
    means:
      "The network does not accept the channel's credential. Nothing more goes there before a new login.",
    why: "A token was revoked, has ended, or lacks a right.",
    remedy: "Log in again, then send the campaign again: it goes on where it stopped.",
    example: "broadcast login mastodon",
  },
};

export const ANSWERS: Record<ErrorCode | Exclude<Delivery["code"], undefined>, Explanation> = {
  auth: {
    means: "The network does not accept the credential. The channel waits for a new login.",
    why: "The token was revoked, has ended, or lacks a right that posting needs.",
    remedy: "Log in again, then send the campaign again.",
    example: "broadcast login mastodon",
  },
  limited: {
    means:
      "The network takes no more at the moment. The delivery waits as long as it said, then is tried again.",
    why: "Too many posts in a while, by this program or by others with the same account.",
    remedy: "Nothing; or go on later with the same command.",
    example: "broadcast send campaigns/release.yml",
  },
  rejected: {
    means: "The network understood the request and refused it. The same bytes are not tried again.",
    why: "A rule of the network that could not be checked before; its own words are beside it.",
    remedy: "Take away the cause, then try again.",
    example: "broadcast retry campaigns/release.yml/mastodon",
  },
  unavailable: {
    means: "The network certainly did not take the post. It is tried again, each time a little later.",
    why: "No connection, no such host, or the server said that it is down.",
    remedy: "Look at your own connection if it lasts; else go on later with the same command.",
    example: "broadcast doctor",
  },
  uncertain: {
    means: "The network may have taken the post, and nobody knows. It is looked up, or waits for a person.",
    why: "The answer was lost: a deadline, a broken connection, a fault of the server, or this program ended.",
    remedy: "If it becomes `held`: look at the channel, and say what you saw.",
    example: "broadcast resolve campaigns/release.yml/mastodon --published https://mastodon.example/@acme/1",
  },
  late: {
    means: "It was due more than an hour ago, and a person is to say whether it still goes out.",
    why: "No `run` came by at its time, and the campaign says `late: ask`.",
    remedy: "Send it now, or leave it.",
    example: "broadcast resolve campaigns/release.yml/mastodon --resend",
  },
  tampered: {
    means: "The posts in the ledger are not those that were entered, or approved. They were not sent.",
    why: "Somebody who may write the ledger changed them; or the approval was taken back, or has expired.",
    remedy:
      "Find out who it was. Sending the campaign again puts its own posts in this place, once they are approved.",
    example: "broadcast send campaigns/release.yml",
  },
  fault: {
    means: "A fault in broadcast itself, or in a plug-in. What was sent was written down before.",
    why: "Something happened that nobody thought of.",
    remedy: "Set BROADCAST_DEBUG=1, run the same command again, and report what it shows.",
    example: "BROADCAST_DEBUG=1 broadcast status",
  },
};

/** How one request ended, where that is no answer of the network; in `ledger export`. */
export const OUTCOMES: Record<Exclude<Outcome, ErrorCode | "published">, Explanation> = {
  found: {
    means: "A request whose outcome was not known was looked up, and its post is there.",
    why: "The answer was lost and the post was not.",
    remedy: "Nothing: the delivery goes on.",
    example: "broadcast ledger export",
  },
  absent: {
    means: "A request whose outcome was not known was looked up, and its post is not there.",
    why: "It never arrived. It is sent again.",
    remedy: "Nothing: the delivery goes on.",
    example: "broadcast ledger export",
  },
  abandoned: {
    means: "A request whose outcome is not known was given up, and the post is sent again.",
    why: "The campaign says `uncertain: resend`, or a person said so.",
    remedy: "Nothing; readers may see it twice.",
    example: "broadcast ledger export",
  },
};

/** How a delivery met what the ledger held already; in `send --json`. */
export const ENTERED: Record<Added["as"], Explanation> = {
  new: {
    means: "The delivery was not in the ledger before.",
    why: "The campaign is sent to this channel for the first time.",
    remedy: "Nothing.",
    example: "broadcast send campaigns/release.yml",
  },
  same: {
    means: "The delivery was there already, with this content. It is not sent twice.",
    why: "The campaign was sent before, or a run of it broke off.",
    remedy: "Nothing.",
    example: "broadcast status",
  },
  updated: {
    means: "The delivery took the campaign's new content.",
    why: "The campaign was edited, and nothing of the old content had been tried.",
    remedy: "Nothing.",
    example: "broadcast status",
  },
  drift: {
    means: "The post is out, or was tried, with other content than the campaign has now. It stays as it is.",
    why: "The campaign was edited after it was sent.",
    remedy: "Make a new campaign for what is new, or give this one another `id:`.",
    example: "broadcast new update",
  },
};

/** Deliveries: their states, networks' answers, and how single requests ended. */
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
    means: "A process is sending it, or crashed while sending.",
    why: "A process claims a delivery for a minute at a time; if it dies, the delivery becomes free again.",
    remedy: "Wait and look again. Then run the same command again: posts that are out are not repeated.",
    example: "broadcast status",
  },
  published: {
    means: "It is out. The network gave an id, and usually an address.",
    why: "The request went through, or the post was found there.",
    remedy: "Nothing. Sending the campaign again does not repeat it.",
    example: "broadcast status",
  },
  failed: {
    means:
      "The network understood the post and refused it. The same content is not tried again automatically.",
    why: "A rule of the network; its own message is shown with the delivery.",
    remedy: "Remove the cause, then try again.",
    example: "broadcast retry campaigns/release.yml/mastodon",
  },
  held: {
    means: "The post may or may not be out, and the network cannot be asked. It waits for a person.",
    why: "The answer was lost on its way, or the program ended between request and answer. Sending it again might post it twice.",
    remedy: "Look at the channel, then say what you saw: `--published URL`, `--resend` or `--cancel`.",
    example: "broadcast resolve campaigns/release.yml/mastodon --published https://mastodon.example/@acme/1",
  },
  cancelled: {
    means: "A person cancelled it.",
    why: "`broadcast cancel`, or `resolve --cancel`.",
    remedy: "Nothing; or send it anyway: one delivery by its name, a whole campaign with `--cancelled`.",
    example: "broadcast retry campaigns/release.yml/mastodon",
  },
  expired: {
    means: "Its time is past, so it is not sent.",
    why: "The campaign says `expires`, `until`, `count` or `late: skip`, or repeats, and then each occurrence ends when the next one comes.",
    remedy:
      "Give the campaign more time and send it; or retry it by its name, or its campaign with `--cancelled`, which sends it however late.",
    example: "broadcast retry campaigns/release.yml/mastodon",
  },
  retracted: {
    means: "It was out, and was taken back: the network has deleted it.",
    why: "`broadcast retract`; `status --json` has who, when and why.",
    remedy: "Nothing: sending the campaign again does not bring it back. To publish it once more, name it.",
    example: "broadcast retry campaigns/release.yml/mastodon",
  },
};

/** The words for `scheduled` when there is a reason for it. */
export const WAITING: Record<string, Explanation> = {
  waiting: {
    means: "It is not out yet and is tried again automatically, at the time shown.",
    why: "The network asked to come later, or could not be reached, or an outcome is being looked up.",
    remedy: "Nothing; to continue at once, send the campaign again.",
    example: "broadcast send campaigns/release.yml",
  },
  "needs a login": {
    means: "The network does not accept the channel's credential. Nothing is sent there until a new login.",
    why: "The token was revoked, has expired, or lacks a permission.",
    remedy: "Log in again, then send the campaign again: it continues where it stopped.",
    example: "broadcast login mastodon",
  },
};

export const ANSWERS: Record<ErrorCode | Exclude<Delivery["code"], undefined>, Explanation> = {
  auth: {
    means: "The network does not accept the credential. The channel waits for a new login.",
    why: "The token was revoked, has expired, or lacks a permission that posting needs.",
    remedy: "Log in again, then send the campaign again.",
    example: "broadcast login mastodon",
  },
  limited: {
    means:
      "The network accepts no more posts at the moment. The delivery waits as long as it asked, then is tried again.",
    why: "Too many posts in a short time, by this program or by others with the same account.",
    remedy: "Nothing; or run the same command later.",
    example: "broadcast send campaigns/release.yml",
  },
  rejected: {
    means: "The network understood the request and refused it. The same bytes are not tried again.",
    why: "A rule of the network that could not be checked before; its own message is shown.",
    remedy: "Remove the cause, then try again.",
    example: "broadcast retry campaigns/release.yml/mastodon",
  },
  unavailable: {
    means: "The network certainly did not take the post. It is tried again, each time a little later.",
    why: "No connection, no such host, or the server said that it is down.",
    remedy: "Check your own connection if it lasts; otherwise run the same command later.",
    example: "broadcast doctor",
  },
  uncertain: {
    means: "The network may or may not have taken the post. It is looked up, or waits for a person.",
    why: "The answer was lost: a deadline, a broken connection, a fault of the server, or this program ended.",
    remedy: "If it becomes `held`, look at the channel and say what you saw.",
    example: "broadcast resolve campaigns/release.yml/mastodon --published https://mastodon.example/@acme/1",
  },
  "no-file": {
    means: "A file of it is not on the worker's computer, or another one is there under its name.",
    why: "Workers read files from their own copy of the project, and from `media_store`. Others may have it, so it waits for them.",
    remedy: "Bring the workers' copies up to date, or set `media_store`, then send it again.",
    example: "broadcast retry campaigns/release.yml",
  },
  "by-hand": {
    means: "It waits for a person, who posts it: this network has no API.",
    why: "The channel says `network: by-hand`. The text is planned, approved and remembered like any other.",
    remedy: "Post it, then say at which address it is.",
    example: "broadcast todo",
  },
  late: {
    means: "It was due more than an hour ago, and a person must say whether it still goes out.",
    why: "`run` was not called at its time, and the campaign says `late: ask`.",
    remedy: "Send it now, or cancel it.",
    example: "broadcast resolve campaigns/release.yml/mastodon --resend",
  },
  retracting: {
    means: "It is being taken back, and some of it may still be out.",
    why: "The program ended in between, or the network could not be reached, or refused to delete one of its posts.",
    remedy:
      "Run the same command again: it goes on where it stopped. What you deleted by hand counts as gone.",
    example: "broadcast retract campaigns/release.yml/mastodon",
  },
  tampered: {
    means: "The posts in the ledger are not those that were entered, or approved. They were not sent.",
    why: "Somebody who may write the ledger changed them; or the approval was taken back, or has expired.",
    remedy:
      "Find out who it was. Sending the campaign again puts its own posts in this place, once they are approved.",
    example: "broadcast send campaigns/release.yml",
  },
  fault: {
    means: "A fault in broadcast itself, or in a plug-in. Everything that was sent is recorded.",
    why: "An error that the program does not expect.",
    remedy: "Set BROADCAST_DEBUG=1, run the same command again, and report what it shows.",
    example: "BROADCAST_DEBUG=1 broadcast status",
  },
};

/** How a request ended without an answer of the network; in `ledger export`. */
export const OUTCOMES: Record<Exclude<Outcome, ErrorCode | "published">, Explanation> = {
  found: {
    means: "The outcome of a request was unknown; a look-up found its post.",
    why: "The answer was lost and the post was not.",
    remedy: "Nothing: the delivery continues.",
    example: "broadcast ledger export",
  },
  absent: {
    means: "The outcome of a request was unknown; a look-up did not find its post.",
    why: "The request never arrived. It is sent again.",
    remedy: "Nothing: the delivery continues.",
    example: "broadcast ledger export",
  },
  abandoned: {
    means: "The outcome of a request is unknown, and the post is sent again.",
    why: "The campaign says `uncertain: resend`, or a person said so.",
    remedy: "Nothing; readers may see it twice.",
    example: "broadcast ledger export",
  },
};

/** How a delivery was entered, compared with what the ledger had; in `send --json`. */
export const ENTERED: Record<Added["as"], Explanation> = {
  new: {
    means: "The delivery was not in the ledger before.",
    why: "The campaign is sent to this channel for the first time.",
    remedy: "Nothing.",
    example: "broadcast send campaigns/release.yml",
  },
  same: {
    means: "The delivery was there already, with this content. It is not sent twice.",
    why: "The campaign was sent before, or sending it was interrupted.",
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
    means: "The post is out, or was tried, with other content than the campaign has now. It is not changed.",
    why: "The campaign was edited after it was sent.",
    remedy: "Write a new campaign, or give this one another `id:`.",
    example: "broadcast new update",
  },
};

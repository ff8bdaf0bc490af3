/** Errors in what was typed, or in the delivery that it names. */
import type { ProblemCode } from "../../errors.ts";
import type { Cause } from "./explanation.ts";

export const COMMAND = {
  usage: {
    why: "A word or an option of the command is missing or unknown, or two options exclude each other.",
    example: "broadcast help send",
  },
  "ambiguous-delivery": {
    why: "The name of a channel is enough only if one campaign was sent there; several were.",
    example: "broadcast resolve campaigns/release.yml/mastodon --resend",
  },
  "not-failed": {
    why: "The delivery is out already, still waits, or is held. Only what failed, was cancelled or expired can be retried.",
    example: "broadcast status",
  },
  "not-held": {
    why: "The delivery was settled before, or never was held. `resolve` is only for deliveries whose outcome is unknown.",
    example: "broadcast status",
  },
  "not-scheduled": {
    why: "The delivery is out, is being sent, or has ended. Only what waits for its time can be cancelled.",
    example: "broadcast schedule",
  },
  paused: {
    why: "A person has frozen the channel, or all of them, with `broadcast pause`. What is due meanwhile waits, and then follows `late` and `expires`.",
    example: "broadcast resume",
  },
  "nothing-to-retract": {
    why: "Nothing of it is out, it was taken back before, or its network cannot delete what is out, or not so late.",
    example: "broadcast status campaigns/release.yml",
  },
  "nothing-to-edit": {
    why: "Nothing of the campaign is out yet: what only waits takes the new text when the campaign is sent again.",
    example: "broadcast send campaigns/release.yml",
  },
  "cannot-answer": {
    why: "An answer is one post: it must fit, and the network must have answers.",
    example: 'broadcast reply 3f2a9c01 "Thank you!"',
  },
  "cannot-edit": {
    why: "The network has no edit, allows it only for a while, or cannot change just this of a post that is out.",
    example: "broadcast edit campaigns/release.yml --repost",
  },
  "other-account": {
    why: "The channel's settings in broadcast.yml, or its credential, changed after the campaign was scheduled.",
    example: "broadcast cancel campaigns/release.yml/mastodon",
  },
  "no-sandbox": {
    why: "It was not started, or it listens at another port. A network without a half would be reached for real, so it is refused.",
    example: "broadcast sandbox",
  },
  "no-worker": {
    why: "`deliver: workers` stands in broadcast.yml, and no worker has said for a minute that it is there. Nothing is lost.",
    example: "broadcast worker",
  },
  "unknown-chaos": {
    why: "`--chaos` takes a profile such as `mild` or `storm`, or the name of a single fault.",
    example: "broadcast sandbox --chaos storm --seed 7",
  },
  "unknown-delivery": {
    why: "The name is misspelt, or the campaign was not sent from this project. Rehearsals have a ledger of their own: add `--sandbox`.",
    example: "broadcast status --all",
  },
} satisfies Partial<Record<ProblemCode, Cause>>;

/** What is wrong with what was typed, or with the delivery that it names. */
import type { ProblemCode } from "../../errors.ts";
import type { Explanation } from "./explanation.ts";

export const COMMAND = {
  usage: {
    means: "The command was not typed in a way that has a meaning. Nothing was done.",
    why: "A word or an option is missing, unknown, or does not go with another one.",
    remedy: "Read the line above it, and the command's own help.",
    example: "broadcast help send",
  },
  "ambiguous-delivery": {
    means: "What was typed is the end of several deliveries' names, so it is not clear which is meant.",
    why: "The name of a channel is enough only while one campaign was sent there.",
    remedy: "Write the delivery in full, as `status` shows it: the campaign, a slash, the channel.",
    example: "broadcast resolve campaigns/release.yml/mastodon --resend",
  },
  "not-failed": {
    means: "Only what failed, was cancelled or came too late can be tried again, and this delivery did not.",
    why: "It is out already, still waits, or is held for a person.",
    remedy: "See how it stands. What is held is settled with `resolve`, what waits goes on with `send`.",
    example: "broadcast status",
  },
  "not-held": {
    means: "`resolve` settles deliveries whose outcome nobody knows. The outcome of this one is known.",
    why: "Somebody settled it before, or it never was held.",
    remedy: "See how it stands. What failed is sent again with `retry`.",
    example: "broadcast status",
  },
  "not-scheduled": {
    means: "Only what still waits for its time can be cancelled.",
    why: "The delivery is out, on its way, or ended in another way before.",
    remedy: "See what is scheduled.",
    example: "broadcast schedule",
  },
  "other-account": {
    means:
      "The delivery was planned for one account, and its channel is another account now. It is not sent there.",
    why: "The channel's settings in broadcast.yml, or its credential, were changed after the campaign was scheduled.",
    remedy: "Give the channel its former settings, or give the delivery up and send the campaign again.",
    example: "broadcast cancel campaigns/release.yml/mastodon",
  },
  "no-sandbox": {
    means: "No sandbox answers at the address behind `--sandbox`; or a network has no half in the sandbox.",
    why: "It was not started, or it listens at another port. A network without a half would be reached for real, so it is refused.",
    remedy:
      "Start a sandbox, or leave the address out: then one is started for this command. Leave out channels without a half.",
    example: "broadcast sandbox",
  },
  "unknown-chaos": {
    means: "The sandbox knows no trouble of this name.",
    why: "`--chaos` takes a profile such as `mild` or `storm`, or the name of a single fault.",
    remedy: "Choose one of those that the message lists.",
    example: "broadcast sandbox --chaos storm --seed 7",
  },
  "unknown-delivery": {
    means: "There is no delivery of this name in the ledger.",
    why: "The name is misspelt, or the campaign was not sent from this project; rehearsals have a ledger of their own.",
    remedy: "Look at the list; add `--sandbox` when it was a rehearsal.",
    example: "broadcast status --all",
  },
} satisfies Partial<Record<ProblemCode, Explanation>>;

/** How a command ends: its exit code, and the code of the error that `--json` prints. */
import type { EXIT } from "../../errors.ts";
import type { ErrorJson } from "../json.ts";
import type { Explanation } from "./explanation.ts";

export const EXITS: Record<(typeof EXIT)[keyof typeof EXIT], Explanation> = {
  0: {
    means: "Everything asked for is out, or was already; or what was asked is shown.",
    why: "All went well. What is scheduled for later is as it should be.",
    remedy: "Nothing.",
    example: "broadcast status",
  },
  1: {
    means: "A fault in broadcast, or its ledger failed while it was sending.",
    why: "What was sent was written down before, so nothing is lost and nothing is said twice.",
    remedy: "Run the same command again. If it stays, BROADCAST_DEBUG=1 shows where it happened.",
    example: "BROADCAST_DEBUG=1 broadcast status",
  },
  2: {
    means: "Bad input: a command, a campaign or broadcast.yml is wrong. Nothing was sent.",
    why: "All is checked before the first request, and one problem stops all of it.",
    remedy: "Mend what is shown; each problem has a place and a remedy.",
    example: "broadcast plan campaigns/release.yml",
  },
  3: {
    means: "Some deliveries failed, or still wait.",
    why: "A network refused a post, asked to come later, or could not be reached.",
    remedy: "See which. Send the campaign again to go on; what failed takes `retry`.",
    example: "broadcast status",
  },
  4: {
    means: "The outcome of a delivery is unknown, and a person must look.",
    why: "The answer to a request was lost, and the network cannot be asked.",
    remedy: "See which, look at the channel, and say what you saw.",
    example: "broadcast status",
  },
  5: {
    means: "An approval that the policy asks for is missing or stale. Nothing was sent.",
    why: "Nobody approved, or something changed since.",
    remedy: "Have it read and approved.",
    example: "broadcast approve campaigns/release.yml --as marta",
  },
  6: {
    means: "A network does not accept a credential, or one ends soon, as `doctor` says.",
    why: "A token was revoked, has ended, or lacks a right.",
    remedy: "Log in again, then run the same command again.",
    example: "broadcast login mastodon",
  },
};

/** Those that are not told by a code of their own: `fault` and `usage`. */
export const ENDS: Record<Exclude<ErrorJson["code"], "fault" | "usage">, Explanation> = {
  input: {
    means: "Bad input, exit code 2. `problems` has each with its code, its place and a remedy.",
    why: "A campaign, a plan or broadcast.yml is wrong, or names what is not there.",
    remedy: "Mend the problems that are listed.",
    example: "broadcast plan campaigns/release.yml --json",
  },
  credentials: {
    means: "A network does not accept a credential, exit code 6. Nothing was sent.",
    why: "The networks are asked who we are before the first post.",
    remedy: "Log in again, then send again.",
    example: "broadcast login mastodon",
  },
  approval: {
    means: "An approval is missing or stale, exit code 5. Nothing was sent.",
    why: "The project's policy asks for it.",
    remedy: "Have it read and approved.",
    example: "broadcast approve campaigns/release.yml --as marta",
  },
};

/** How a command ends: its exit code, and the code of the error that `--json` prints. */
import type { EXIT } from "../../errors.ts";
import type { ErrorJson } from "../json.ts";
import type { Explanation } from "./explanation.ts";

export const EXITS: Record<(typeof EXIT)[keyof typeof EXIT], Explanation> = {
  0: {
    means: "Everything asked for is out, or was out already; or the answer is shown.",
    why: "Everything worked. Deliveries that are scheduled for later count as success.",
    remedy: "Nothing.",
    example: "broadcast status",
  },
  1: {
    means: "A fault in broadcast, or its ledger failed while it was sending.",
    why: "Every request is recorded before it leaves, so nothing is lost or sent twice.",
    remedy: "Run the same command again. If the error persists, BROADCAST_DEBUG=1 shows where it happens.",
    example: "BROADCAST_DEBUG=1 broadcast status",
  },
  2: {
    means: "Bad input: a command, a campaign or broadcast.yml is wrong. Nothing was sent.",
    why: "Everything is checked before the first request, and one error stops all of it.",
    remedy: "Fix the problems listed; each has a place and a remedy.",
    example: "broadcast plan campaigns/release.yml",
  },
  3: {
    means: "Some deliveries failed, or still wait.",
    why: "A network refused a post, asked to come later, or could not be reached.",
    remedy: "See which. Send the campaign again to continue; use `retry` for what failed.",
    example: "broadcast status",
  },
  4: {
    means: "The outcome of a delivery is unknown, and a person must look.",
    why: "The answer to a request was lost, and the network cannot be asked.",
    remedy: "See which, look at the channel, then say what you saw.",
    example: "broadcast status",
  },
  5: {
    means: "An approval that the policy asks for is missing or stale. Nothing was sent.",
    why: "Nobody has approved it, or something changed after the approval.",
    remedy: "Have it read and approved.",
    example: "broadcast approve campaigns/release.yml --as marta",
  },
  6: {
    means: "A network does not accept a credential, or `doctor` found one that expires soon.",
    why: "The token was revoked, has expired, or lacks a permission.",
    remedy: "Log in again, then run the same command again.",
    example: "broadcast login mastodon",
  },
};

/** Those without a code of their own, as `fault` and `usage` have. */
export const ENDS: Record<Exclude<ErrorJson["code"], "fault" | "usage">, Explanation> = {
  input: {
    means: "Bad input, exit code 2. `problems` has each with its code, its place and a remedy.",
    why: "A campaign, a plan or broadcast.yml has an error.",
    remedy: "Fix the problems listed.",
    example: "broadcast plan campaigns/release.yml --json",
  },
  credentials: {
    means: "A network does not accept a credential, exit code 6. Nothing was sent.",
    why: "Credentials are checked before the first post.",
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

/** Plans that are kept, and approvals, which are for exactly what was read. */
import type { ProblemCode } from "../../errors.ts";
import type { Cause } from "./explanation.ts";

export const APPROVAL = {
  "approval-missing": {
    why: "Nobody has approved this campaign yet, or not enough people have.",
    example: "broadcast approve campaigns/release.yml --as marta",
  },
  "approval-not-counted": {
    why: "The person is not named in the policy, wrote the campaign, or did not sign; or the approval has expired.",
    example: "broadcast approve campaigns/release.yml --as marta --key ~/.ssh/id_ed25519",
  },
  "approval-stale": {
    why: "A text, an image, a time or an account changed after the approval. An approval holds for exactly one content.",
    example: "broadcast approve campaigns/release.yml --as marta",
  },
  "bad-approval-file": {
    why: "The file was edited by hand, or two branches that both wrote to it were merged.",
    example: "broadcast approve campaigns/release.yml --as marta --file",
  },
  "bad-review-file": {
    why: "The file of comments was edited by hand, or two branches that both wrote to it were merged.",
    example: "broadcast preview campaigns/release.yml --serve",
  },
  "bad-plan": {
    why: "Another file was named, or the plan was edited: its fingerprint (digest) does not match.",
    example: "broadcast plan campaigns/release.yml --out plan.json",
  },
  "cannot-sign": {
    why: "OpenSSH is not installed or too old, the key cannot be read, or its passphrase was not given.",
    example: "broadcast approve campaigns/release.yml --as marta --key ~/.ssh/id_ed25519",
  },
  "stale-plan": {
    why: "A channel is another account than it was, changed its audience, or is gone; or an image was edited.",
    example: "broadcast plan campaigns/release.yml --out plan.json",
  },
  "unsteady-plan": {
    why: "`expires` counts from the moment of planning because the campaign has no time, so every plan is different.",
    example: "expires: 2026-12-02 09:00 Europe/Rome",
  },
} satisfies Partial<Record<ProblemCode, Cause>>;

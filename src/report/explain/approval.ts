/** Plans that are kept, and approvals, which are for exactly what was read. */
import type { ProblemCode } from "../../errors.ts";
import type { Explanation } from "./explanation.ts";

export const APPROVAL = {
  "approval-missing": {
    means: "The project's policy asks for an approval that is not there. Nothing was sent.",
    why: "Nobody has approved this campaign yet, or not enough people.",
    remedy: "Have it read and approved by somebody whom the policy names.",
    example: "broadcast approve campaigns/release.yml --as marta",
  },
  "approval-not-counted": {
    means: "There is an approval, and it does not count under the policy.",
    why: "The person is not named, wrote the campaign, did not sign, or the approval has expired.",
    remedy: "See `policy:` in broadcast.yml, and approve as somebody who may.",
    example: "broadcast approve campaigns/release.yml --as marta --key ~/.ssh/id_ed25519",
  },
  "approval-stale": {
    means: "What was approved is not what would go out now. Nothing was sent.",
    why: "Words, an image, a time or an account changed after the approval, which holds for exactly one content.",
    remedy: "Read what changed, and approve it again.",
    example: "broadcast approve campaigns/release.yml --as marta",
  },
  "bad-approval-file": {
    means: "The approval's file beside the campaign cannot be read.",
    why: "It was changed by hand, or two branches wrote into it and were merged.",
    remedy: "Delete the file, and approve again.",
    example: "broadcast approve campaigns/release.yml --as marta --file",
  },
  "bad-plan": {
    means: "The file is not a plan, or not the one that was written.",
    why: "Another file was named, or somebody changed it: its digest does not match.",
    remedy: "Change the campaign instead, and write the plan again.",
    example: "broadcast plan campaigns/release.yml --out plan.json",
  },
  "cannot-sign": {
    means: "The approval could not be signed, so it was not given.",
    why: "OpenSSH is not installed or too old, the key cannot be read, or its passphrase was not given.",
    remedy: "Look at the key's path, and whether `ssh-keygen -Y sign` works with it.",
    example: "broadcast approve campaigns/release.yml --as marta --key ~/.ssh/id_ed25519",
  },
  "stale-plan": {
    means: "The plan was made before something changed, so it is not sent.",
    why: "A channel is another account than it was, changed its audience, is gone, or an image was edited.",
    remedy: "Plan again, and read it again.",
    example: "broadcast plan campaigns/release.yml --out plan.json",
  },
  "unsteady-plan": {
    means: "The plan would be another one in a minute, so an approval of it would never hold.",
    why: "`expires` counts from the moment of planning, because the campaign has no time.",
    remedy: "Give the campaign a time in `at`, or write `expires` as a time.",
    example: "expires: 2026-12-02 09:00 Europe/Rome",
  },
} satisfies Partial<Record<ProblemCode, Explanation>>;

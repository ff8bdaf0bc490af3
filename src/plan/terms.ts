/** What a channel's delivery does when things go badly: long after its time, and when its outcome stays unknown. */
import type { Said } from "../campaign/campaign.ts";
import type { Channel } from "../config/config.ts";
import type { Report } from "./checks.ts";
import type { PlanInput, PlannedDelivery } from "./plan.ts";

export type Terms = Pick<PlannedDelivery, "late" | "uncertain">;

/** What is usual is left out, so that saying it makes no other plan. */
export function termsOf(channel: Channel, said: Said, { campaign }: PlanInput, report: Report): Terms {
  const terms: Terms = {};
  if (said.late?.is === "skip" || said.late?.is === "ask") terms.late = said.late.is;
  // Where the network can always be asked, or refuses a repeat for ever, the question never comes up.
  if (said.uncertain?.is === "resend" && channel.adapter.idempotency !== "forever") {
    terms.uncertain = "resend";
    report({
      severity: "warning",
      code: "may-appear-twice",
      message: `\`${channel.name}\`: if nobody can know whether a post is out, it is sent again (\`uncertain: resend\`), so readers may see it twice`,
      remedy: "Leave it out, or write `uncertain: hold`, to be asked instead.",
      place: campaign.source.place(said.uncertain.path),
    });
  }
  return terms;
}

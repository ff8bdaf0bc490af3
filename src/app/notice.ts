/** Deliveries that only tell the team what the ledger says. */
import type { Delivery } from "../ledger/types.ts";
import type { Project } from "./project.ts";

export const NOTICES = "notices/";

/** It needs no approval, since it says only what the ledger says, to the one internal channel that the project names for it. */
export function isNotice(
  { campaign, channel }: Pick<Delivery, "campaign" | "channel">,
  { config }: Pick<Project, "config">,
): boolean {
  const isInternal = config.channels.get(channel)?.audience === "internal";
  return campaign.startsWith(NOTICES) && config.notify?.channel === channel && isInternal;
}

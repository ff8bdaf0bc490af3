/** Whether deliveries can go to the channels that they were planned for. */
import { InputError, type Problem } from "../errors.ts";
import type { Delivery } from "../ledger/types.ts";
import type { Project } from "./project.ts";

/**
 * What was planned for one account must not reach another one that has taken over its channel's name. Throws InputError,
 * also if a channel lacks its credential.
 */
export function requireUsable(
  deliveries: readonly Pick<Delivery, "id" | "channel" | "account">[],
  project: Pick<Project, "config">,
): void {
  const problems = deliveries.flatMap((delivery) => whyUnusable(delivery, project));
  if (problems.length > 0) throw new InputError(problems);
}

export function whyUnusable(
  { channel: name, account, id }: Pick<Delivery, "id" | "channel" | "account">,
  { config }: Pick<Project, "config">,
): Problem[] {
  const channel = config.channels.get(name);
  if (!channel) {
    return [
      {
        severity: "error",
        code: "unknown-channel",
        message: `\`${id}\` is for the channel \`${name}\`, which is no longer in broadcast.yml`,
        remedy: `Put it back, or cancel the delivery: broadcast cancel ${id}`,
      },
    ];
  }
  if (channel.accountFingerprint !== account) {
    return [
      {
        severity: "error",
        code: "other-account",
        message: `\`${id}\` was planned for another account, or other readers, than \`${name}\` has now`,
        remedy: `Restore the channel's settings, or cancel the delivery: broadcast cancel ${id}`,
        place: channel.place,
      },
    ];
  }
  return channel.problems.filter(({ severity }) => severity === "error");
}

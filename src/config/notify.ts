/** `notify:` of broadcast.yml: the channel that is told what needs a person. */
import type { Duration } from "../duration.ts";
import type { Problem } from "../errors.ts";
import { didYouMean } from "../suggest.ts";
import type { Source } from "../yaml/source.ts";
import type { Audience } from "./kinds.ts";

export interface Notify {
  channel: string;
  expires?: Duration;
}

/** It never goes to the public. */
export function readNotify(
  source: Source,
  input: { channel: string; expires?: string } | undefined,
  channels: ReadonlyMap<string, { audience: Audience }>,
  broken: ReadonlySet<string>,
): { notify?: Notify; problems: Problem[] } {
  if (!input || broken.has(input.channel)) return { problems: [] };
  const channel = channels.get(input.channel);
  const place = source.place(["notify", "channel"]);
  if (!channel)
    return {
      problems: [
        {
          severity: "error",
          code: "unknown-channel",
          message: `there is no channel \`${input.channel}\``,
          remedy: didYouMean(input.channel, channels.keys()),
          place,
        },
      ],
    };
  if (channel.audience !== "internal")
    return {
      problems: [
        {
          severity: "error",
          code: "internal-to-external",
          message: `\`${input.channel}\` is external: what needs a person is not for the public`,
          remedy: "Name an internal channel, or write `audience: internal` there.",
          place,
        },
      ],
    };
  return { notify: input as Notify, problems: [] };
}

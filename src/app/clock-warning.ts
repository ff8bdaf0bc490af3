/** Whether this computer's clock is wrong, as far as the servers that were asked tell. */
import { describeDuration } from "../duration.ts";
import type { Problem } from "../errors.ts";
import { type ServerClocks, serverClocks } from "../http/server-clock.ts";

// Less is the way there and back, and clocks that are not kept to the second.
const WORTH_SAYING = 5_000;

/** One warning, whatever the number of servers; none when one of them agrees with us: then it is the others who are wrong. */
export function clockWarning(clocks: ServerClocks = serverClocks): Problem[] {
  const offsets = clocks.hosts().flatMap((host) => {
    const offset = clocks.offset(host);
    return offset ? [{ host, ...offset }] : [];
  });
  // At least so far from the truth, and on which side.
  const least = offsets.map(({ host, low, high }) => ({ host, ms: low > 0 ? low : high < 0 ? high : 0 }));
  const [nearest] = least.sort((one, other) => Math.abs(one.ms) - Math.abs(other.ms));
  if (!nearest || Math.abs(nearest.ms) < WORTH_SAYING) return [];
  const side = nearest.ms > 0 ? "behind" : "ahead of";
  return [
    {
      severity: "warning",
      code: "clock-off",
      message: `this computer's clock is ${describeDuration(Math.abs(nearest.ms))} ${side} the one of ${nearest.host}`,
      remedy: "Set it right, or let it be set over the network (NTP): times of posts and waits depend on it.",
    },
  ];
}

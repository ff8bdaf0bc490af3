/** Scheduled deliveries, for people: when, in how long, what, where. */
import type { Layout } from "./style.ts";
import { table } from "./table.ts";
import { oneLine } from "./terminal-safe.ts";
import { momentAndUtc, relative } from "./time.ts";

/** One delivery that has not gone out. */
export interface Upcoming {
  id: string;
  campaign: string;
  title?: string;
  channel: string;
  /** Epoch milliseconds. */
  due: number;
  occurrence?: string;
  timezone?: string;
  /**
   * `entered`: in the ledger, goes out unchanged · `handed over`: the network has it, and publishes it · `coming`: planned when
   * it is due · `overdue`: its time has passed, and the next `run` sends it · `left`: its time passed more than a week ago, and
   * only `send` sends it.
   */
  state: "entered" | "handed over" | "coming" | "overdue" | "left";
}

export interface UpcomingJson extends Omit<Upcoming, "due"> {
  /** ISO 8601, UTC. */
  due: string;
}

/** One line for each moment of a campaign; its channels together. */
export function scheduleTable(list: readonly Upcoming[], now: number, layout: Layout): string {
  const { paint } = layout;
  const moments = new Map<string, Upcoming[]>();
  for (const one of list) {
    const key = JSON.stringify([one.campaign, one.due, one.timezone, one.state]);
    moments.set(key, [...(moments.get(key) ?? []), one]);
  }
  const rows = [...moments.values()].map((group) => {
    const [first] = group as [Upcoming];
    const when = relative(first.due, now);
    return [
      first.state === "overdue" || first.state === "left" ? paint.yellow(`${when}!`) : paint.bold(when),
      momentAndUtc(first.due, first.timezone),
      oneLine(first.campaign),
      oneLine(group.map(({ channel }) => channel).join(", ")),
      paint.dim(remark(first)),
    ];
  });
  return table([{}, {}, {}, {}, {}], rows, layout).join("\n");
}

function remark({ state, title = "" }: Upcoming): string {
  if (state === "overdue") return state;
  if (state === "left") return "too long ago: only `broadcast send` sends it";
  return state === "handed over"
    ? oneLine(["handed over", title].filter(Boolean).join(": "))
    : oneLine(title);
}

export function upcomingJson({ due, ...rest }: Upcoming): UpcomingJson {
  return { ...rest, due: new Date(due).toISOString() };
}

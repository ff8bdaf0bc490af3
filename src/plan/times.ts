/** When a channel's delivery is due and when it is too late. */
import type { Said } from "../campaign/campaign.ts";
import type { Channel } from "../campaign/channel.ts";
import type { PlanInput } from "./plan.ts";
import type { Report } from "./problems.ts";

/** ISO date-times, UTC. Without `due` it is due at once. */
export interface Times {
  due?: string;
  expires?: string;
}

export async function timesOf(
  channel: Channel,
  said: Said,
  { campaign, now }: PlanInput,
  report: Report,
): Promise<Times> {
  if (!said.at && !said.expires) return {};
  const { readTime, readEnd } = await import("./schedule.ts");
  const times: Times = {};
  if (said.at) {
    const read = readTime(said.at.text, channel.timezone);
    if ("at" in read) times.due = iso(read.at);
    else
      report({
        code: "bad-time",
        message: read.problem,
        remedy: read.remedy,
        place: campaign.source.place(said.at.path),
      });
  }
  if (!said.expires) return times;
  const place = campaign.source.place(said.expires.path);
  const from = times.due ? Date.parse(times.due) : now;
  const read = readEnd(said.expires.text, channel.timezone, from);
  if (!("at" in read)) {
    report({ code: "bad-time", message: read.problem, remedy: read.remedy, place });
  } else if (read.at <= from) {
    report({
      code: "expires-before-due",
      message: "`expires` is over before the campaign is due",
      remedy: "Set it after `at`.",
      place,
    });
  } else {
    times.expires = iso(read.at);
  }
  return times;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

/** When something goes out, and how often. */
import type { ProblemCode } from "../../errors.ts";
import type { Explanation } from "./explanation.ts";

export const TIMES = {
  "bad-recurrence": {
    means: "`every:` cannot be understood as a recurrence.",
    why: "It takes words like `monday 09:00`, or the five fields of cron, with a time zone.",
    remedy: "Write it in one of these forms.",
    example: "every: monday 09:00 Europe/Rome",
  },
  "bad-time": {
    means: "The time is written in a way that cannot be understood, or does not exist.",
    why: "A time zone is missing, a day is not in the calendar, or the clock jumps over that hour.",
    remedy: "Write the date, the time and the zone.",
    example: "at: 2026-12-01 09:00 Europe/Rome",
  },
  "cannot-schedule": {
    means:
      "The campaign says `schedule: network`, and this channel's network cannot get it ahead of its time.",
    why: "The network publishes everything at once, or it is a thread, whose replies need a post that is out.",
    remedy: "Say `schedule: network` only for the channels that can, or have this one sent when it is due.",
    example: "only:\n  mastodon: { schedule: network }",
  },
  "clock-off": {
    means: "This computer's clock is wrong, as the servers' clocks tell. Posts still go out once.",
    why: "It is not set over the network, or the computer slept.",
    remedy: "Set it right: scheduled times and waits go by it.",
    example: "timedatectl set-ntp true",
  },
  "count-without-from": {
    means: "`count` says how often, and nothing says from when it counts.",
    why: "Without a first day the number would begin anew with every look.",
    remedy: "Add `from:` with a date.",
    example: "from: 2026-12-01\ncount: 6",
  },
  "expires-before-due": {
    means: "The campaign would be over before it goes out.",
    why: "`expires` is earlier than `at`, or than the time it has now.",
    remedy: "Set `expires` after `at`, or write how long after it.",
    example: "expires: 6h",
  },
  "may-appear-twice": {
    means: "When nobody can know whether a post is out, it is sent again, so readers may see it twice.",
    why: "The campaign says `uncertain: resend` for a network that cannot be asked.",
    remedy: "Leave it so if twice is better than not at all; else take it out, to be asked instead.",
    example: "uncertain: hold",
  },
  "no-recurrence": {
    means: "`from`, `until` or `count` belong to `every`, which is not there.",
    why: "The campaign comes once.",
    remedy: "Add `every:`, or take them out.",
    example: "every: monday 09:00 Europe/Rome",
  },
  "no-such-time": {
    means: "`--occurrence` names a time at which this campaign does not come.",
    why: "The time is misspelt, or the recurrence was changed, or the campaign comes only once.",
    remedy: "Take one of those that are coming.",
    example: "broadcast schedule",
  },
  "past-due": {
    means: "The campaign's time is more than an hour past, so it was hardly meant to go out now.",
    why: "`at:` was not changed when the campaign was copied, or it was not sent in time.",
    remedy: "Give it a time that is to come; or say that it still goes out: `late: send`, or `--late`.",
    example: "broadcast send campaigns/release.yml --late",
  },
  "schedule-without-time": {
    means: "The network is to publish it later, and nothing says when.",
    why: "`schedule: network` stands there without `at` or `every`.",
    remedy: "Add a time.",
    example: "at: 2026-12-01 09:00 Europe/Rome\nschedule: network",
  },
  "stagger-without-time": {
    means: "`stagger` spreads the channels over a while, and nothing says from when.",
    why: "The campaign has no time, so all of it goes out at once.",
    remedy: "Add `at:` or `every:`.",
    example: "at: 2026-12-01 09:00 Europe/Rome\nstagger: 15m",
  },
  "too-near": {
    means: "It is due so soon that the network does not take it ahead of time any more.",
    why: "Networks ask for some minutes. broadcast sends it itself when it is due, if it runs then.",
    remedy: "Choose a later time, or leave `schedule: network` out.",
    example: "at: 2026-12-01 09:00 Europe/Rome",
  },
  "two-times": {
    means: "The campaign says twice when it comes, and only one of them can count.",
    why: "`at` and `every` stand side by side, or one channel has an `at` of its own beside `every`.",
    remedy: "Keep one of the two.",
    example: "every: monday 09:00 Europe/Rome",
  },
} satisfies Partial<Record<ProblemCode, Explanation>>;

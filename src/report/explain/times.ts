/** When something goes out, and how often. */
import type { ProblemCode } from "../../errors.ts";
import type { Cause } from "./explanation.ts";

export const TIMES = {
  "bad-recurrence": {
    why: "`every:` takes words such as `monday 09:00`, or the five fields of cron, with a time zone.",
    example: "every: monday 09:00 Europe/Rome",
  },
  "bad-time": {
    why: "The time zone is missing, the day is not in the calendar, or the clocks skip that hour.",
    example: "at: 2026-12-01 09:00 Europe/Rome",
  },
  "cannot-schedule": {
    why: "This network publishes everything at once, or the post is a thread, whose replies need a post that is already out.",
    example: "only:\n  mastodon: { schedule: network }",
  },
  "clock-off": {
    why: "It is not set over the network, or the computer slept.",
    example: "timedatectl set-ntp true",
  },
  "count-without-from": {
    why: "Without a first day the count would start again at every look.",
    example: "from: 2026-12-01\ncount: 6",
  },
  "expires-before-due": {
    why: "`expires` is earlier than the time at which the campaign is due.",
    example: "expires: 6h",
  },
  "may-appear-twice": {
    why: "The campaign says `uncertain: resend`, and this network cannot always be asked whether a post is out.",
    example: "uncertain: hold",
  },
  "no-recurrence": {
    why: "`from`, `until` and `count` belong to `every`, and this campaign is sent once.",
    example: "every: monday 09:00 Europe/Rome",
  },
  "no-such-time": {
    why: "The time is misspelt, the recurrence was changed, or the campaign is sent only once.",
    example: "broadcast schedule",
  },
  "past-due": {
    why: "`at:` was not changed when the campaign was copied, or the campaign was not sent in time.",
    example: "broadcast send campaigns/release.yml --late",
  },
  "schedule-without-time": {
    why: "The campaign has `schedule: network`, and neither `at` nor `every`.",
    example: "at: 2026-12-01 09:00 Europe/Rome\nschedule: network",
  },
  "stagger-without-time": {
    why: "The campaign has no time, so all channels get it at once.",
    example: "at: 2026-12-01 09:00 Europe/Rome\nstagger: 15m",
  },
  "too-near": {
    why: "Networks want a scheduled post some minutes ahead. broadcast sends it itself when it is due, if it runs then.",
    example: "at: 2026-12-01 09:00 Europe/Rome",
  },
  "two-times": {
    why: "`at` and `every` are both there, or one channel has an `at` of its own beside `every`.",
    example: "every: monday 09:00 Europe/Rome",
  },
} satisfies Partial<Record<ProblemCode, Cause>>;

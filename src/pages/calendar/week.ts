/** A week: channels as rows, campaigns as columns by day. */
import { type Html, html, name } from "../html.ts";
import { icon } from "../icons.ts";
import { networkClass } from "../look.ts";
import { clockTime, dateKey, shortDay, zoneName } from "../time.ts";
import { daysBetween, type Moment, plusDays, weekNumber } from "./moments.ts";
import type { Around } from "./month.ts";
import { monthTitle } from "./month.ts";
import { heading, STATES, sign } from "./signs.ts";
import type { CalendarChannel } from "./view.ts";

interface Column {
  day: string;
  /** Absent: nothing on that day. */
  moment?: Moment;
  first: boolean;
}

/** `monday`: `2026-12-07`. */
export function weekSection(monday: string, moments: readonly Moment[], around: Around): Html {
  const { view } = around;
  const { timezone, now } = view;
  const days = daysBetween(monday, plusDays(monday, 6));
  const columns = days.flatMap((day): Column[] => {
    const own = moments.filter(({ at }) => dateKey(at, timezone) === day);
    return own.length === 0
      ? [{ day, first: true }]
      : own.map((moment, index) => ({ day, moment, first: index === 0 }));
  });
  const today = dateKey(now, timezone);
  // On paper an empty week is no news.
  const isVoid = columns.every(({ moment }) => moment === undefined);
  const title = `Week ${weekNumber(monday)}, ${dayWords(monday)} to ${dayWords(days[6]!)}`;
  const heads = days.map(
    (day) =>
      html`<th class="dn${day === today && " now"}" scope="colgroup" colspan="${columns.filter((one) => one.day === day).length}">${weekdayOf(day)} ${Number(day.slice(8))}${day === today && html`<span class="sr">, today</span>`}</th>`,
  );
  const tops = columns.map(({ moment, first }) =>
    moment
      ? html`<th class="ct${first && " first"}" scope="col"><span class="tm">${clockTime(moment.at, timezone)}</span>${heading(moment)}</th>`
      : html`<th class="ct none first" scope="col"><span class="sr">nothing</span></th>`,
  );
  const groups = (["external", "internal"] as const).flatMap((audience) => {
    const own = view.channels.filter((one) => one.audience === audience);
    return own.length === 0 ? [] : [groupRows(audience, own, columns, moments, days[6]!, around)];
  });
  return html`<section class="weekv${isVoid && " void"}" data-week="${monday}" aria-labelledby="w-${monday}"><h2 id="w-${monday}">${title}</h2><div class="scroll" tabindex="0" role="region" aria-label="${title}, by channel"><table class="lanes"><caption class="sr">${title}: channels as rows, campaigns as columns by day</caption><thead><tr><th class="corner" rowspan="2" scope="col"><span class="sr">Channel</span></th>${heads}<th class="nx" scope="col" rowspan="2">Next</th></tr><tr>${tops}</tr></thead>${groups}</table></div></section>`;
}

function groupRows(
  audience: "internal" | "external",
  channels: readonly CalendarChannel[],
  columns: readonly Column[],
  moments: readonly Moment[],
  last: string,
  around: Around,
): Html {
  const label =
    audience === "internal"
      ? html`<span>${icon("lock")}Internal</span>`
      : html`<span class="ext">${icon("globe")}External</span>`;
  const rows = channels.map((channel, index) => {
    const has = (column: Column, other: CalendarChannel | undefined) =>
      other !== undefined && column.moment?.entries.some((one) => one.channel === other.name) === true;
    const cells = columns.map((column) =>
      cell(
        column,
        channel,
        { up: has(column, channels[index - 1]), down: has(column, channels[index + 1]) },
        around,
      ),
    );
    return html`<tr class="${networkClass(channel.network)}" data-lane="${channel.name}" data-aud="${audience}"><th scope="row"><span><span class="mark" aria-hidden="true">${channel.look.mark}</span>${name(channel.name)}</span></th>${cells}${next(channel, moments, last, around)}</tr>`;
  });
  return html`<tbody><tr class="grp${audience === "internal" && " in"}"><th scope="rowgroup" colspan="${columns.length + 2}">${label}</th></tr>${rows}</tbody>`;
}

function cell(
  { day, moment, first }: Column,
  channel: CalendarChannel,
  beside: { up: boolean; down: boolean },
  { view, collisions }: Around,
): Html {
  const { timezone, now } = view;
  const entry = moment?.entries.find((one) => one.channel === channel.name);
  const look = [
    first && "first",
    day === dateKey(now, timezone) && "today",
    entry && "on",
    entry && beside.up && "up",
    entry && beside.down && "dn2",
  ]
    .filter(Boolean)
    .join(" ");
  if (!entry) return html`<td class="${look}"></td>`;
  const own = channel.timezone ?? timezone;
  const local =
    clockTime(entry.at, own) === clockTime(entry.at, timezone)
      ? undefined
      : `${clockTime(entry.at, own)} ${zoneName(own)}`;
  const clash = collisions.find(
    ({ second, channels }) => second === moment && channels.includes(channel.name),
  );
  return html`<td class="${look}"><span class="st">${sign(entry.state)}<span class="sr">${STATES[entry.state].words}</span>${entry.state === "failed" || entry.state === "held" ? html`<span class="${entry.state === "failed" ? "lost" : "hit"}">${STATES[entry.state].words}</span>` : undefined}${clash && html`<span class="hit">${clash.minutes} min after</span>`}${local !== undefined && html`<span class="far">${local}</span>`}</span></td>`;
}

function next(
  channel: CalendarChannel,
  moments: readonly Moment[],
  last: string,
  { view: { timezone, now } }: Around,
): Html {
  const after = moments.find(
    ({ at, entries }) => dateKey(at, timezone) > last && entries.some((one) => one.channel === channel.name),
  );
  return after
    ? html`<td class="nx">${shortDay(after.at, timezone, now)}</td>`
    : html`<td class="nx long">nothing</td>`;
}

function weekdayOf(day: string): string {
  return ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][new Date(`${day}T12:00:00Z`).getUTCDay()]!;
}

export function dayWords(day: string): string {
  return `${Number(day.slice(8))} ${monthTitle(day.slice(0, 7)).split(" ")[0]}`;
}

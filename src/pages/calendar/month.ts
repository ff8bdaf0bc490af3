/** A month: what is out, scheduled and planned on each day, with collisions and gaps. */
import { type Html, html, join, name, nothing } from "../html.ts";
import { icon } from "../icons.ts";
import { clockTime, dateKey } from "../time.ts";
import {
  type Collision,
  daysBetween,
  type Gap,
  type Moment,
  mondayOf,
  plusDays,
  weekNumber,
} from "./moments.ts";
import { heading, marks, STATES, sign } from "./signs.ts";
import type { CalendarChannel, CalendarView } from "./view.ts";

const MONTHS = "January February March April May June July August September October November December".split(
  " ",
);
const DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(" ");

export interface Around {
  view: CalendarView;
  channels: ReadonlyMap<string, CalendarChannel>;
  collisions: readonly Collision[];
  gaps: readonly Gap[];
}

/** `month`: `2026-12`. */
export function monthTitle(month: string): string {
  const [year, number] = month.split("-");
  return `${MONTHS[Number(number) - 1]} ${year}`;
}

export function monthSection(month: string, moments: readonly Moment[], around: Around): Html {
  const first = `${month}-01`;
  const last = plusDays(`${plusDays(first, 31).slice(0, 7)}-01`, -1);
  const days = daysBetween(mondayOf(first), plusDays(mondayOf(last), 6));
  const weeks = Array.from({ length: days.length / 7 }, (_, n) => days.slice(n * 7, n * 7 + 7));
  return html`<section class="monthv" data-month="${month}" aria-labelledby="m-${month}"><h2 id="m-${month}">${monthTitle(month)}</h2><div class="month"><div class="dow cap" aria-hidden="true">${DAYS.map((day) => html`<span>${day.slice(0, 3)}</span>`)}</div>${weeks.map((week) => html`<ol class="wk" aria-label="Week ${weekNumber(week[0]!)}">${week.map((day, index) => dayCell(day, DAYS[index]!, month, moments, around))}</ol>`)}</div></section>`;
}

function dayCell(
  day: string,
  weekday: string,
  month: string,
  moments: readonly Moment[],
  { view, channels, collisions, gaps }: Around,
): Html {
  const { now, timezone } = view;
  const today = dateKey(now, timezone);
  const own = moments.filter(({ at }) => dateKey(at, timezone) === day);
  const gap = gaps.find(({ from, to }) => from <= day && day <= to);
  const isStart = gap?.from === day || (gap !== undefined && day === `${month}-01`);
  const look = [
    day < today && "past",
    day === today && "now",
    !day.startsWith(month) && "other",
    gap && own.length === 0 && "hole",
  ]
    .filter(Boolean)
    .join(" ");
  const number = Number(day.slice(8));
  const label = day.startsWith(month)
    ? String(number)
    : `${number} ${MONTHS[Number(day.slice(5, 7)) - 1]!.slice(0, 3)}`;
  const shown = own.map((moment, index) => {
    const clash = collisions.find(({ second, first }) => second === moment && own[index - 1] === first);
    return html`${clash && collisionLine(clash)}${event(moment, view, channels)}`;
  });
  return html`<li class="day ${look}"><p class="d"><span class="dw">${weekday}</span> <time datetime="${day}">${label}</time>${day === today && html`<span class="t">today</span>`}</p>${gap && isStart && html`<p class="gap">${icon("gap")}<span><b>Nothing public</b> for ${gap.days} days</span></p>`}${shown.length > 0 && html`<ol class="evs">${shown}</ol>`}</li>`;
}

function collisionLine({ minutes, channels }: Collision): Html {
  return html`<li class="clash">${icon("clash")}<span>${minutes} min apart on ${join(channels.slice(0, 3).map(name), ", ")}${channels.length > 3 && ` and ${channels.length - 3} more`}</span></li>`;
}

function event(
  moment: Moment,
  { timezone }: CalendarView,
  channels: ReadonlyMap<string, CalendarChannel>,
): Html {
  const { entries, state, at } = moment;
  const audiences = [...new Set(entries.map(({ channel }) => channels.get(channel)?.audience ?? "external"))];
  const isInternal = audiences.length === 1 && audiences[0] === "internal";
  const trouble = entries.filter((one) => one.state === "held" || one.state === "failed");
  const need = trouble.length > 0 || entries.some(({ overdue }) => overdue);
  return html`<li class="ev ${state}" data-ev data-ch="${entries.map(({ channel }) => channel).join(" ")}" data-aud="${audiences.join(" ")}" data-need="${need ? "1" : ""}">${sign(state)}<div><p class="tm"><span class="sr">${STATES[state].words}, </span>${clockTime(at, timezone)}${entries.some(({ recurring }) => recurring) && html`<span>again</span>`}${isInternal && html`<span class="int">${icon("lock")}Internal</span>`}</p>${heading(moment)}${marks(moment, channels)}${trouble.map((one) => html`<p class="${one.state === "failed" ? "bad" : "wn"}">${sign(one.state)}<span>${STATES[one.state].words} on ${name(one.channel)}</span></p>`)}${entries.some(({ overdue }) => overdue) ? html`<p class="wn">overdue</p>` : nothing}</div></li>`;
}

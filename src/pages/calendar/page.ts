/** The calendar: month and week of what is out, scheduled and planned. */
import { page } from "../document.ts";
import { type Html, html, join, name, nothing, sentence } from "../html.ts";
import { icon } from "../icons.ts";
import { accents } from "../look.ts";
import { live } from "../script/live.ts";
import { calendar } from "../style/calendar.ts";
import { clockTime, dateKey, day, shortDay, zoneName } from "../time.ts";
import { collisionsIn, daysBetween, gapsIn, type Moment, momentsOf, mondayOf } from "./moments.ts";
import { type Around, monthSection, monthTitle } from "./month.ts";
import { calendarScript } from "./script.ts";
import { STATES, sign } from "./signs.ts";
import type { CalendarView, EntryState } from "./view.ts";
import { dayWords, weekSection } from "./week.ts";

interface Reading {
  moments: Moment[];
  around: Around;
  first: string;
  last: string;
  today: string;
}

function readingOf(view: CalendarView): Reading {
  const { entries, timezone, now, from, to } = view;
  const channels = new Map(view.channels.map((channel) => [channel.name, channel]));
  const moments = momentsOf(entries, [...channels.keys()]);
  const isPublic = ({ channel }: { channel: string }) => channels.get(channel)?.audience !== "internal";
  const today = dateKey(now, timezone);
  const [first, last] = [dateKey(from, timezone), dateKey(to, timezone)];
  // What is past cannot be filled any more.
  const days = daysBetween(today > first ? today : first, last);
  const gaps = gapsIn(moments, days, isPublic, timezone);
  return { moments, around: { view, channels, collisions: collisionsIn(moments), gaps }, first, last, today };
}

/** The same for a program. */
export function calendarJson(view: CalendarView): object {
  const { around } = readingOf(view);
  const iso = (at: number) => new Date(at).toISOString();
  return {
    entries: [...view.entries].sort((a, b) => a.at - b.at).map(({ at, ...one }) => ({ ...one, at: iso(at) })),
    collisions: around.collisions.map(({ channels, first, second, minutes }) => ({
      channels,
      first: first.campaign,
      second: second.campaign,
      at: iso(second.at),
      minutes,
    })),
    gaps: around.gaps,
    todo: view.todo.map(({ at, ...one }) => ({ ...one, ...(at !== undefined && { at: iso(at) }) })),
  };
}

/** `served`: on this computer, where it follows what happens. */
export function calendarPage(view: CalendarView, served = false): string {
  const { timezone, now, command } = view;
  const { moments, around, first, last, today } = readingOf(view);
  const days = daysBetween(first, last);
  const months = [...new Set(days.map((one) => one.slice(0, 7)))];
  const weeks = [...new Set(days.map(mondayOf))];
  return page({
    title: `Calendar, ${monthTitle(today.slice(0, 7))}`,
    kind: "Calendar",
    // The minute alone is no news.
    where: served
      ? html`<span class="live" id="live">live, on this computer</span> · ${day(now, timezone)}`
      : `${day(now, timezone)}, ${clockTime(now, timezone)} ${zoneName(timezone)}`,
    served,
    ...(served && { version: "" }),
    styles: [calendar, accents(view.channels.map(({ network, look }) => [network, look] as const))],
    scripts: [calendarScript, ...(served ? [live] : [])],
    skip: "Skip to the calendar",
    body: html`<main id="main" tabindex="-1" class="wrap">
${head(view, moments, around, today)}
<div class="deskc"><div>${months.map((month) => monthSection(month, moments, around))}
${weeks.map((monday) => weekSection(monday, moments, around))}
${later(moments, last, timezone)}</div>${rail(view, moments, around)}</div></main>`,
    foot: [
      html`Made by <code>${command}</code>`,
      "Out and scheduled: from the ledger. Planned: from the campaigns’ files.",
    ],
  });
}

function head(
  view: CalendarView,
  moments: readonly Moment[],
  { collisions, gaps }: Around,
  today: string,
): Html {
  const { entries, channels, timezone, isCut } = view;
  const count = (state: EntryState) => entries.filter((one) => one.state === state).length;
  const campaigns = new Set(moments.map(({ campaign }) => campaign)).size;
  const states = (Object.keys(STATES) as EntryState[]).filter(
    (state) => state === "out" || state === "scheduled" || state === "planned" || count(state) > 0,
  );
  const legend = states.map(
    (state) =>
      html`<li>${sign(state)}<span><b class="num">${count(state)}</b> ${STATES[state].words}</span></li>`,
  );
  return html`<form id="cal" data-today="${today}" aria-label="View and filter"><div class="calhead"><div><h1 id="title">${monthTitle(today.slice(0, 7))}</h1><p class="sub">${plural(campaigns, "campaign")}, ${plural(entries.length, "post")} on ${plural(channels.length, "channel")}, in ${zoneName(timezone)} time${isCut && "; of what comes very often, the first are shown"}</p></div>
<div class="nav js-only"><button class="btn" type="button" id="prev" aria-label="Back">←</button><button class="btn" type="button" id="next" aria-label="Forwards">→</button><fieldset><legend class="sr">View</legend><span class="seg"><label><input type="radio" name="view" value="month" checked>Month</label><label><input type="radio" name="view" value="week">Week</label></span></fieldset></div></div>
<ul class="legend" aria-label="What the signs mean">${legend}<li>${icon("clash", "clash-i")}<span><b>${collisions.length}</b> ${collisions.length === 1 ? "collision" : "collisions"}</span></li><li>${icon("gap", "soft")}<span><b>${gaps.length}</b> ${gaps.length === 1 ? "gap" : "gaps"}</span></li></ul>
<details class="fold-in js-only"><summary class="btn">Filter</summary><div class="filters"><fieldset><legend class="sr">Audience</legend><span class="seg"><label><input type="radio" name="aud" value="" checked>Any audience</label><label><input type="radio" name="aud" value="external">External</label><label><input type="radio" name="aud" value="internal">Internal</label></span></fieldset><label class="sr" for="ch">Channel</label><select class="pick" name="ch" id="ch"><option value="">Any channel</option>${channels.map(({ name: one }) => html`<option value="${one}">${one}</option>`)}</select><label class="tick"><input type="checkbox" name="need" value="1">Only what needs a person</label></div></details></form>`;
}

function later(moments: readonly Moment[], last: string, zone: string | undefined): Html {
  const next = moments.find(({ at }) => dateKey(at, zone) > last);
  return next
    ? html`<p class="later">After that: ${name(next.title)}, ${day(next.at, zone)}, ${clockTime(next.at, zone)}.</p>`
    : nothing;
}

/** What needs a person, in the order of its urgency. */
function rail(view: CalendarView, moments: readonly Moment[], { collisions, gaps, channels }: Around): Html {
  const { now, timezone, todo } = view;
  const when = (at: number) => `${shortDay(at, timezone, now)}, ${clockTime(at, timezone)}`;
  const troubles = moments.flatMap(({ entries }) =>
    entries.filter(({ state }) => state === "held" || state === "failed"),
  );
  const items = [
    ...troubles.map(
      ({ state, channel, title, trouble, id }) =>
        html`<li>${sign(state)}<div><p><b>${name(channel)}</b>, ${name(title)}<br>${sentence(trouble ?? (state === "held" ? "it may be out: look, then say which" : "it failed"))}</p><code>broadcast ${state === "held" ? "resolve" : "retry"} ${id}</code></div></li>`,
    ),
    ...collisions.map(
      ({ first, second, channels: on }) =>
        html`<li>${icon("clash", "clash-i")}<div><p><b>${when(first.at)} and ${clockTime(second.at, timezone)}</b><br>Two posts within the hour on ${join(on.map(name), ", ")}: ${name(first.title)}, ${name(second.title)}.</p></div></li>`,
    ),
    ...todo.map(
      ({ title, at, words, command }) =>
        html`<li>${sign("planned")}<div><p><b>${name(title)}</b>${at !== undefined && `, ${when(at)}`}<br>${sentence(words)}</p>${command !== undefined && html`<code>${command}</code>`}</div></li>`,
    ),
    ...gaps.map(
      ({ from, to, days }) =>
        html`<li>${icon("gap", "soft")}<div><p><b>${dayWords(from)} to ${dayWords(to)}</b><br>Nothing public for ${days} days.</p></div></li>`,
    ),
    ...idle(moments, channels, now),
  ];
  return html`<aside class="rail" aria-labelledby="n-h"><div><h2 id="n-h">Needs a person</h2>${items.length > 0 ? html`<ul>${items}</ul>` : html`<p class="soft">Nothing.</p>`}</div></aside>`;
}

/** Channels on which nothing comes at all. */
function idle(moments: readonly Moment[], channels: Around["channels"], now: number): Html[] {
  const coming = new Set(
    moments.filter(({ at }) => at > now).flatMap(({ entries }) => entries.map(({ channel }) => channel)),
  );
  const quiet = [...channels.keys()].filter((channel) => !coming.has(channel));
  if (quiet.length === 0 || quiet.length === channels.size) return [];
  return [
    html`<li>${icon("gap", "soft")}<div><p>${join(
      quiet.map((one) => html`<b>${name(one)}</b>`),
      ", ",
    )}: nothing planned.</p></div></li>`,
  ];
}

function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

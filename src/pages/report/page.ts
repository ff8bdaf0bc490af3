/** The report: what came of what is out. */
import { page } from "../document.ts";
import { type Html, html, join, name, nothing, sentence, webAddress } from "../html.ts";
import { accents, networkClass } from "../look.ts";
import { report } from "../style/report.ts";
import { clockTime, day, distance, shortDay, zoneName } from "../time.ts";
import { bar, bubble, HATCH, line, range, unknown } from "./charts.ts";
import { byKind, bySendingTime, ENOUGH, HOURS, thinned, WEEKDAYS } from "./numbers.ts";
import { NAMES, REPORTED, type ReportChannel, type Reported, type ReportView } from "./view.ts";

export function reportPage(view: ReportView): string {
  const { title, now, timezone, channels, command, countedAt } = view;
  const asked =
    countedAt === undefined
      ? "Nothing was counted yet."
      : `Counted last on ${day(countedAt, timezone)}, ${clockTime(countedAt, timezone)}. Unknown is not nought.`;
  return page({
    title: `Report: ${title}`,
    kind: "Report",
    where: `${day(now, timezone)}, ${clockTime(now, timezone)} ${zoneName(timezone)}`,
    styles: [report, accents(channels.map(({ network, look }) => [network, look] as const))],
    skip: "Skip to the report",
    pictures: HATCH,
    body: html`<main id="main" tabindex="-1"><div class="rep">${head(view)}
${figures(view)}
${overTime(view)}
<div class="two-c">${reactions(view)}<div>${polls(view)}${dark(view)}</div></div>
${replies(view)}
<div class="two-c">${kinds(view)}${times(view)}</div>
${best(view)}</div></main>`,
    foot: [html`Made by <code>${command}</code>`, asked],
  });
}

function head({ title, first, last, timezone, now, channels, posts, campaigns }: ReportView): Html {
  const from =
    first === undefined ? "" : `Out since ${shortDay(first, timezone, now)}, ${clockTime(first, timezone)}`;
  const to =
    last !== undefined && first !== undefined && last - first > 86_400_000
      ? `; the newest from ${shortDay(last, timezone, now)}`
      : "";
  return html`<div class="rh"><p class="cap">${campaigns === 1 ? "What came of a campaign" : `What came of ${campaigns} campaigns`}</p><h1>${title}</h1><p>${plural(posts.length, "post")} on ${plural(channels.length, "channel")}. ${from}${to}${from !== "" && "."}</p></div>`;
}

function sum(channels: readonly ReportChannel[], of: Reported): { total: number; tell: number } {
  const told = channels.flatMap(({ counts }) => counts[of] ?? []);
  return { total: told.reduce((all, one) => all + one, 0), tell: told.length };
}

function figures({ channels, replies: told, repliesInAll }: ReportView): Html {
  const shown = REPORTED.filter((one) => sum(channels, one).tell > 0);
  if (shown.length === 0)
    return html`<p class="none">No channel tells anything yet. Ask again later, or with <code>broadcast stats</code>.</p>`;
  const unread = told.filter(({ unread: isNew }) => isNew).length;
  return html`<dl class="figs">${shown.map((one) => {
    const { total, tell } = sum(channels, one);
    const least =
      tell < channels.length
        ? `at least: ${tell} of ${plural(channels.length, "channel")} ${tell === 1 ? "tells" : "tell"}`
        : channels.length === 1
          ? "its channel tells"
          : `all ${channels.length} channels tell`;
    const also = one === "replies" && unread > 0 && repliesInAll > 0 ? `; ${unread} unread` : "";
    return html`<div><dt>${NAMES[one]}</dt><dd class="n">${total.toLocaleString("en")}</dd><dd class="of">${least}${also}</dd></div>`;
  })}</dl>`;
}

function acts(counts: ReportChannel["counts"]): number | undefined {
  const { views: _, ...others } = counts;
  const told = Object.values(others);
  return told.length === 0 ? undefined : told.reduce((all, one) => all + one, 0);
}

/** Views where they are told, else what people did: each on one scale. */
function overTime(view: ReportView): Html {
  const withViews = view.channels.filter(
    ({ series }) => series.filter(({ counts }) => counts.views !== undefined).length > 1,
  );
  const others = view.channels.filter(
    (one) =>
      !withViews.includes(one) && one.series.filter(({ counts }) => acts(counts) !== undefined).length > 1,
  );
  return html`${multiples("Views", withViews, ({ views }) => views, view)}${multiples("Likes, reposts, replies", others, acts, view)}`;
}

function multiples(
  what: string,
  channels: readonly ReportChannel[],
  of: (counts: ReportChannel["counts"]) => number | undefined,
  { timezone, now, first }: ReportView,
): Html {
  if (channels.length === 0) return nothing;
  const lines = channels.map((channel) => ({
    channel,
    points: channel.series.flatMap(({ at, counts }) => {
      const value = of(counts);
      return value === undefined ? [] : [{ at, value }];
    }),
  }));
  const times = lines.flatMap(({ points }) => points.map(({ at }) => at));
  const [from, to] = [Math.min(first ?? now, ...times), Math.max(...times)];
  const most = Math.max(...lines.flatMap(({ points }) => points.map(({ value }) => value)));
  // Lines at nought say less than the table.
  if (most === 0) return nothing;
  const id = what.replace(/\W+/g, "-");
  const sorted = lines.sort((a, b) => b.points.at(-1)!.value - a.points.at(-1)!.value);
  const figuresOf = sorted.map(({ channel, points }) => {
    const last = points.at(-1)!.value;
    const half = points.find(({ value }) => value * 2 >= last)!;
    const label = `${channel.name}: ${last.toLocaleString("en")} ${what.toLowerCase()}, half of them by ${shortDay(half.at, timezone, now)}, ${clockTime(half.at, timezone)}`;
    return html`<figure class="sm"><figcaption>${mark(channel)}${name(channel.name)}<span class="num">${last.toLocaleString("en")}</span></figcaption>${line([{ at: from, value: 0 }, ...points], { from, to, most, label })}<p class="ft">half by ${shortDay(half.at, timezone, now)}, ${clockTime(half.at, timezone)}</p></figure>`;
  });
  const isThinned = sorted.some(({ points }) => points.length > MOST_ROWS);
  const rows = sorted.flatMap(({ channel, points }) =>
    thinned(points, MOST_ROWS).map(
      ({ at, value }) =>
        html`<tr><th scope="row">${name(channel.name)}</th><td>${day(at, timezone)}, ${clockTime(at, timezone)}</td><td class="r">${value.toLocaleString("en")}</td></tr>`,
    ),
  );
  return html`<section class="blk" aria-labelledby="${id}"><h2 id="${id}">${what}, over time</h2><p class="lead2">One scale for all; a tick is a day.</p><div class="multi">${figuresOf}</div><details class="behind"><summary>The numbers</summary>${isThinned && html`<p class="lead2">Some of them; <code>broadcast stats --cached --json</code> has all.</p>`}<div class="scrollx" tabindex="0" role="region" aria-label="${what}, the numbers"><table class="tbl"><thead><tr><th scope="col">Channel</th><th scope="col">Counted</th><th scope="col" class="r">${what}</th></tr></thead><tbody>${rows}</tbody></table></div></details></section>`;
}

// As many as one reads; the first and the last are among them.
const MOST_ROWS = 8;

function mark({ look, network }: Pick<ReportChannel, "look" | "network">): Html {
  return html`<span class="mark ${networkClass(network)}" aria-hidden="true">${look.mark}</span>`;
}

const REACTIONS = ["likes", "shares", "replies"] as const;

function reactions({ channels }: ReportView): Html {
  const most = Object.fromEntries(
    REACTIONS.map((one) => [one, Math.max(0, ...channels.flatMap(({ counts }) => counts[one] ?? []))]),
  );
  const cell = ({ counts, silent }: ReportChannel, one: (typeof REACTIONS)[number]) => {
    const value = counts[one];
    const label = NAMES[one].split(" ")[0]!;
    if (value !== undefined)
      return html`<td data-l="${label}"><span class="vb"><span class="num">${value.toLocaleString("en")}</span>${bar(value, most[one]!)}</span></td>`;
    if (silent !== undefined)
      return html`<td data-l="${label}"><span class="nt">${unknown()}not told</span></td>`;
    return html`<td data-l="${label}"><span class="no"><span aria-hidden="true">–</span><span class="sr">not counted here</span></span></td>`;
  };
  const sorted = [...channels].sort((a, b) => (acts(b.counts) ?? -1) - (acts(a.counts) ?? -1));
  const rows = sorted.map(
    (channel) =>
      html`<tr><th scope="row"><span class="nm">${mark(channel)}${name(channel.name)}</span></th>${REACTIONS.map((one) => cell(channel, one))}</tr>`,
  );
  return html`<section class="blk" aria-labelledby="r-h"><h2 id="r-h">Likes, reposts, replies</h2><p class="lead2">Each column has its own scale. <span class="nt">${unknown()}not told</span> is unknown, not nought; a dash means that this is not counted there.</p><table class="tbl reac"><caption class="sr">Likes, reposts and replies by channel</caption><thead><tr><th scope="col">Channel</th><th scope="col">Likes and reactions</th><th scope="col">Reposts</th><th scope="col">Replies</th></tr></thead><tbody>${rows}</tbody></table></section>`;
}

function polls({ polls: all }: ReportView): Html {
  return join(
    all.map(({ title, channel, choices }, index) => {
      const votes = choices.reduce((total, one) => total + one.votes, 0);
      const most = Math.max(...choices.map((one) => one.votes));
      const items = choices.map(
        ({ choice, votes: own }) =>
          html`<li${own === most && votes > 0 && html` class="first"`}><span dir="auto">${choice}</span><span class="num">${own.toLocaleString("en")} <span class="soft">${votes === 0 ? 0 : Math.round((own / votes) * 100)}%</span></span>${bar(own, most, own === most)}</li>`,
      );
      return html`<section class="blk" aria-labelledby="p-${index}"><h2 id="p-${index}">${name(title)}</h2><p class="lead2">${plural(votes, "vote")} on ${name(channel)}</p><ol class="pollr">${items}</ol></section>`;
    }),
  );
}

function dark({ channels }: ReportView): Html {
  const reasons = new Map<string, string[]>();
  for (const { name: one, silent } of channels)
    if (silent !== undefined) reasons.set(silent, [...(reasons.get(silent) ?? []), one]);
  if (reasons.size === 0) return nothing;
  return html`<section class="blk" aria-labelledby="u-h"><h2 id="u-h">What we do not know</h2><ul class="dark-list">${[...reasons].map(([why, names]) => html`<li>${unknown()}<p><b>${join(names.map(name), ", ")}</b>: ${sentence(why)}</p></li>`)}</ul></section>`;
}

function replies({ replies: all, repliesInAll, repliesCommand, now, timezone, channels }: ReportView): Html {
  if (all.length === 0) return nothing;
  const items = all.map(({ name: id, channel, author, text, at, url, unread }) => {
    const own = channels.find((one) => one.name === channel);
    const address = url === undefined ? undefined : webAddress(url);
    return html`<li>${own ? mark(own) : html`<span></span>`}<div><p class="by"><b>${name(author)}</b><span>${name(channel)} · ${shortDay(at, timezone, now)}, ${clockTime(at, timezone)}</span>${unread && html`<span class="new">unread</span>`}</p><p class="t" dir="auto">${text}</p><p class="act"><code>broadcast reply ${id} "…"</code>${address !== undefined && html`<a href="${address}" rel="noopener noreferrer nofollow">open there</a>`}</p></div></li>`;
  });
  return html`<section class="blk" aria-labelledby="a-h"><h2 id="a-h">Replies</h2><p class="lead2">${all.length < repliesInAll ? `The newest ${all.length} of ${repliesInAll}` : plural(all.length, "reply", "replies")}, as they were written. <code>${repliesCommand}</code></p><ol class="reps">${items}</ol></section>`;
}

function kinds({ posts, campaigns }: ReportView): Html {
  const spreads = byKind(posts);
  if (campaigns < 2 || spreads.length < 2) return nothing;
  const most = Math.max(...spreads.map(({ highest }) => highest));
  const rows = spreads.map(
    ({ name: kind, number, lowest, median, highest }) =>
      html`<tr><th scope="row">${kind}</th><td class="r">${number}</td><td class="r soft">${lowest}</td><td class="r"><b>${median}</b></td><td class="r soft">${highest}</td><td>${range(lowest, median, highest, most)}</td></tr>`,
  );
  return html`<section class="blk" aria-labelledby="k-h"><h2 id="k-h">Which kind is answered most</h2><p class="lead2">What people did, per post; the block is the median, the line goes from the lowest to the highest.</p><div class="scrollx" tabindex="0" role="region" aria-label="By kind"><table class="tbl kinds"><caption class="sr">Reactions per post by kind of campaign</caption><thead><tr><th scope="col">Kind</th><th scope="col" class="r">Number</th><th scope="col" class="r">Lowest</th><th scope="col" class="r">Median</th><th scope="col" class="r">Highest</th><th scope="col"><span class="sr">Drawn</span></th></tr></thead><tbody>${rows}</tbody></table></div></section>`;
}

function times({ posts, timezone, campaigns }: ReportView): Html {
  const slots = bySendingTime(posts, timezone);
  const told = slots.flat().flatMap(({ median }) => median ?? []);
  if (campaigns < 2 || told.length < 2) return nothing;
  const most = Math.max(...told);
  // Hours at which nothing was ever sent are left out.
  const hours = HOURS.flatMap((hour, index) =>
    slots.some((row) => row[index]!.number > 0) ? [{ hour, index }] : [],
  );
  const rows = WEEKDAYS.map(
    (weekday, row) =>
      html`<tr><th scope="row">${weekday}</th>${hours.map(({ index }) => {
        const { median, number } = slots[row]![index]!;
        const label =
          median === undefined ? (number === 0 ? "nothing was sent" : `only ${number} sent`) : String(median);
        return html`<td${median === most && html` class="top"`}>${number > 0 ? bubble(median, most, label) : html`<span class="sr">${label}</span>`}</td>`;
      })}</tr>`,
  );
  return html`<section class="blk" aria-labelledby="h-h"><h2 id="h-h">When it was sent</h2><p class="lead2">Median of what people did, by ${zoneName(timezone)} time. The larger the more; a cross means fewer than ${ENOUGH} posts.</p><table class="tbl heat"><caption class="sr">Reactions per post, median, by weekday and hour of sending</caption><thead><tr><td></td>${hours.map(({ hour: [from, to] }) => html`<th scope="col">${from}–${to}</th>`)}</tr></thead><tbody>${rows}</tbody></table></section>`;
}

function best({ posts, timezone, now, campaigns }: ReportView): Html {
  const top = [...posts]
    .filter(({ acts: own }) => (own ?? 0) > 0)
    .sort((a, b) => b.acts! - a.acts!)
    .slice(0, 5);
  if (top.length < 2) return nothing;
  const items = top.map(({ title, channel, kind, at, url, acts: own }) => {
    const address = url === undefined ? undefined : webAddress(url);
    const words = campaigns === 1 ? channel : title;
    const heading =
      address === undefined
        ? html`<b>${name(words)}</b>`
        : html`<a href="${address}" rel="noopener noreferrer">${name(words)}</a>`;
    return html`<li><div>${heading}<p class="m">${join(
      [
        name(channel),
        kind,
        `${shortDay(at, timezone, now)}, ${clockTime(at, timezone)}`,
        distance(at, now),
      ].filter((one) => one !== undefined),
      " · ",
    )}</p></div><p class="v"><b>${own!.toLocaleString("en")}</b>reactions</p></li>`;
  });
  return html`<section class="blk" aria-labelledby="b-h"><h2 id="b-h">Top posts</h2><ol class="best">${items}</ol></section>`;
}

function plural(number: number, noun: string, many = `${noun}s`): string {
  return `${number.toLocaleString("en")} ${number === 1 ? noun : many}`;
}

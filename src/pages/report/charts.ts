/** Charts as inline SVG: shapes that read without colour. Each has its numbers beside it or behind it. */
import { type Html, html, raw } from "../html.ts";
import { thinned } from "./numbers.ts";

const WIDTH = 200;
const HEIGHT = 80;

const round = (value: number) => Math.round(value * 10) / 10;

/** A line over time on a given scale; the area below it, its end as a dot. */
export function line(
  points: readonly { at: number; value: number }[],
  { from, to, most, label }: { from: number; to: number; most: number; label: string },
): Html {
  const x = (at: number) => round(((at - from) / Math.max(1, to - from)) * WIDTH);
  const y = (value: number) => round(HEIGHT - (value / Math.max(1, most)) * (HEIGHT - 4));
  const shown = thinned(points, 60);
  const last = shown.at(-1);
  if (!last) return unknown();
  const path = shown.map(({ at, value }, index) => `${index === 0 ? "M" : "L"}${x(at)} ${y(value)}`).join("");
  const area = `M${x(shown[0]!.at)} ${HEIGHT}${path.replace("M", "L")}L${x(last.at)} ${HEIGHT}Z`;
  const days = Math.round((to - from) / 86_400_000);
  const ticks =
    days > 1 && days <= 31
      ? Array.from({ length: days - 1 }, (_, n) => `M${round(((n + 1) / days) * WIDTH)} ${HEIGHT}v3`).join("")
      : "";
  return html`<svg class="ch" viewBox="0 0 ${WIDTH} ${HEIGHT + 4}" role="img" aria-label="${label}"><path class="ar" d="${area}"/><path class="ax" d="M0 ${HEIGHT + 0.5}H${WIDTH}"/>${ticks !== "" && html`<path class="ax" d="${ticks}"/>`}<path class="ln" d="${path}"/><circle class="pt" cx="${x(last.at)}" cy="${y(last.value)}" r="3.5"/></svg>`;
}

/** A number with a bar behind it. */
export function bar(value: number, most: number, isFirst = false): Html {
  const width = round((value / Math.max(1, most)) * 100);
  return html`<svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true"><rect class="bar${isFirst && " hi"}" width="${width}" y="2" height="8" rx="1"/></svg>`;
}

/** From the lowest to the highest; the block is the median. */
export function range(lowest: number, middle: number, highest: number, most: number): Html {
  const x = (value: number) => round((value / Math.max(1, most)) * 236 + 2);
  return html`<svg class="rng" viewBox="0 0 240 20" preserveAspectRatio="none" aria-hidden="true"><path class="ax" d="M0 10H240"/><path class="w" d="M${x(lowest)} 10H${x(highest)}M${x(lowest)} 5v10M${x(highest)} 5v10"/><rect class="bar hi" x="${round(x(middle) - 1.75)}" y="3" width="3.5" height="14"/></svg>`;
}

/** The larger the more; a cross where too few say anything. */
export function bubble(value: number | undefined, most: number, label: string): Html {
  if (value === undefined)
    return html`<svg viewBox="0 0 40 40" role="img" aria-label="${label}"><path class="few" d="M17 17l6 6M23 17l-6 6"/></svg>`;
  const radius = round(3 + Math.sqrt(value / Math.max(1, most)) * 16);
  const text = radius > 11 && html`<text x="20" y="24">${Math.round(value)}</text>`;
  return html`<svg viewBox="0 0 40 40" role="img" aria-label="${label}"><circle class="bub2" cx="20" cy="20" r="${radius}"/>${text}</svg>`;
}

/** Hatched: the network does not tell. */
export function unknown(): Html {
  return html`<svg viewBox="0 0 24 12" aria-hidden="true"><rect class="unk" x=".5" y=".5" width="23" height="11" rx="2"/></svg>`;
}

export const HATCH = raw(
  '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><path class="hl" d="M0 0v5"/></pattern>',
);

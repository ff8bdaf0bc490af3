/** Signs of state: shape and word, then colour. */
import { type Html, html, join, name, webAddress } from "../html.ts";
import { type Icon, icon } from "../icons.ts";
import type { Moment } from "./moments.ts";
import type { CalendarChannel, EntryState } from "./view.ts";

export const STATES: Record<EntryState, { icon: Icon; look: string; words: string }> = {
  out: { icon: "out", look: "out", words: "out" },
  scheduled: { icon: "sched", look: "sched", words: "scheduled" },
  planned: { icon: "planned", look: "planned", words: "planned" },
  held: { icon: "held", look: "held", words: "held" },
  failed: { icon: "failed", look: "failed", words: "failed" },
};

export function sign(state: EntryState): Html {
  return icon(STATES[state].icon, STATES[state].look);
}

/** Marks for who sees, names for who listens. */
export function marks({ entries }: Moment, channels: ReadonlyMap<string, CalendarChannel>): Html {
  const names = entries.map(({ channel }) => channel);
  const shown = names.slice(0, 4).map((one) => channels.get(one)?.look.mark ?? one.slice(0, 2));
  const more = names.length - shown.length;
  return html`<p class="chs"><span aria-hidden="true">${shown.join(" ")}${more > 0 && html` <span class="soft">and ${more} more</span>`}</span><span class="sr">${join(names.map(name), ", ")}</span></p>`;
}

export function heading({ title, entries }: Moment): Html {
  const href = entries.map((one) => wayTo(one.href)).find((way) => way !== undefined);
  return href === undefined
    ? html`<span class="tt">${name(title)}</span>`
    : html`<a href="${href}" rel="noopener noreferrer">${name(title)}</a>`;
}

/** A page of the web, or one that lies beside this one. */
function wayTo(href: string | undefined): string | undefined {
  if (href === undefined) return undefined;
  return /^(?:\.{1,2}\/|[\w.%~-]+\/)*[\w.%~-]+\.html$/.test(href) ? href : webAddress(href);
}

/** All posts at a glance, in the order of the channels, and what one must know before reading them. */

import { NO_CREDENTIAL } from "../../config/config.ts";
import type { Problem } from "../../errors.ts";
import { difference } from "../difference.ts";
import { type Html, html, join, name, nothing, sentence, slug, ticked } from "../html.ts";
import { icon, mini } from "../icons.ts";
import { directionOf, languageName, miniOf, networkClass } from "../look.ts";
import type { Shown } from "../shown.ts";
import { clockTime, shortDay } from "../time.ts";
import type { PreviewView } from "./view.ts";

export function strip(all: readonly Shown[], view: PreviewView): Html {
  if (all.length < 2) return nothing;
  const tiles = all.map((shown) => html`<li>${tile(shown, view)}</li>`);
  return html`<nav aria-label="Posts"><ol class="strip${all.length < 15 && " few"}">${tiles}</ol></nav>`;
}

function tile({ id, channel, network, look, posts, lang, audience }: Shown, view: PreviewView): Html {
  const drawing = miniOf(look, { posts: posts.length, poll: posts.some(({ poll }) => poll) });
  const worst = worstOf(channel, view);
  const isChanged = view.status.stale?.changes.some((change) => change.channel === channel) === true;
  const spoken = [audience === "internal" && "internal", worst, isChanged && "changed"]
    .filter(Boolean)
    .join(", ");
  return html`<a class="tile ${networkClass(network)}" href="#${id}" data-for="${id}"${audience === "internal" && html` data-int`}>${mini(drawing, directionOf(lang) === "rtl" ? "rtl" : "")}<span class="mk" aria-hidden="true"><span class="mark">${look.mark}</span>${isChanged && html`<span class="chg">±</span>`}</span><span class="nm">${name(channel)}</span>${spoken !== "" && html`<span class="sr">, ${spoken}</span>`}${worst && html`<span class="flag ${worst === "error" ? "err" : "wrn"}" aria-hidden="true">${icon(worst === "error" ? "stop" : "warn")}</span>`}</a>`;
}

export function worstOf(channel: string, view: PreviewView): "error" | "warning" | undefined {
  const own = problemsOf(view).filter((one) => one.channel === channel);
  return own.some(({ severity }) => severity === "error") ? "error" : own.length > 0 ? "warning" : undefined;
}

/** Without missing credentials: a reader need not hold any. */
export function problemsOf({ plan }: Pick<PreviewView, "plan">): Problem[] {
  return plan.problems.filter(({ code }) => !NO_CREDENTIAL.has(code));
}

/** Problems first, then warnings; beside them what changed. */
export function findings(view: PreviewView): Html {
  const problems = [...problemsOf(view)].sort(
    (a, b) => Number(b.severity === "error") - Number(a.severity === "error"),
  );
  const delta = changes(view);
  const part = partOf(view);
  if (problems.length === 0 && delta.isEmpty && part.isEmpty) return nothing;
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors;
  const heading = [errors > 0 && counted(errors, "problem"), warnings > 0 && counted(warnings, "warning")]
    .filter(Boolean)
    .join(", ");
  return html`<section class="finds" aria-label="What to know first">${part}${problems.length > 0 && html`<div><h2>${heading}</h2><ul>${problems.map((one) => finding(one, view))}</ul></div>`}${delta}</section>`;
}

/** A digest is of everything that goes out, and a reader must know that this is not everything. */
function partOf({ of, plan }: PreviewView): Html {
  if (of === undefined) return nothing;
  return html`<div><h2>A part of the campaign</h2><ul><li class="wrn">${icon("warn")}<span>This page shows ${plan.deliveries.length} of ${of} posts. The digest is that of all of them.</span></li></ul></div>`;
}

function finding({ severity, message, remedy, channel, place }: Problem, { plan }: PreviewView): Html {
  const isError = severity === "error";
  const known = channel !== undefined && plan.deliveries.some((one) => one.channel === channel);
  const where = place?.line === undefined ? "" : `line ${place.line}`;
  return html`<li class="${isError ? "err" : "wrn"}">${icon(isError ? "stop" : "warn")}<span><span class="sr">${isError ? "Problem" : "Warning"}: </span>${known && html`<a href="#at-${slug(channel)}">${name(channel)}</a>: `}${sentence(message)}${remedy !== undefined && html` ${ticked(remedy)}`}${where !== "" && html` <span class="soft">${where}</span>`}</span></li>`;
}

function changes({ status: { stale }, now, timezone, plan, adapters }: PreviewView): Html {
  if (!stale || stale.changes.length === 0) return nothing;
  const { by, at } = stale.approval;
  // Many channels have the same words: one difference stands for all of them.
  const groups = new Map<string, { shown: Html; channels: string[] }>();
  for (const change of stale.changes) {
    const shown = difference(change, adapters);
    const key = shown.toString();
    groups.set(key, { shown, channels: [...(groups.get(key)?.channels ?? []), change.channel] });
  }
  const same = plan.deliveries.length - stale.changes.filter(({ after }) => after).length;
  const lines = [...groups.values()]
    .slice(0, 6)
    .map(
      ({ shown, channels }) =>
        html`<p>${shown} <span class="soft">${channels.length > 3 ? `in ${channels.length} posts` : html`${join(channels.map(name), ", ")}`}</span></p>`,
    );
  return html`<div class="delta"><h2>± Changed since ${name(by)} approved, ${shortDay(at, timezone, now)}, ${clockTime(at, timezone)}</h2>${lines}${same > 0 && html`<p class="soft">${same === 1 ? "The other is" : `The other ${same} are`} as approved.</p>`}</div>`;
}

/** Filters by data of the posts; without script they are not there. */
export function filters(all: readonly Shown[], view: PreviewView): Html {
  if (all.length < 2) return nothing;
  const networks = [...new Map(all.map(({ network, networkName }) => [network, networkName]))];
  const langs = [...new Set(all.flatMap(({ lang }) => lang ?? []))];
  const troubled = all.filter(({ channel }) => worstOf(channel, view)).length;
  const isMixed = new Set(all.map(({ audience }) => audience)).size > 1;
  return html`<form class="js-only" id="filters" aria-label="Filter the posts"><details class="fold-in"><summary class="btn">Filter</summary><div class="filters">
${
  isMixed &&
  choice("Audience", "aud", "Any audience", [
    ["external", "External"],
    ["internal", "Internal"],
  ])
}
${
  langs.length > 1 &&
  choice(
    "Language",
    "lang",
    "Any language",
    langs.map((lang) => [lang, languageName(lang)] as const),
  )
}
${networks.length > 1 && html`<fieldset><label class="sr" for="net">Network</label><select class="pick" name="net" id="net"><option value="">Any network</option>${networks.map(([id, words]) => html`<option value="${id}">${words}</option>`)}</select></fieldset>`}
${troubled > 0 && html`<label class="tick"><input type="checkbox" name="problem" value="1">Problems only, ${troubled}</label>`}
${!view.desk && html`<fieldset><legend class="sr">View</legend><span class="seg"><label><input type="radio" name="view" value="side" checked>Side by side</label><label><input type="radio" name="view" value="one">One by one</label></span></fieldset>`}
<output class="out" id="shown">${counted(all.length, "post")}</output></div></details></form>`;
}

function choice(
  legend: string,
  field: string,
  any: string,
  options: readonly (readonly [value: string, words: string])[],
): Html {
  return html`<fieldset><legend class="sr">${legend}</legend><span class="seg"><label><input type="radio" name="${field}" value="" checked>${any}</label>${options.map(([value, words]) => html`<label><input type="radio" name="${field}" value="${value}">${words}</label>`)}</span></fieldset>`;
}

export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

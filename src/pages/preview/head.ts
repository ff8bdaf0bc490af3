/** The head: what it is, when, to whom, which digest, and who has approved. */
import type { Need } from "../../approval/evaluate.ts";
import { sumOf } from "../../plan/charges.ts";
import { moneyWords } from "../../report/money.ts";
import { digestBlock, digestWords } from "../digest-words.ts";
import { type Html, html, join, name, nothing, oneLine } from "../html.ts";
import { icon } from "../icons.ts";
import { clockTime, day, distance, shortDay, zoneName } from "../time.ts";
import { zoneOf } from "./from-plan.ts";
import type { PreviewView } from "./view.ts";

export function titleOf({ plan }: Pick<PreviewView, "plan">): string {
  return oneLine(plan.campaign.title ?? plan.deliveries[0]?.posts[0]?.post.title ?? plan.campaign.id);
}

export function head(view: PreviewView): Html {
  const { plan, file } = view;
  const { kind, audience } = plan.campaign;
  return html`<div class="head"><div class="wrap"><div class="lead"><h1 id="title" dir="auto">${titleOf(view)}</h1><p class="path">${kind}${audience === "internal" && ", internal"} · <code>${file}</code></p>${brief(view)}</div><dl class="facts"><div class="m0"><dt class="cap">Goes out</dt><dd>${when(view)}${cost(view)}</dd></div>
<div class="aud m0"><dt class="cap">Audience</dt><dd>${audiences(view)}</dd></div>
<div class="wide"><dt class="cap">Digest</dt><dd class="digest">${digestBlock(plan.digest)}</dd></div>
<div class="wide"><dt class="cap">Approval</dt><dd>${approval(view)}</dd></div></dl></div></div>`;
}

/** What is left of the head on a small screen. */
function brief(view: PreviewView): Html {
  const { plan } = view;
  const [inside, outside] = counts(view);
  const due = firstDue(view);
  return html`<p class="mini"><span>${due === undefined ? "at once" : html`${shortDay(due.at, due.zone, view.now)}, ${clockTime(due.at, due.zone)} ${zoneName(due.zone)}`}</span>${outside > 0 && html`<span>${icon("globe")}<span class="sr">external </span>${outside}</span>`}${inside > 0 && html`<span class="int">${icon("lock")}<span class="sr">internal </span>${inside}</span>`}<span class="w">${digestWords(plan.digest).join(" ")}</span>${state(view)}</p>`;
}

function firstDue(view: PreviewView): { at: number; zone: string | undefined } | undefined {
  const dues = view.plan.deliveries.flatMap((one) =>
    one.due === undefined ? [] : [{ at: Date.parse(one.due), zone: zoneOf(one, view) }],
  );
  return dues.sort((a, b) => a.at - b.at)[0];
}

function when(view: PreviewView): Html {
  const { deliveries } = view.plan;
  const first = firstDue(view);
  if (!first) return html`<b>at once, when it is sent</b>`;
  const others = deliveries.filter(({ due }) => due !== undefined && Date.parse(due) !== first.at).length;
  const atOnce = deliveries.filter(({ due }) => due === undefined).length;
  const more = [others > 0 && `${others} later`, atOnce > 0 && `${atOnce} at once`]
    .filter(Boolean)
    .join(", ");
  return html`<b>${day(first.at, first.zone)}, ${clockTime(first.at, first.zone)}</b><span class="soft">${zoneName(first.zone)} · ${distance(first.at, view.now)}</span>${more !== "" && html`<span class="soft">${more}</span>`}`;
}

function cost({ plan }: PreviewView): Html {
  const sums = sumOf(plan.deliveries.map((one) => one.cost));
  return sums.length === 0 ? nothing : html`<span class="soft">costs about ${moneyWords(sums)}</span>`;
}

function counts({ plan: { deliveries } }: PreviewView): [internal: number, external: number] {
  const inside = deliveries.filter(({ audience }) => audience === "internal").length;
  return [inside, deliveries.length - inside];
}

function audiences(view: PreviewView): Html {
  const [inside, outside] = counts(view);
  return html`${outside > 0 && html`<span class="ext">${icon("globe")}External <span class="n">${outside}</span></span>`}${inside > 0 && html`<span class="int">${icon("lock")}Internal <span class="n">${inside}</span></span>`}`;
}

/** In a sign and a few words. */
export function state({ status: { needs, stale } }: Pick<PreviewView, "status">): Html {
  if (needs.length === 0) return html`<span class="state">${icon("check")}none needed</span>`;
  const wanted = needs.reduce((sum, { rule }) => sum + rule.approvals, 0);
  const missing = needs.reduce((sum, need) => sum + need.missing, 0);
  if (missing === 0) return html`<span class="state yes">${icon("check")}approved</span>`;
  if (stale) return html`<span class="state no">${icon("reload")}stale</span>`;
  return html`<span class="state no">${icon("half")}${wanted - missing} of ${wanted}</span>`;
}

function approval(view: PreviewView): Html {
  const { needs } = view.status;
  if (needs.length === 0) return state(view);
  return html`${state(view)}<ul class="who-list">${needs.flatMap((need) => [...need.counted.map((by) => given(by, view)), ...missing(need)])}</ul>`;
}

function given(by: string, { status, now, timezone, plan }: PreviewView): Html {
  const own = status.approvals.filter((one) => one.by === by && one.digest === plan.digest).at(-1);
  const words = own
    ? `${shortDay(own.at, timezone, now)}, ${clockTime(own.at, timezone)}${own.signed?.state === "valid" ? ", signed" : ""}`
    : "approved";
  return html`<li>${icon("check")}<span>${name(by)}: ${words}</span></li>`;
}

function missing({ rule, missing: more, counted, refused }: Need): Html[] {
  if (more === 0) return [];
  const left = rule.by?.filter((one) => !counted.includes(one));
  const words = left ? html`${join(left.map(name), " or ")}: missing` : html`${more} more`;
  const why = refused
    .filter(({ code }) => code !== "stale")
    .map(
      ({ by, why: reason }) =>
        html`<li>${icon("stop")}<span>${name(by)} does not count: ${reason}</span></li>`,
    );
  return [html`<li>${icon("open")}<span>${words}${rule.signed && ", signed"}</span></li>`, ...why];
}

/** Who must still approve, as a sentence. */
export function stillNeeded({ status: { needs } }: Pick<PreviewView, "status">): Html {
  const open = needs.filter((need) => need.missing > 0);
  return join(
    open.map(
      ({ rule, missing: more }) =>
        html`${more} ${rule.signed && "signed "}${more > 1 ? "approvals" : "approval"}${rule.by && html` by ${join(rule.by.map(name), " or ")}`}`,
    ),
    "; ",
  );
}

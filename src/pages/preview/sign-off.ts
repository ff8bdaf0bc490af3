/** The panel in which a person signs off, and what people say beside the posts. */
import type { PlannedDelivery } from "../../plan/types.ts";
import { digestPattern, digestShort, digestWords } from "../digest-words.ts";
import { type Html, html, join, name, nothing, sentence } from "../html.ts";
import { icon } from "../icons.ts";
import { networkClass } from "../look.ts";
import type { Shown } from "../shown.ts";
import { clockTime, shortDay } from "../time.ts";
import { stillNeeded } from "./head.ts";
import { counted } from "./overview.ts";
import type { Comment, Desk, PreviewView } from "./view.ts";

/** Below a post: that it was read, what was said of it, and a place to say more. */
export function beside(delivery: PlannedDelivery, view: PreviewView, desk: Desk): Html {
  const { channel, digest } = delivery;
  const about = view.comments.filter((one) => one.channel === channel);
  const seen =
    desk.closed === undefined &&
    html`<label class="seen"><input type="checkbox" name="read" value="${channel}:${digest}" form="approve" data-read-of="${channel}"><span>Read<span class="sr"> ${name(channel)}</span></span></label>`;
  return html`${seen}${talk(about, view, desk, channel)}${say(view, channel)}`;
}

function talk(about: readonly Comment[], view: PreviewView, desk: Desk, channel: string | undefined): Html {
  if (about.length === 0) return nothing;
  const label = channel === undefined ? "Comments on the campaign" : `Comments on ${channel}`;
  return html`<ol class="talk" aria-label="${label}">${about.map((one) => said(one, view, desk))}</ol>`;
}

function said(
  { id, by, at, text, quote, settled, digest }: Comment,
  { now, timezone, plan }: PreviewView,
  desk: Desk,
): Html {
  const when = (time: string) =>
    `${shortDay(Date.parse(time), timezone, now)}, ${clockTime(Date.parse(time), timezone)}`;
  const older = digest !== plan.digest && !settled && html`<span>on an earlier version</span>`;
  const end = settled
    ? html`<span>settled by ${name(settled.by)}, ${when(settled.at)}</span>`
    : html`<form method="post" action="settle"><input type="hidden" name="id" value="${id}"><input type="hidden" name="by" value="${desk.you ?? ""}" data-you><button class="link">Settle<span class="sr"> the comment by ${name(by)}</span></button></form>`;
  return html`<li${settled && html` class="closed"`}><p class="by"><b>${name(by)}</b><span>${when(at)}</span>${older}</p>${quote !== undefined && html`<q dir="auto">${quote}</q>`}<p class="pre" dir="auto">${text}</p><div class="by">${end}</div></li>`;
}

function say({ plan }: PreviewView, channel: string | undefined): Html {
  const id = channel === undefined ? "all" : `${plan.deliveries.findIndex((one) => one.channel === channel)}`;
  const about = channel === undefined ? html`the campaign` : name(channel);
  return html`<details class="say"><summary>${icon("say")}Comment<span class="sr"> on ${about}</span></summary><form method="post" action="comment"><input type="hidden" name="about" value="${channel ?? ""}"><input type="hidden" name="digest" value="${plan.digest}"><input type="hidden" name="quote" value=""><q class="quoted" dir="auto" hidden></q><label class="sr" for="c-${id}">Comment on ${about}</label><textarea id="c-${id}" name="text" maxlength="4000" required data-keep></textarea><label class="sr" for="by-${id}">Your name</label><input type="text" id="by-${id}" name="by" placeholder="Your name" maxlength="100" required data-you><button class="btn">Leave it here</button></form></details>`;
}

export function panel(shown: readonly Shown[], view: PreviewView, desk: Desk): Html {
  const open = view.comments.filter(({ settled }) => !settled).length;
  const general = view.comments.filter(({ channel }) => channel === undefined);
  return html`<aside class="panel" id="sign-off" aria-labelledby="so"><h2 id="so">Sign-off</h2>${needs(view)}
${desk.said && html`<p class="said ${desk.said.kind}" role="status">${icon(desk.said.kind === "good" ? "check" : "stop")}<span>${sentence(desk.said.words)}</span></p>`}
${desk.closed === undefined ? steps(shown, view, desk, open) : html`<p class="said bad">${icon("stop")}<span>${sentence(desk.closed)}</span></p>`}
<div class="general">${talk(general, view, desk, undefined)}${say(view, undefined)}</div></aside>`;
}

function needs(view: PreviewView): Html {
  const { status } = view;
  if (status.needs.length === 0) return html`<p>Nobody has to approve this. If you do, it is recorded.</p>`;
  if (status.needs.every(({ missing }) => missing === 0))
    return html`<p class="done-line">${icon("check")}It is approved, exactly as it stands here.</p>`;
  const stale =
    status.stale &&
    html`<p>${name(status.stale.approval.by)} approved <b>${digestWords(status.stale.approval.digest).join(" ")}</b>, and this is another version. Nothing goes out until it is approved again, or the change is taken back.</p>`;
  return html`<p>Still needed: ${stillNeeded(view)}.</p>${stale}`;
}

function steps(shown: readonly Shown[], view: PreviewView, desk: Desk, open: number): Html {
  const { digest, deliveries } = view.plan;
  const [one, two, three, four] = digestWords(digest);
  const marks = shown.map(
    ({ id, channel, network, look }) =>
      html`<a class="${networkClass(network)}" href="#${id}" data-mark="${channel}"><span class="mark" aria-hidden="true">${look.mark}</span><span class="sr">${name(channel)}</span></a>`,
  );
  const people =
    desk.people.length > 0 &&
    html`<datalist id="people">${desk.people.map((person) => html`<option value="${person}"></option>`)}</datalist>`;
  const signs =
    desk.key === undefined ? "Not signed with a key." : html`Signed with your key <code>${desk.key}</code>`;
  return html`<form id="approve" method="post" action="approve" data-posts="${deliveries.length}" data-comments="${open}"><input type="hidden" name="digest" value="${digest}">
<ol class="steps">
<li id="s1"><div><h3>Read every post</h3><p class="hint"><b><output id="n">0</output> of ${deliveries.length}</b> read</p><div class="marks">${marks}</div></div></li>
<li id="s2"><div><h3>Compare the words</h3><div class="cmp">${digestPattern(digest)}<div><b>${one} ${two}<br>${three} ${four}</b><code>${digestShort(digest)}</code></div></div><p class="hint">The same four as in the message that brought you here, or as <code>broadcast plan</code> shows them.</p></div></li>
<li id="s3"><div><label class="h" for="name">Your name</label><input type="text" id="name" name="as" autocomplete="name" maxlength="100" list="people" required data-you>${people}<p class="hint">${signs}</p></div></li>
<li id="s4"><div><h3>Approve</h3><p class="hint" id="why" aria-live="polite">${open > 0 ? `${counted(open, "comment")} ${open === 1 ? "is" : "are"} open.` : "It is recorded for exactly these posts, and ends with the first change."}</p><button class="btn main" id="go" aria-describedby="why">Approve exactly this</button></div></li>
</ol></form>`;
}

/** On a phone the panel is at the end: a line at the foot leads there. */
export function dock(view: PreviewView): Html {
  return html`<div class="dock js-only"><span><b data-read-count>0</b> of ${view.plan.deliveries.length} read</span><a class="btn main" href="#sign-off">Sign off</a></div>`;
}

export function liveLine({ savedAt }: Desk, zone: string | undefined): Html {
  return join([
    html`<span class="live" id="live">live, on this computer</span>`,
    html` · saved ${clockTime(savedAt, zone)}`,
  ]);
}

/** What we know of a post: how long it is, when it goes, what it costs, what it could not say, what changed. */
import type { Post } from "../../adapter.ts";
import type { PlannedDelivery, PlannedPost } from "../../plan/types.ts";
import { moneyWords } from "../../report/money.ts";
import { describeFit } from "../../report/plan.ts";
import { dueOf } from "../../report/plan-summary.ts";
import type { Measured, Unit } from "../../text/types.ts";
import { difference } from "../difference.ts";
import { type Html, html, join, name, nothing, oneLine, sentence, ticked } from "../html.ts";
import { type Icon, icon } from "../icons.ts";
import { clockTime, shortDay, zoneName } from "../time.ts";
import { lengthWords, zoneOf } from "./from-plan.ts";
import { problemsOf } from "./overview.ts";
import type { PreviewView } from "./view.ts";

export function slip(delivery: PlannedDelivery, view: PreviewView, below: Html = nothing): Html {
  const list = notes(delivery, view);
  return html`<div class="slip"><div class="row">${counter(delivery.posts)}${due(delivery, view)}</div>${list.length > 0 && html`<ul class="notes">${list}</ul>`}${below}</div>`;
}

const UNITS: Record<Unit, string> = {
  grapheme: "characters",
  codepoint: "characters",
  utf16: "characters",
  byte: "bytes",
  weighted: "characters, as the network weighs them",
  "emoji-bytes": "characters",
};

/** Of the fullest post. */
function counter(posts: readonly PlannedPost[]): Html {
  const share = ({ length, max, bytes }: Measured) =>
    Math.max(length / max, bytes === undefined ? 0 : bytes.length / bytes.max);
  const fullest = posts.map(({ measured }) => measured).sort((a, b) => share(b) - share(a))[0];
  if (!fullest) return nothing;
  const used = share(fullest);
  const state = !fullest.fits ? " over" : used >= 0.9 ? " near" : "";
  const left = fullest.max - fullest.length;
  const words = fullest.fits ? (state === "" ? "" : `, ${left} left`) : `, ${Math.max(1, -left)} too many`;
  return html`<span class="count${state}"><svg viewBox="0 0 60 5" preserveAspectRatio="none" aria-hidden="true"><rect width="${(Math.min(1, used) * 60).toFixed(1)}" height="5"/></svg><span>${posts.length > 1 && html`<span class="sr">the longest: </span>`}<b>${lengthWords(fullest).split(" ")[0]}</b> ${lengthWords(fullest).split(" ").slice(1).join(" ")}${words}<span class="sr"> ${UNITS[fullest.unit]}</span></span></span>`;
}

function due(delivery: PlannedDelivery, view: PreviewView): Html {
  const zone = zoneOf(delivery, view);
  if (delivery.byHand !== undefined)
    return html`<span class="due">${icon("edit")}by hand, at ${name(delivery.byHand)}</span>`;
  if (delivery.due === undefined) return html`<span class="due"><b>at once</b></span>`;
  const at = Date.parse(delivery.due);
  return html`<span class="due"><b>${shortDay(at, zone, view.now)}, ${clockTime(at, zone)}</b> ${zoneName(zone)}</span>`;
}

function notes(delivery: PlannedDelivery, view: PreviewView): Html[] {
  const { cost, lost, differs = [], posts, channel } = delivery;
  const trouble = problemsOf(view)
    .filter((one) => one.channel === channel)
    .map(({ severity, message, remedy }) => {
      const isError = severity === "error";
      return note(
        isError ? "stop" : "warn",
        html`<span class="sr">${isError ? "Problem" : "Warning"}: </span>${sentence(message)}${remedy !== undefined && html` ${ticked(remedy)}`}`,
        isError ? "err" : "wrn",
      );
    });
  const signs = [...new Set(posts.flatMap(({ post }) => unseen(post)))];
  return [
    ...trouble,
    ...(signs.length > 0
      ? [
          note(
            "warn",
            html`<b>Signs that nobody sees:</b> ${signs.join(", ")}. The text is shown as they leave it.`,
            "wrn",
          ),
        ]
      : []),
    ...(cost
      ? [
          note(
            "coin",
            html`<b>${moneyWords([cost])}</b>${posts.length > 1 && ` for these ${posts.length} posts`}`,
          ),
        ]
      : []),
    ...(differs.length > 0
      ? [note("swap", html`<b>Otherwise here:</b> ${join(differs.map(ticked), "; ")}`)]
      : []),
    ...(lost.length > 0
      ? [note("swap", html`<b>Said otherwise here:</b> ${join(lost.map(ticked), "; ")}`)]
      : []),
    ...posts.flatMap(fits),
    ...options(posts),
    ...terms(delivery, view),
    ...changed(channel, view),
  ];
}

function note(sign: Icon, words: Html, look = ""): Html {
  return html`<li${look !== "" && html` class="${look}"`}>${icon(sign)}<div>${words}</div></li>`;
}

function fits({ post, fitted }: PlannedPost): Html[] {
  const files = [...post.media, ...(post.link?.image ? [{ ...post.link.image }] : [])];
  return files.flatMap((media) => {
    const becomes = describeFit(media, fitted);
    if (becomes === undefined) return [];
    const { file, width, height } = media;
    const before = width && height ? ` ${width}×${height}` : "";
    return [
      note("pic", html`<b>Made to fit:</b> ${oneLine(file.split("/").at(-1) ?? file)}${before} ${becomes}`),
    ];
  });
}

function options(posts: readonly PlannedPost[]): Html[] {
  const said = Object.entries((posts[0]?.post.options ?? {}) as Record<string, unknown>);
  if (said.length === 0) return [];
  const words = said.map(
    ([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
  return [note("tag", html`<b>Options:</b> ${words.map(oneLine).join("; ")}`)];
}

function terms(delivery: PlannedDelivery, view: PreviewView): Html[] {
  const { late, expires, schedule, due: when } = delivery;
  const zone = zoneOf(delivery, view);
  const isPast = when !== undefined && Date.parse(when) <= view.now;
  const words = [
    isPast && dueOf(delivery, view.now, view.adapters.get(delivery.network)),
    schedule === "network" && "the network gets it now and publishes it itself",
    late === "skip" && "not when it is more than an hour late",
    late === "ask" && "when it is more than an hour late, you are asked first",
    expires !== undefined &&
      `not after ${shortDay(Date.parse(expires), zone, view.now)}, ${clockTime(Date.parse(expires), zone)}`,
  ].filter((one) => one !== false);
  return words.length === 0 ? [] : [note("clock", html`${words.join("; ")}`)];
}

function changed(channel: string, { status, now, timezone, plan, adapters }: PreviewView): Html[] {
  const { stale, approvals } = status;
  if (!stale) {
    const own = approvals.filter(({ digest }) => digest === plan.digest).at(-1);
    return own ? [asApproved(own.at, timezone, now)] : [];
  }
  const change = stale.changes.find((one) => one.channel === channel);
  if (!change) return [asApproved(stale.approval.at, timezone, now)];
  return [
    note(
      "edit",
      html`<b>Changed since ${shortDay(stale.approval.at, timezone, now)}:</b> ${difference(change, adapters)}`,
    ),
  ];
}

function asApproved(at: number, zone: string | undefined, now: number): Html {
  return note("check", html`<span class="soft">As approved on ${shortDay(at, zone, now)}</span>`);
}

const UNSEEN: readonly (readonly [RegExp, string])[] = [
  [/[\u202a-\u202e\u2066-\u2069]/, "marks that turn the direction of the text"],
  [/[\u{e0000}-\u{e007f}](?<!\u{1f3f4}[\u{e0061}-\u{e007a}]{1,6}\u{e007f}?)/u, "hidden tag letters"],
  // Joiners belong to emoji and to scripts that need them; between other letters they only hide a word from a search.
  [
    /[\ufeff\u200b\u2060-\u2064\u180e\u00ad\u115f\u1160\u3164\uffa0]|(?<=[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\p{N}])[\u200c\u200d]/u,
    "signs without width",
  ],
];

/** In all that readers get: words, titles, descriptions of pictures, choices, the card. */
function unseen({ text, title = "", media, poll, link, tags }: Post): string[] {
  const all = [
    text,
    title,
    ...tags,
    ...media.map(({ alt }) => alt),
    ...(poll?.choices ?? []),
    link?.title ?? "",
    link?.description ?? "",
  ];
  return UNSEEN.flatMap(([rule, words]) => (all.some((one) => rule.test(one)) ? [words] : []));
}

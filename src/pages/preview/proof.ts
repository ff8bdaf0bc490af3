/** One delivery: its label, its sheet, its slip. */
import type { PlannedDelivery } from "../../plan/types.ts";
import { face } from "../faces/face.ts";
import { type Html, html, name, nothing } from "../html.ts";
import { icon } from "../icons.ts";
import { languageName, networkClass } from "../look.ts";
import type { Shown } from "../shown.ts";
import { worstOf } from "./overview.ts";
import { slip } from "./slip.ts";
import type { PreviewView } from "./view.ts";

export function proof(
  delivery: PlannedDelivery,
  shown: Shown,
  view: PreviewView,
  below: Html = nothing,
): Html {
  const { id, network, audience, lang, channel } = shown;
  const worst = worstOf(channel, view);
  const look = [networkClass(network), audience === "internal" && "inner", worst === "error" && "stop"]
    .filter(Boolean)
    .join(" ");
  return html`<article class="proof ${look}" id="${id}" tabindex="-1" data-net="${network}" data-aud="${audience}" data-lang="${lang}"${worst && html` data-problem`} aria-labelledby="${id}-h">
${label(shown, view)}
<div class="sheet">${face(shown)}</div>
${slip(delivery, view, below)}
</article>`;
}

function label({ id, channel, networkName, look, lang, audience }: Shown, view: PreviewView): Html {
  const says = networkName.toLowerCase() === channel.toLowerCase() ? undefined : networkName;
  const own =
    view.plan.deliveries.length > 1 && lang !== undefined && isMixed(view) ? languageName(lang) : undefined;
  const about = [says, own].filter((one) => one !== undefined).join(" · ");
  const whom =
    audience === "internal"
      ? html`<span class="int">${icon("lock")}Internal</span>`
      : html`<span class="ext">${icon("globe")}External</span>`;
  return html`<header class="label"><span class="mark" aria-hidden="true">${look.mark}</span><h2 id="${id}-h"><a href="#${id}">${name(channel)}</a></h2><span class="net">${about}</span>${whom}</header>`;
}

function isMixed({ plan, channels }: PreviewView): boolean {
  const langs = plan.deliveries.map(
    ({ channel, posts }) => posts[0]?.post.lang ?? channels.get(channel)?.lang,
  );
  return new Set(langs).size > 1;
}

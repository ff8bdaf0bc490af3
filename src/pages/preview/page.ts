/** The preview: one page to read, compare and sign. */
import { digestWords } from "../digest-words.ts";
import { page } from "../document.ts";
import { type Html, html, nothing } from "../html.ts";
import { accents } from "../look.ts";
import { posts } from "../style/posts.ts";
import { preview } from "../style/preview.ts";
import { signOff } from "../style/sign-off.ts";
import { slip } from "../style/slip.ts";
import { shownOf } from "./from-plan.ts";
import { head, titleOf } from "./head.ts";
import { filters, findings, strip } from "./overview.ts";
import { proof } from "./proof.ts";
import { filterScript } from "./script.ts";
import { beside, dock, liveLine, panel } from "./sign-off.ts";
import { signOffScript } from "./sign-off-script.ts";
import type { PreviewView } from "./view.ts";

export function previewPage(view: PreviewView): string {
  const { plan, file, command, desk } = view;
  const all = plan.deliveries.map((delivery) => ({ delivery, shown: shownOf(delivery, view) }));
  const shown = all.map((one) => one.shown);
  const title = titleOf(view);
  // To sign off one reads them one by one.
  const isOne = all.length < 3 || desk !== undefined;
  const proofs = all.map((one) =>
    proof(one.delivery, one.shown, view, desk && beside(one.delivery, view, desk)),
  );
  const posted = html`${filters(shown, view)}
<div class="cols">${proofs.length > 0 ? proofs : empty(view)}</div>
<p class="none" id="none" hidden>No post is like that.</p>`;
  return page({
    title: `${desk ? "Sign-off" : "Preview"}: ${title}`,
    kind: desk ? "Sign-off" : "Preview",
    where: desk ? liveLine(desk, view.timezone) : html`<code>${file}</code>`,
    styles: [
      posts,
      slip,
      preview,
      ...(desk ? [signOff] : []),
      accents(shown.map(({ network, look }) => [network, look] as const)),
    ],
    scripts: [filterScript, ...(desk ? [signOffScript] : [])],
    look: isOne ? "one" : "",
    skip: "Skip to the posts",
    served: desk !== undefined,
    version: desk?.version,
    pictures: view.pictures.symbols,
    printed: `${title} · ${digestWords(plan.digest).join(" ")} · ${plan.digest.slice(0, 16)}`,
    body: html`<main id="main" tabindex="-1"><div class="camp${plan.campaign.audience === "internal" && " inside"}${isOne && " one"}">
${head(view)}
<div class="wrap">${strip(shown, view)}${
      desk
        ? html`<div class="desk"><div class="main">${findings(view)}${posted}</div>${panel(shown, view, desk)}</div>${dock(view)}`
        : html`${findings(view)}${posted}`
    }</div></div></main>`,
    foot: [
      html`Made by <code>${command}</code>`,
      "Nothing was sent. What is approved here is what goes out, byte for byte.",
    ],
  });
}

function empty({ plan }: PreviewView): Html {
  if (plan.skipped !== undefined)
    return html`<p class="none">Nothing goes out: the campaign’s <code>when</code> does not hold.</p>`;
  return plan.deliveries.length === 0
    ? html`<p class="none">No post could be made. The problems above say why.</p>`
    : nothing;
}

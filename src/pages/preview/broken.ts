/** In place of the preview while the campaign cannot be planned: what is wrong, and where. It comes again when it is saved. */
import type { Problem } from "../../errors.ts";
import { page } from "../document.ts";
import { type Html, html, sentence, ticked } from "../html.ts";
import { icon } from "../icons.ts";
import { posts } from "../style/posts.ts";
import { preview } from "../style/preview.ts";
import { signOff } from "../style/sign-off.ts";
import { signOffScript } from "./sign-off-script.ts";

export function brokenPage(
  problems: readonly Problem[],
  { file, version }: { file: string; version: string },
): string {
  return page({
    title: `Preview: ${file}`,
    kind: "Preview",
    where: html`<span class="live" id="live">live, on this computer</span>`,
    styles: [posts, preview, signOff],
    scripts: [signOffScript],
    served: true,
    version,
    skip: "Skip to the problems",
    body: html`<main id="main" tabindex="-1" class="wrap"><div class="lead"><h1>It cannot be shown yet</h1><p class="path"><code>${file}</code></p></div><section class="finds" aria-label="Problems"><div><h2>${problems.length === 1 ? "1 problem" : `${problems.length} problems`}</h2><ul>${problems.map(problem)}</ul></div></section><p class="none">This page comes again as soon as the file is saved.</p></main>`,
  });
}

function problem({ severity, message, remedy, place }: Problem): Html {
  const isError = severity === "error";
  const where =
    place === undefined ? undefined : [place.file, place.line].filter((one) => one !== undefined).join(":");
  return html`<li class="${isError ? "err" : "wrn"}">${icon(isError ? "stop" : "warn")}<span>${where !== undefined && html`<code>${where}</code> `}${sentence(message)}${remedy !== undefined && html` ${ticked(remedy)}`}</span></li>`;
}

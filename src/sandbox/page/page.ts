/** The page around the cards. */
import { escapeHtml } from "../html.ts";
import type { SandboxNetwork } from "../network.ts";
import { client } from "./client.ts";
import { type MediaLink, renderThread } from "./render.ts";
import { style } from "./style.ts";
import type { Thread } from "./threads.ts";

export interface PageOptions {
  nonce: string;
  networks: readonly SandboxNetwork[];
  threads: Thread[];
  media: MediaLink;
  /** One thread on its own page, without live news. */
  single: boolean;
}

export function renderPage({ nonce, networks, threads, media, single }: PageOptions): string {
  const cards = threads.map((thread) => renderThread(thread, networks, media)).join("\n");
  const top = single
    ? `<nav class="filters"><a class="chip" href="/">← All posts</a></nav>`
    : filters(networks);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${single ? "A post in the sandbox" : "Sandbox"}</title>
<link rel="icon" href="data:,">
<style nonce="${nonce}">${style(networks)}</style>
</head>
<body>
<div class="bar"><div class="inner"><h1>Sandbox</h1><p class="hint">A rehearsal: nothing here is public.</p>${single ? "" : `<span class="live" id="live" title="New posts appear by themselves">live</span>`}</div>${top}</div>
<main id="timeline">${cards}</main>
${single ? "" : EMPTY}
${single ? "" : `<script nonce="${nonce}">${client}</script>`}
</body>
</html>
`;
}

function filters(networks: readonly SandboxNetwork[]): string {
  const chips = networks.map(
    ({ id, name }) =>
      `<button class="chip n-${escapeHtml(id)}" type="button" data-filter="${escapeHtml(id)}" aria-pressed="false"><i></i>${escapeHtml(name)}<span class="count">0</span></button>`,
  );
  return `<nav class="filters" aria-label="Filter by network"><button class="chip all" type="button" data-filter="" aria-pressed="true">All<span class="count">0</span></button>${chips.join("")}</nav>`;
}

const EMPTY = `<section class="empty" id="empty" hidden>
<div class="stack"><span></span><span></span><span></span></div>
<h2>The stage is yours</h2>
<p>Send a campaign here, and every post appears as its readers would see it. No account and no credential is needed.</p>
<pre><code>broadcast send campaign.yml --sandbox</code></pre>
</section>`;

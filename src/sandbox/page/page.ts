/** The page around the posts: grouped by campaign, in the order of the channels; live, or one that stays. */
import { page } from "../../pages/document.ts";
import { type Html, html, name } from "../../pages/html.ts";
import { accents, lookOf } from "../../pages/look.ts";
import { posts } from "../../pages/style/posts.ts";
import { rehearsal } from "../../pages/style/rehearsal.ts";
import { slip } from "../../pages/style/slip.ts";
import type { SandboxNetwork } from "../network.ts";
import { client } from "./client.ts";
import type { Stage } from "./thread.ts";
import { renderThread } from "./thread.ts";
import type { Thread } from "./threads.ts";

export interface PageOptions {
  stage: Stage;
  threads: readonly Thread[];
  /** `live`: it gets news; `single`: one thread, on its own page; `kept`: a file that needs no server. */
  as: "live" | "single" | "kept";
  /** Symbols of the pictures, in a page that is kept. */
  pictures?: Html;
}

export function renderPage({ stage, threads, as, pictures }: PageOptions): string {
  const { networks, about } = stage;
  const looks = networks.map((network) => [network.id, about.look(network.id) ?? halfLook(network)] as const);
  const groups = groupsOf(threads, stage);
  const title = about.project === undefined ? "Sandbox" : `Sandbox of ${about.project}`;
  const where =
    as === "live"
      ? html`<span class="live" id="live" title="New posts appear by themselves">live</span>`
      : as === "single"
        ? html`<a href="/">All posts</a>`
        : "kept after a rehearsal";
  return page({
    title: as === "single" ? "A post in the sandbox" : title,
    kind: title,
    where: html`A rehearsal: nothing here is public. · ${where}`,
    styles: [posts, slip, rehearsal, accents(looks)],
    scripts: as === "single" ? [] : [client(as === "live")],
    look: as === "single" ? "single" : "",
    served: as !== "kept",
    allSigns: true,
    pictures,
    skip: "Skip to the posts",
    body: html`<main id="main" tabindex="-1" class="wrap"><h1 class="sr">${title}</h1>${as !== "single" && filters(networks)}<div id="timeline">${groups.map(group)}</div>${as !== "single" && empty(threads.length > 0)}</main>`,
  });
}

interface Group {
  campaign: string;
  title: string;
  threads: Html[];
}

/** The newest campaign first; in it, channels in their order. */
export function groupsOf(threads: readonly Thread[], stage: Stage): Group[] {
  const groups = new Map<string, { title: string; threads: { order: number; html: Html }[] }>();
  for (const thread of threads) {
    const origin = thread.posts.map((post) => stage.about.origin(post)).find((one) => one !== undefined);
    const campaign = origin?.campaign ?? "";
    const own = groups.get(campaign) ?? { title: origin?.title ?? campaign, threads: [] };
    own.threads.push({ order: stage.about.order(origin?.channel ?? ""), html: renderThread(thread, stage) });
    groups.set(campaign, own);
  }
  return [...groups].map(([campaign, { title, threads: own }]) => ({
    campaign,
    title,
    threads: own.sort((a, b) => a.order - b.order).map((one) => one.html),
  }));
}

function group({ campaign, title, threads }: Group): Html {
  return html`<section class="group" data-group="${campaign}"><h2>${title === "" ? "Posts" : name(title)}${campaign !== "" && campaign !== title && html` <code>${campaign}</code>`}</h2><div class="cols">${threads}</div></section>`;
}

function filters(networks: readonly SandboxNetwork[]): Html {
  return html`<form class="js-only filters" id="filters" aria-label="Filter the posts"><label class="sr" for="by-network">Network</label><select class="pick" id="by-network" name="network"><option value="">Any network</option>${networks.map(({ id, name: words }) => html`<option value="${id}">${words}</option>`)}</select><label class="sr" for="by-campaign">Campaign</label><select class="pick" id="by-campaign" name="campaign"><option value="">Any campaign</option></select><output class="out" id="shown"></output></form>`;
}

function empty(isHidden: boolean): Html {
  return html`<section class="empty" id="empty"${isHidden && html` hidden`}><div class="stack" aria-hidden="true"><span></span><span></span><span></span></div><h2>The stage is yours</h2><p>Send a campaign here, and every post appears as its readers would see it. No account and no credential is needed.</p><pre><code>broadcast send campaign.yml --sandbox</code></pre></section>`;
}

function halfLook({ id, name: words, look }: SandboxNetwork) {
  const { light, dark, mark, layout } = look;
  return { ...lookOf({ id, name: words, shape: "short" }), light, dark, mark, layout };
}

/** The page's routes: the timeline at `/`, one thread at a post's own URL, events, JSON and media. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { policyHeader } from "../../pages/document.ts";
import type { SandboxNetwork, SandboxPost } from "../network.ts";
import type { Change } from "../state.ts";
import { aboutNow, type Knowledge } from "./about.ts";
import { createMedia } from "./media.ts";
import { renderPage } from "./page.ts";
import { renderThread, type Stage } from "./thread.ts";
import { type Thread, threadsOf, threadWith } from "./threads.ts";

export interface Timeline {
  /** Answers a GET when it is one of the page's; false leaves it to the networks. */
  serve(path: string, request: IncomingMessage, response: ServerResponse): Promise<boolean>;
  changed(change: Change): void;
  close(): void;
}

export interface TimelineOptions {
  networks: readonly SandboxNetwork[];
  /** Told at `/api/sandbox`, so that another process can use this one. */
  folder: string;
  /** Where halves are connected to, by network; told there too. */
  doors(): Readonly<Record<string, string>>;
  posts(): Promise<SandboxPost[]>;
  /** The posts that came by HTTP: each has a page at its own URL. */
  kept: SandboxPost[];
  /** What was deleted: shown where it was. */
  removed: SandboxPost[];
  knowledge?: Knowledge;
}

/** All posts as one file that needs no server. */
export const KEPT_PAGE = "/rehearsal.html";

// Networks that write files send no event, so the page is refreshed while it is open.
const LOOK_MS = 1_000;

export function createTimeline({
  networks,
  folder,
  doors,
  posts,
  kept,
  removed,
  knowledge,
}: TimelineOptions): Timeline {
  const watchers = new Set<ServerResponse>();
  const media = createMedia();
  let shown = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();

  const shownPosts = async () => [...(await posts()), ...removed];
  const stageNow = async (): Promise<Stage> => ({
    networks,
    about: await aboutNow(knowledge),
    picture: media.served,
  });
  const render = (threads: readonly Thread[], stage: Stage) =>
    threads.map((thread) => ({ key: thread.key, html: renderThread(thread, stage).toString() }));
  const look = async () => {
    const rendered = render(threadsOf(await shownPosts()), await stageNow());
    const now = new Map(rendered.map(({ key, html }) => [key, html]));
    for (const [key, html] of [...now].reverse()) {
      if (shown.get(key) !== html) tell("thread", { key, html });
    }
    for (const key of shown.keys()) if (!now.has(key)) tell("gone", { key });
    shown = now;
  };
  const lookSoon = () => {
    // One after the other: an older look must not overwrite a newer one.
    looking = looking.then(look).catch((error: unknown) => tell("trouble", { words: String(error) }));
  };
  const tell = (event: string, data: unknown) => {
    for (const watcher of watchers) watcher.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };

  const watch = async (response: ServerResponse) => {
    response.writeHead(200, { ...GUARDS, "content-type": "text/event-stream", "cache-control": "no-store" });
    response.write("retry: 1000\n\n");
    if (watchers.size === 0) {
      shown = new Map();
      timer = setInterval(lookSoon, LOOK_MS);
      timer.unref();
    }
    // A new connection gets every post once; the page ignores those that it has.
    watchers.add(response);
    const all = render(threadsOf(await shownPosts()), await stageNow());
    response.write(`event: all\ndata: ${JSON.stringify(all)}\n\n`);
    for (const { key, html } of all) shown.set(key, html);
    response.on("close", () => {
      watchers.delete(response);
      if (watchers.size === 0) clearInterval(timer);
    });
  };

  return {
    async serve(path, _request, response) {
      if (path === "/events") {
        await watch(response);
        return true;
      }
      if (path === "/api/sandbox") {
        const about = { sandbox: true, folder, networks: networks.map(({ id }) => id), doors: doors() };
        return reply(
          response,
          200,
          { "content-type": "application/json; charset=utf-8" },
          JSON.stringify(about),
        );
      }
      if (path === KEPT_PAGE) {
        const keeper = media.keeper();
        const stage = { ...(await stageNow()), picture: keeper.picture };
        const threads = threadsOf(await shownPosts());
        // Rendered once before, so that the pictures are known.
        for (const thread of threads) renderThread(thread, stage);
        const html = renderPage({ stage, threads, as: "kept", pictures: keeper.symbols() });
        return reply(response, 200, pageHeaders(html), html);
      }
      if (path === "/api/posts") {
        const list = (await posts()).reverse().map(({ card, ...post }) => ({
          ...post,
          media: post.media.map(media.describe),
          ...(card && { card: { ...card, ...(card.image && { image: media.describe(card.image) }) } }),
        }));
        return reply(
          response,
          200,
          { "content-type": "application/json; charset=utf-8" },
          JSON.stringify(list),
        );
      }
      if (path.startsWith("/media/")) {
        const file = media.read(path.slice("/media/".length));
        if (!file) return reply(response, 404, {}, "No such file.\n");
        return reply(
          response,
          200,
          { "content-type": file.type, "cache-control": "max-age=3600" },
          file.bytes,
        );
      }
      if (path === "/favicon.ico") return reply(response, 204, {}, "");

      const post = [...kept, ...removed].find(
        ({ url }) => url.endsWith(path) && new URL(url).pathname === path,
      );
      // What stands behind # in an address never comes here, and behind ? it is not a path: then all posts are shown.
      const isPartOfOne = kept.some(({ url }) => /[#?]/.test(url) && new URL(url).pathname === path);
      if (path !== "/" && !post && !isPartOfOne) return false;
      const all = await shownPosts();
      const thread = post && threadWith(post, all);
      const stage = await stageNow();
      const html = renderPage({
        stage,
        threads: thread ? [thread] : threadsOf(all),
        as: thread ? "single" : "live",
      });
      return reply(response, 200, pageHeaders(html), html);
    },
    changed() {
      if (watchers.size > 0) lookSoon();
    },
    close() {
      clearInterval(timer);
      for (const watcher of watchers) watcher.destroy();
    },
  };
}

const GUARDS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; sandbox",
};

function pageHeaders(html: string): Record<string, string> {
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policyHeader(html),
    "cache-control": "no-store",
  };
}

function reply(
  response: ServerResponse,
  status: number,
  headers: Record<string, string>,
  body: string | Uint8Array,
): true {
  const type = status === 404 ? { "content-type": "text/plain; charset=utf-8" } : {};
  response.writeHead(status, { ...GUARDS, ...type, ...headers });
  response.end(body);
  return true;
}

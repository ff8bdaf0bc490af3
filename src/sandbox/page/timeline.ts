/** The page's routes: the timeline at `/`, one thread at a post's own URL, events, JSON and media. */
import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { SandboxNetwork, SandboxPost } from "../network.ts";
import type { Change } from "../state.ts";
import { renderPage } from "./page.ts";
import { renderThread } from "./render.ts";
import { threadsOf, threadWith } from "./threads.ts";

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
  posts(): Promise<SandboxPost[]>;
  /** The posts that came by HTTP: each has a page at its own URL. */
  kept: SandboxPost[];
  /** What was deleted: shown where it was. */
  removed: SandboxPost[];
}

// Networks that write files send no event, so the page is refreshed while it is open.
const LOOK_MS = 1_000;

export function createTimeline({ networks, folder, posts, kept, removed }: TimelineOptions): Timeline {
  const watchers = new Set<ServerResponse>();
  const media = createMedia();
  let shown = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();

  const shownPosts = async () => [...(await posts()), ...removed];
  const look = async () => {
    const all = await shownPosts();
    const now = new Map(
      threadsOf(all).map((thread) => [thread.key, renderThread(thread, networks, media.link)]),
    );
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
    const all = threadsOf(await shownPosts()).map((thread) => ({
      key: thread.key,
      html: renderThread(thread, networks, media.link),
    }));
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
        const about = { sandbox: true, folder, networks: networks.map(({ id }) => id) };
        return reply(
          response,
          200,
          { "content-type": "application/json; charset=utf-8" },
          JSON.stringify(about),
        );
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
      if (path !== "/" && !post) return false;
      const all = await shownPosts();
      const thread = post && threadWith(post, all);
      const nonce = randomBytes(16).toString("base64");
      const threads = thread ? [thread] : threadsOf(all);
      const html = renderPage({ nonce, networks, threads, media: media.link, single: thread !== undefined });
      return reply(response, 200, pageHeaders(nonce), html);
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

interface Media {
  /** Where the page finds a file. */
  link(file: SandboxPost["media"][number]): string;
  describe(file: SandboxPost["media"][number]): { type: string; alt: string; url: string; size: number };
  read(id: string): { type: string; bytes: Uint8Array } | undefined;
}

/** Files by the start of their digest: the same picture has one address, and none can be guessed into a path. */
function createMedia(): Media {
  const files = new Map<string, { type: string; bytes: Uint8Array }>();
  const ids = new WeakMap<Uint8Array, string>();
  const link: Media["link"] = ({ type, bytes }) => {
    const id = ids.get(bytes) ?? createHash("sha256").update(bytes).digest("hex").slice(0, 16);
    ids.set(bytes, id);
    const shown = /^(image\/(png|jpeg|gif|webp|avif)|video\/(mp4|webm|quicktime))$/.test(type);
    if (!files.has(id)) files.set(id, { type: shown ? type : "application/octet-stream", bytes });
    return `/media/${id}`;
  };
  return {
    link,
    describe: (file) => ({ type: file.type, alt: file.alt, url: link(file), size: file.bytes.length }),
    read: (id) => files.get(id),
  };
}

const GUARDS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; sandbox",
};

function pageHeaders(nonce: string): Record<string, string> {
  const policy = [
    "default-src 'none'",
    `style-src 'nonce-${nonce}'`,
    `script-src 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "media-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  return {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
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

/** The memory that the networks' halves share while the sandbox runs. */
import type { SandboxPost, Taken, Window, World } from "./network.ts";

export type Change = { kind: "accept" | "update" | "remove"; post: SandboxPost };

export interface WorldOptions {
  /** `http://127.0.0.1:4747`; asked late, because a port is known only once it is open. */
  origin(): string;
  folder: string;
  now(): number;
  /** Whether rate limits are kept, or which instead; a test or a demo may want to be quick. */
  rates: boolean | Window[];
  changed(change: Change): void;
}

export function createWorld(options: WorldOptions): World {
  const { folder, now, changed } = options;
  const states = new Map<string, unknown>();
  const taken = new Map<string, number[]>();
  const posts: SandboxPost[] = [];
  const removed: SandboxPost[] = [];
  const at = (network: string, id: string) =>
    posts.findIndex((post) => post.network === network && post.id === id);

  return {
    base: (network) => `${options.origin()}/${network}`,
    folder,
    now,
    posts,
    removed,
    state<T>(network: string, initial: () => T): T {
      if (!states.has(network)) states.set(network, initial());
      return states.get(network) as T;
    },
    accept(post) {
      posts.push(post);
      const before = removed.findIndex(({ network, id }) => network === post.network && id === post.id);
      if (before >= 0) removed.splice(before, 1);
      changed({ kind: "accept", post });
    },
    update(post) {
      const kept = posts[at(post.network, post.id)];
      if (kept)
        changed({ kind: "update", post: Object.assign(kept, { card: undefined }, post, { edited: true }) });
    },
    remove(network, id) {
      const index = at(network, id);
      const [post] = index < 0 ? [] : posts.splice(index, 1);
      if (!post) return;
      removed.push(Object.assign(post, { deleted: true }));
      changed({ kind: "remove", post });
    },
    take(network, account, own, moment = now()) {
      if (options.rates === false) return { ok: true, remaining: own[0]?.posts ?? 1, resetAt: moment };
      const windows = options.rates === true ? own : options.rates;
      const key = JSON.stringify([network, account, windows]);
      const longest = Math.max(...windows.map(({ ms }) => ms));
      const before = (taken.get(key) ?? []).filter((time) => time > moment - longest);
      const answer = takeFrom(before, windows, moment);
      taken.set(key, answer.ok ? [...before, moment] : before);
      return answer;
    },
  };
}

// Each window slides: it is full while its last `posts` requests are younger than it is long.
function takeFrom(before: number[], windows: Window[], at: number): Taken {
  const rooms = windows.map(({ posts, ms }) => {
    const inside = before.filter((time) => time > at - ms);
    return { left: posts - inside.length, resetAt: (inside[Math.max(0, inside.length - posts)] ?? at) + ms };
  });
  const full = rooms.filter(({ left }) => left <= 0);
  if (full.length > 0) return { ok: false, resetAt: Math.max(...full.map(({ resetAt }) => resetAt)) };
  const least = rooms.reduce((low, room) => (room.left < low.left ? room : low));
  return { ok: true, remaining: least.left - 1, resetAt: least.resetAt };
}

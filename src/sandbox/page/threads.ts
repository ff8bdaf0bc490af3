/** Posts that hang together, as one thing to show. */
import type { SandboxPost } from "../network.ts";

export interface Thread {
  /** Stable while the thread grows: network and id of its first post. */
  key: string;
  network: string;
  /** First post first. */
  posts: SandboxPost[];
}

/** Newest thread first, by its newest post. */
export function threadsOf(posts: SandboxPost[]): Thread[] {
  const byId = new Map(posts.map((post) => [`${post.network} ${post.id}`, post]));
  const threads = new Map<string, Thread>();
  for (const post of [...posts].sort((a, b) => a.at - b.at)) {
    const root = rootOf(post, byId);
    const key = `${root.network} ${root.id}`;
    const thread = threads.get(key) ?? { key, network: root.network, posts: [] };
    thread.posts.push(post);
    threads.set(key, thread);
  }
  return [...threads.values()].sort((a, b) => newest(b) - newest(a));
}

/** The thread that a post is part of. */
export function threadWith(post: SandboxPost, posts: SandboxPost[]): Thread | undefined {
  return threadsOf(posts.filter(({ network }) => network === post.network)).find((thread) =>
    thread.posts.includes(post),
  );
}

// A parent that was deleted, or a ring of parents, ends the way up.
function rootOf(post: SandboxPost, byId: Map<string, SandboxPost>): SandboxPost {
  let root = post;
  for (const seen = new Set([post]); root.parent !== undefined; seen.add(root)) {
    const parent = byId.get(`${root.network} ${root.parent}`);
    if (!parent || seen.has(parent)) return root;
    root = parent;
  }
  return root;
}

function newest(thread: Thread): number {
  return thread.posts.at(-1)?.at ?? 0;
}

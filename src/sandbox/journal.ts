/** What a rehearsal has taken, kept beside it: the next sandbox shows it again, and its links go on working. */
import { appendFile, readFile } from "node:fs/promises";
import type { SandboxPost } from "./network.ts";
import type { Change } from "./world.ts";

/** One line of JSON for every change; a last line that a crash cut short is passed over. */
export interface Journal {
  note(change: Change): void;
  /** Everything that is still there, with links to `origin`. */
  recall(origin: string): Promise<SandboxPost[]>;
}

interface Line {
  kind: Change["kind"];
  post: Omit<SandboxPost, "media"> & { media: { type: string; alt: string; base64: string }[] };
}

export function openJournal(file: string): Journal {
  let written: Promise<unknown> = Promise.resolve();
  return {
    note({ kind, post }) {
      const line: Line = { kind, post: { ...post, url: pathOf(post.url), media: post.media.map(asText) } };
      written = written.then(() => appendFile(file, `${JSON.stringify(line)}\n`)).catch(() => {});
    },
    async recall(origin) {
      const posts = new Map<string, SandboxPost>();
      for (const line of (await readFile(file, "utf8").catch(() => "")).split("\n")) {
        const read = readLine(line);
        if (!read) continue;
        const key = `${read.post.network} ${read.post.id} ${read.post.url}`;
        if (read.kind === "remove") posts.delete(key);
        else
          posts.set(key, { ...read.post, url: origin + read.post.url, media: read.post.media.map(asBytes) });
      }
      return [...posts.values()];
    },
  };
}

function readLine(line: string): Line | undefined {
  try {
    return JSON.parse(line) as Line;
  } catch {
    return undefined;
  }
}

function pathOf(url: string): string {
  return new URL(url).pathname;
}

function asText({ type, alt, bytes }: SandboxPost["media"][number]) {
  return { type, alt, base64: Buffer.from(bytes).toString("base64") };
}

function asBytes({ type, alt, base64 }: Line["post"]["media"][number]): SandboxPost["media"][number] {
  return { type, alt, bytes: Buffer.from(base64, "base64") };
}

/** A planned file's bytes, as long as they are still the ones that were planned. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Media, NetworkError, type Source } from "../adapter.ts";

/**
 * `root` is the project's folder; `name` where it lies there. The file is looked through before this resolves, once for all
 * channels of a process; a large one is checked again whenever it is read.
 */
export async function openMedia(root: string, media: Media, name = media.file): Promise<Source> {
  const path = join(root, name);
  const { identity, size } = await identityOf(path, media);
  const key = `${path} ${media.sha256} ${identity}`;
  const look = looked.get(key) ?? lookThrough(path, media, size);
  looked.set(key, look);
  look.catch(() => looked.delete(key));
  await look;
  const source = () => {
    const kept = memory.get(media.sha256);
    return kept ? inMemory(kept) : checked(path, media);
  };
  return { size, sha256: media.sha256, open: source };
}

/** What has been looked through, by path, digest and the file's own marks; resolves once it is right. */
const looked = new Map<string, Promise<void>>();

// A picture that five channels get is read once; a film is not held.
const MOST_KEPT = 16_000_000;
const MOST_MEMORY = 64_000_000;
const memory = new Map<string, Buffer>();
const PIECE = 65_536;

async function lookThrough(path: string, media: Media, size: number): Promise<void> {
  if (size > MOST_KEPT) return compare(path, media);
  const pieces: Uint8Array[] = [];
  for await (const piece of checked(path, media)) pieces.push(piece);
  keep(media.sha256, Buffer.concat(pieces));
}

/** Reads into one place, so that a film leaves nothing to be collected. */
async function compare(path: string, media: Media): Promise<void> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(PIECE);
  const handle = await open(path, "r").catch((error: unknown) => Promise.reject(unreadable(media, error)));
  try {
    for (;;) {
      const { bytesRead } = await handle.read({ buffer });
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
  if (hash.digest("hex") !== media.sha256) throw changed(media);
}

function changed({ file }: Media): NetworkError {
  return new NetworkError("rejected", `the file ${file} is not the one that was planned; plan again`);
}

function keep(sha256: string, bytes: Buffer): void {
  memory.set(sha256, bytes);
  let whole = [...memory.values()].reduce((sum, { length }) => sum + length, 0);
  for (const [oldest, { length }] of memory) {
    if (whole <= MOST_MEMORY) return;
    memory.delete(oldest);
    whole -= length;
  }
}

async function* inMemory(bytes: Buffer): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
}

// The last piece is held back until all is known to be right: what was changed meanwhile never becomes a whole request.
async function* checked(path: string, media: Media): AsyncIterable<Uint8Array> {
  const hash = createHash("sha256");
  let held: Uint8Array | undefined;
  try {
    for await (const piece of createReadStream(path) as AsyncIterable<Buffer>) {
      hash.update(piece);
      if (held) yield held;
      held = piece;
    }
  } catch (error) {
    throw error instanceof NetworkError ? error : unreadable(media, error);
  }
  if (hash.digest("hex") !== media.sha256) throw changed(media);
  if (held) yield held;
}

async function identityOf(path: string, media: Media): Promise<{ identity: string; size: number }> {
  const found = await stat(path, { bigint: true }).catch((error: unknown) =>
    Promise.reject(unreadable(media, error)),
  );
  const { ino, size, mtimeNs, ctimeNs } = found;
  return { identity: [ino, size, mtimeNs, ctimeNs].join(":"), size: Number(size) };
}

function unreadable({ file }: Media, cause: unknown): NetworkError {
  return new NetworkError("rejected", `the file ${file} cannot be read any more`, { cause });
}

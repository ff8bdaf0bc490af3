/** A planned file's bytes, as long as they are still the ones that were planned. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type Media, NetworkError, type Source } from "../adapter.ts";

/** `root` is the project's folder. Reads the file through once before it resolves, and checks it again while it is read. */
export async function openMedia(root: string, media: Media): Promise<Source> {
  const path = join(root, media.file);
  const open = () => checked(path, media);
  for await (const _ of open()) {
    // Only looked at.
  }
  const { size } = await stat(path).catch((error: unknown) => Promise.reject(unreadable(media, error)));
  return { size, sha256: media.sha256, open };
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
  if (hash.digest("hex") !== media.sha256)
    throw new NetworkError("rejected", `the file ${media.file} is not the one that was planned; plan again`);
  if (held) yield held;
}

function unreadable({ file }: Media, cause: unknown): NetworkError {
  return new NetworkError("rejected", `the file ${file} cannot be read any more`, { cause });
}

/** Where the files of posts lie that workers send, under their digests: a folder that machines share, or a private bucket. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Media, NetworkError, type Source } from "../adapter.ts";
import { writeWhole } from "../files.ts";
import { type Keys, signed } from "./s3.ts";

type Digest = Pick<Media, "sha256">;

export interface MediaStore {
  has(media: Digest): Promise<boolean>;
  /** Puts it there; the same again changes nothing. */
  put(media: Digest, source: Source): Promise<void>;
  /** The folder in which the file lies on this computer under its digest, after it was fetched; `undefined` where it is not there. */
  fetch(media: Digest): Promise<string | undefined>;
}

export type MediaStoreSettings =
  | { kind: "folder"; folder: string }
  | ({ kind: "bucket"; bucket: string; endpoint: string } & Keys);

/** `kept`: a folder of this computer for what was fetched from a bucket. */
export function mediaStore(settings: MediaStoreSettings, kept: string): MediaStore {
  return settings.kind === "folder" ? folderStore(settings.folder) : bucketStore(settings, kept);
}

function folderStore(folder: string): MediaStore {
  const has = async ({ sha256 }: Digest) => existsSync(join(folder, sha256));
  return {
    has,
    put: ({ sha256 }, source) => writeWhole(join(folder, sha256), source.open()),
    fetch: async (media) => ((await has(media)) ? folder : undefined),
  };
}

const EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/** Milliseconds for one request. */
const DEADLINE = 10 * 60_000;

function bucketStore(
  { bucket, endpoint, ...keys }: { bucket: string; endpoint: string } & Keys,
  kept: string,
): MediaStore {
  const ask = async (method: "GET" | "HEAD" | "PUT", { sha256 }: Digest, source?: Source) => {
    const url = `${endpoint}/${bucket}/${sha256}`;
    const length = source && { "content-length": String(source.size) };
    const headers = signed({ method, url, headers: {}, sha256: source ? sha256 : EMPTY }, keys, new Date());
    try {
      return await fetch(url, {
        method,
        headers: { ...headers, ...length },
        redirect: "error",
        signal: AbortSignal.timeout(DEADLINE),
        ...(source && { body: source.open(), duplex: "half" as const }),
      });
    } catch (error) {
      throw new NetworkError("unavailable", "the storage of `media_store` does not answer", { cause: error });
    }
  };
  return {
    async has(media) {
      const reply = await ask("HEAD", media);
      if (!reply.ok && reply.status !== 404) throw refused(reply.status);
      return reply.ok;
    },
    async put(media, source) {
      const reply = await ask("PUT", media, source);
      await reply.arrayBuffer();
      if (!reply.ok) throw refused(reply.status);
    },
    async fetch(media) {
      // What was changed there meanwhile is found where the file is read: its digest is its name.
      if (existsSync(join(kept, media.sha256))) return kept;
      const reply = await ask("GET", media);
      if (reply.ok && reply.body) {
        await writeWhole(join(kept, media.sha256), reply.body as AsyncIterable<Uint8Array>);
        return kept;
      }
      await reply.arrayBuffer();
      if (reply.status !== 404) throw refused(reply.status);
      return undefined;
    },
  };
}

function refused(status: number): NetworkError {
  return new NetworkError(
    status === 401 || status === 403 ? "auth" : "unavailable",
    `the storage of \`media_store\` answers ${status}`,
    { status },
  );
}

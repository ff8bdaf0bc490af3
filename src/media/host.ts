/** Where the project's files get a public address: a folder that is served elsewhere, or a bucket. */
import { randomBytes } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Http, Media, Source } from "../adapter.ts";
import { type Duration, milliseconds } from "../duration.ts";
import { NetworkError } from "../errors.ts";
import { whyUnwritable, writeWhole } from "../files.ts";
import { type Keys, signed } from "./s3.ts";

export interface MediaHost {
  /** What a file is to be called there: nobody can guess it, and each call makes another. */
  name(media: Pick<Media, "sha256" | "type">): string;
  /** Puts it there; the same again changes nothing. */
  put(name: string, type: string, source: Source, http: Http): Promise<void>;
  /** Where everybody finds it. */
  address(name: string): string;
}

/** A folder whose files somebody serves below `url`. What lies there longer than `keep` is taken away with the next file. */
export function folderHost(
  { folder, url, keep }: { folder: string; url: string; keep: Duration },
  now: () => number = Date.now,
): MediaHost {
  return {
    name: nameOf,
    async put(name, _type, source) {
      try {
        await writeWhole(join(folder, name), source.open());
        await sweep(folder, now() - milliseconds(keep));
      } catch (error) {
        const why = whyUnwritable(error);
        throw why
          ? new NetworkError("rejected", `the folder of \`media_host\` cannot be written: ${why}`)
          : error;
      }
    },
    address: (name) => `${url}/${name}`,
  };
}

/** S3-compatible storage. Its own rules take old files away. */
export function bucketHost(
  { bucket, endpoint, url, ...keys }: { bucket: string; endpoint: string; url: string } & Keys,
  now: () => number = Date.now,
): MediaHost {
  return {
    name: nameOf,
    async put(name, type, source, http) {
      const place = `${endpoint}/${bucket}/${name}`;
      const request = {
        method: "PUT",
        url: place,
        headers: { "content-type": type },
        sha256: source.sha256,
      } as const;
      const headers = signed(request, keys, new Date(now()));
      await http({ method: "PUT", url: place, headers, bytes: source, safe: true });
    },
    address: (name) => `${url}/${name}`,
  };
}

/** In a rehearsal: the sandbox serves what is put there. */
export function sandboxHost(url: string): MediaHost {
  const address = (name: string) => `${url}/media-host/${name}`;
  return {
    name: nameOf,
    async put(name, type, source, http) {
      await http({ method: "PUT", url: address(name), bytes: source, type, safe: true });
    },
    address,
  };
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/gif": "gif",
  "image/webp": "webp",
  "video/mp4": "mp4",
  "video/quicktime": "mov",
  "video/webm": "webm",
};
const OURS = /^[0-9a-f]{16}-[0-9a-f]{16}\.\w+$/;

function nameOf({ sha256, type }: Pick<Media, "sha256" | "type">): string {
  return `${sha256.slice(0, 16)}-${randomBytes(8).toString("hex")}.${EXTENSIONS[type] ?? "bin"}`;
}

async function sweep(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!OURS.test(name)) continue;
    const file = join(folder, name);
    const { mtimeMs } = await stat(file);
    if (mtimeMs < before) await rm(file, { force: true });
  }
}

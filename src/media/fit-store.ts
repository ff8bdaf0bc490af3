/** The files that were made to fit, kept by their digests: made once for all channels, commands and runs of this computer. */
import { createHash } from "node:crypto";
import { readFile, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { type Fit, type Media, NetworkError, type Source } from "../adapter.ts";
import { writeWhole } from "../files.ts";
import { sealOf } from "./seal.ts";
import { openMedia } from "./source.ts";
import type { MediaStore } from "./store.ts";

const Made = v.object({
  sha256: v.string(),
  type: v.string(),
  bytes: v.number(),
  width: v.number(),
  height: v.number(),
});

// As it is kept: with the mark of the computer that made it.
const Kept = v.object({ ...Made.entries, seal: v.string() });

/** What an encoder made of a picture and a `Fit`. */
export type Fitted = v.InferOutput<typeof Made>;

export interface FitStore {
  /** What each becomes, in their order; files without `fit` are not asked for. Throws NetworkError. */
  make(media: readonly Media[]): Promise<Fitted[]>;
  /**
   * The file to be sent instead, and its digest. `before`: what it was at an earlier attempt, which must not change. Throws
   * NetworkError.
   */
  fitted(media: Media, before?: Fitted): Promise<{ media: Media; fitted: Fitted }>;
  /** As `openMedia`, also for files that `fitted` has given. */
  open(media: Media): Promise<Source>;
}

/**
 * `root` is the project's folder, `folder` where the files are kept; `shared` has files under their digests, for what is not in the
 * project's folder, or is another file there.
 */
export function createFitStore(root: string, folder: string, shared?: MediaStore): FitStore {
  const planned = async (media: Media): Promise<Source> => {
    try {
      return await openMedia(root, media);
    } catch (error) {
      const place = await shared?.fetch(media);
      if (place === undefined) throw error;
      return openMedia(place, media, media.sha256).catch(() => Promise.reject(error));
    }
  };
  const made = new Map<string, Promise<Fitted>>();
  const given = new Set<string>();

  const make: FitStore["make"] = async (media) => {
    const wanted = media.flatMap(({ fit, ...file }) => (fit ? [{ file, fit, name: nameOf(file, fit) }] : []));
    const unknown = new Map<string, (typeof wanted)[number]>();
    for (const one of wanted) if (!made.has(one.name)) unknown.set(one.name, one);
    const lacking: (typeof wanted)[number][] = [];
    for (const one of unknown.values()) {
      const known = await keptIn(folder, one.name);
      if (known) made.set(one.name, Promise.resolve(known));
      else lacking.push(one);
    }
    // One picture after another: each takes what memory it needs.
    let before: Promise<unknown> = Promise.resolve();
    for (const [, group] of bySource(lacking)) {
      const results = before.then(() => encode(group));
      before = results.catch(() => {});
      for (const [index, { name }] of group.entries()) {
        const one = results.then((all) => all[index]!);
        one.catch(() => made.delete(name));
        made.set(name, one);
      }
    }
    return Promise.all(wanted.map(({ name }) => made.get(name)!));
  };

  async function encode(group: readonly { file: Media; fit: Fit; name: string }[]): Promise<Fitted[]> {
    const { file } = group[0]!;
    // The bytes that were planned, and no others.
    const source = await readAll(await planned(file));
    const { CannotFit, encodeAll } = await import("./encode.ts");
    try {
      const pictures = await encodeAll(
        source,
        group.map(({ fit }) => fit),
      );
      return await Promise.all(
        pictures.map(({ bytes, width, height }, index) =>
          keep(folder, group[index]!, bytes, { width, height }),
        ),
      );
    } catch (error) {
      if (!(error instanceof CannotFit)) throw error;
      throw new NetworkError("rejected", `the picture ${file.file} cannot be made to fit: ${error.message}`);
    }
  }

  return {
    make,
    async fitted(media, before) {
      const { fit, ...file } = media;
      if (!fit) throw new TypeError(`${file.file} needs no fitting`);
      const now = before && (await isKept(folder, before)) ? before : (await make([media]))[0]!;
      if (before && before.sha256 !== now.sha256) {
        const why = `${file.file} was made to fit by another version of the image library when it was first tried, and that file is not here`;
        throw new NetworkError(
          "rejected",
          `${why}: try again where it was tried, or \`retry\` it as a new post`,
        );
      }
      given.add(now.sha256);
      return { media: { ...file, ...now, file: renamed(file.file, now.type) }, fitted: now };
    },
    open(media) {
      if (!given.has(media.sha256)) return planned(media);
      return openMedia(folder, media, media.sha256);
    },
  };
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  "image/jpeg": "jpg",
  "image/png": "png",
  "image/webp": "webp",
  "image/gif": "gif",
  "image/avif": "avif",
};

/** With the extension of what it has become. */
function renamed(file: string, type: string): string {
  const extension = EXTENSIONS[type] ?? "bin";
  const bare = file.replace(/\.[^./]+$/, "");
  return /\.jpe?g$/i.test(file) && extension === "jpg" ? file : `${bare}.${extension}`;
}

/** By the source's bytes and the recipe. */
function nameOf({ sha256 }: Pick<Media, "sha256">, fit: Fit): string {
  const { type, width, height, bytes, quality, crop, bars, moving } = fit;
  const recipe = JSON.stringify([
    [type, width, height, bytes, quality, moving],
    crop && [crop.left, crop.top, crop.width, crop.height],
    bars && [bars.width, bars.height, bars.color],
  ]);
  return createHash("sha256").update(`${sha256} ${recipe}`).digest("hex").slice(0, 32);
}

async function keptIn(folder: string, name: string): Promise<Fitted | undefined> {
  const text = await readFile(join(folder, `${name}.json`), "utf8").catch(() => "");
  const found = v.safeParse(v.pipe(v.string(), v.parseJson(), Kept), text);
  if (!found.success) return undefined;
  const { seal, ...made } = found.output;
  return seal === (await sealFor(name, made)) && (await isKept(folder, made)) ? made : undefined;
}

function sealFor(name: string, made: Fitted): Promise<string> {
  const { sha256, type, bytes, width, height } = made;
  return sealOf(JSON.stringify(["fit", name, sha256, type, bytes, width, height]));
}

/** Whether it is there, whole. */
async function isKept(folder: string, { sha256, bytes }: Fitted): Promise<boolean> {
  const path = join(folder, sha256);
  const { size } = await stat(path).catch(() => ({ size: -1 }));
  if (size !== bytes) return false;
  const hash = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  if (hash !== sha256) return false;
  // What is used is not old.
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
  return true;
}

async function keep(
  folder: string,
  { fit, name }: { fit: Fit; name: string },
  bytes: Uint8Array,
  size: { width: number; height: number },
): Promise<Fitted> {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const made: Fitted = { sha256, type: fit.type, bytes: bytes.length, ...size };
  await writeWhole(join(folder, sha256), bytes);
  const seal = await sealFor(name, made);
  await writeWhole(join(folder, `${name}.json`), JSON.stringify({ ...made, seal }));
  return made;
}

function bySource<T extends { file: Media }>(items: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = `${item.file.sha256} ${item.file.file}`;
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

/** All of it, in memory. */
export async function readAll({ open }: Source): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of open()) pieces.push(piece);
  return Buffer.concat(pieces);
}

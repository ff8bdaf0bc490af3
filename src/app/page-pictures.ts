/** The pictures of a page: small, in the page itself, each once. Made once, and kept with this computer's mark. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Media } from "../adapter.ts";
import { NetworkError } from "../errors.ts";
import { writeWhole } from "../files.ts";
import { READABLE } from "../media/fit.ts";
import { sealOf } from "../media/seal.ts";
import { openMedia } from "../media/source.ts";
import { html, join as joined, nothing } from "../pages/html.ts";
import type { Pictures } from "../pages/preview/view.ts";
import type { Picture } from "../pages/shown.ts";
import type { PlannedDelivery } from "../plan/types.ts";
import { CACHE } from "./fit.ts";
import type { Project } from "./project.ts";

// As wide as a column, sharp on most screens; eight of them are a few hundred kilobytes.
const SIDE = 760;

interface Small {
  id: string;
  data: Uint8Array;
  width: number;
  height: number;
}

type File = Omit<Media, "alt">;

/** What cannot be read is left out: the page names the file, and the plan says what is wrong. */
export async function picturesOf(
  deliveries: readonly PlannedDelivery[],
  project: Pick<Project, "config">,
): Promise<Pictures> {
  const files = new Map<string, File>();
  for (const { posts } of deliveries)
    for (const { post } of posts)
      for (const file of [...post.media, ...(post.link?.image ? [post.link.image] : [])])
        if (READABLE.has(file.type)) files.set(file.sha256, file);
  const small = new Map<string, Small>();
  const waiting = [...files.values()];
  // Two at a time: each takes the memory of its pixels.
  const work = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      const made = await smallOf(file, project);
      if (made) small.set(file.sha256, made);
    }
  };
  await Promise.all([work(), work()]);
  const symbols = [...small.values()].map(({ id, data, width, height }) => {
    const source = `data:image/webp;base64,${Buffer.from(data).toString("base64")}`;
    return html`<symbol id="m-${id}" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none"><image width="${width}" height="${height}" href="${source}"/></symbol>`;
  });
  return {
    symbols: symbols.length > 0 ? joined(symbols, "\n") : nothing,
    of: ({ sha256, fit, width }) => {
      const one = small.get(sha256);
      return one && pictureOf(one, fit, width);
    },
  };
}

/** In the small picture's own pixels. */
function pictureOf({ id, width, height }: Small, fit: Media["fit"], original: number | undefined): Picture {
  const scale = original ? width / original : 1;
  const scaled = (value: number) => Math.round(value * scale * 10) / 10;
  return {
    id,
    width,
    height,
    ...(fit?.crop && {
      crop: {
        left: scaled(fit.crop.left),
        top: scaled(fit.crop.top),
        width: scaled(fit.crop.width),
        height: scaled(fit.crop.height),
      },
    }),
    ...(fit?.bars && { bars: { width: scaled(fit.bars.width), height: scaled(fit.bars.height) } }),
  };
}

async function smallOf(file: File, { config }: Pick<Project, "config">): Promise<Small | undefined> {
  const id = file.sha256.slice(0, 16);
  const kept = join(config.root, CACHE, "pages", `${file.sha256}-${SIDE}.kept`);
  const known = await keptHere(kept);
  if (known) {
    const { imageSize } = await import("image-size");
    const { width, height } = imageSize(known);
    return { id, data: known, width, height };
  }
  const { CannotFit, thumbnail } = await import("../media/encode.ts");
  const { readAll } = await import("../media/fit-store.ts");
  try {
    const source = await readAll(await openMedia(config.root, { ...file, alt: "" }));
    const { bytes, width, height } = await thumbnail(source, SIDE);
    // What cannot be kept is made again.
    await keep(kept, bytes).catch(() => {});
    return { id, data: bytes, width, height };
  } catch (error) {
    if (error instanceof CannotFit || error instanceof NetworkError) return undefined;
    throw error;
  }
}

// The mark stands before the picture, so that both are there or none.
const MARK = 64;
const sealFor = (path: string, bytes: Uint8Array) =>
  sealOf(`page ${basename(path)} ${createHash("sha256").update(bytes).digest("hex")}`);

/** What this computer has made; half a file, and anybody else's, is made again. */
async function keptHere(path: string): Promise<Uint8Array | undefined> {
  const found = await readFile(path).catch(() => undefined);
  const bytes = found?.subarray(MARK);
  return bytes && found?.toString("latin1", 0, MARK) === (await sealFor(path, bytes)) ? bytes : undefined;
}

async function keep(path: string, bytes: Uint8Array): Promise<void> {
  await writeWhole(path, Buffer.concat([Buffer.from(await sealFor(path, bytes), "latin1"), bytes]));
}

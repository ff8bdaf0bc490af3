/**
 * Makes pictures fit: decodes once, and takes the smallest loss whose bytes fit. Loads the image library: reach it by a
 * dynamic import.
 */
import sharp, { type Sharp } from "sharp";
import type { Fit } from "../adapter.ts";

export interface Encoded {
  bytes: Uint8Array;
  width: number;
  height: number;
}

/** More than any camera's; a file of a few kilobytes can claim a thousand times as many. */
export const MOST_PIXELS = 80_000_000;

/** What to try, in this order: the share of the size, and the quality where the type has one. */
const LADDER: readonly (readonly [scale: number, quality: number])[] = [
  [1, 100],
  [1, 93],
  [1, 86],
  [0.84, 90],
  [0.84, 84],
  [0.71, 88],
  [0.71, 82],
  [0.59, 86],
  [0.5, 84],
  [0.42, 84],
  [0.35, 82],
  [0.25, 82],
  [0.18, 80],
  [0.12, 80],
  [0.06, 80],
];

/** Fewer bits a pixel than any photograph needs at the ladder's lowest quality: not worth trying. */
const LEAST_BITS = 0.2;

/** The picture in a file cannot be read, or cannot be made so small. */
export class CannotFit extends Error {
  override name = "CannotFit";
}

/** One picture, made to fit several times. Throws CannotFit. */
export async function encodeAll(source: Uint8Array | string, fits: readonly Fit[]): Promise<Encoded[]> {
  try {
    const still = fits.filter((fit) => !moves(fit));
    const decoded = still.length > 0 ? await decode(source, still) : undefined;
    const made = new Map<string, Promise<Encoded>>();
    const results: Encoded[] = [];
    for (const fit of fits) {
      const attempt = (size: Size, quality: number | undefined): Promise<Encoded> => {
        const key = JSON.stringify([fit.type, size, quality, fit.crop, fit.bars, fit.moving]);
        const known = made.get(key);
        if (known) return known;
        const making = moves(fit)
          ? encodeMoving(source, fit, size, quality)
          : encodeStill(decoded!, fit, size, quality);
        made.set(key, making);
        return making;
      };
      results.push(await smallestLoss(fit, attempt));
    }
    return results;
  } catch (error) {
    if (error instanceof CannotFit) throw error;
    // The library's own words say nothing to the author of a campaign.
    throw new CannotFit("its pixels cannot be decoded", { cause: error });
  }
}

/** Whether a picture's pixels can be read to their end. Small faults that every reader forgives do not count. */
export async function isDecodable(source: string): Promise<boolean> {
  try {
    const picture = sharp(source, { failOn: "error", limitInputPixels: MOST_PIXELS, sequentialRead: true });
    await picture.resize(16, 16, { fit: "fill", fastShrinkOnLoad: false }).raw().toBuffer();
    return true;
  } catch {
    return false;
  }
}

/** Whether something can be seen through it; what a file's head says is that it could be. */
export async function isTransparent(source: string): Promise<boolean> {
  const { hasAlpha } = await open(source).metadata();
  if (!hasAlpha) return false;
  // A byte a pixel, and not the whole picture.
  const alpha = await open(source).extractChannel("alpha").raw({ depth: "uchar" }).toBuffer();
  return alpha.some((value) => value < 255);
}

/** A picture in small, upright, for a page of ours. Throws CannotFit. */
export async function thumbnail(source: Uint8Array, side: number): Promise<Encoded> {
  try {
    // A fault near its end does not matter to who only looks at it.
    const image = sharp(source, { failOn: "error", limitInputPixels: MOST_PIXELS }).autoOrient();
    const small = image.resize({ width: side, height: side, fit: "inside", withoutEnlargement: true });
    return await finish(small.toColourspace("srgb"), "image/webp", 74);
  } catch (error) {
    throw new CannotFit("its pixels cannot be decoded", { cause: error });
  }
}

interface Size {
  width: number;
  height: number;
}

// Animated: what is not made to stand still keeps all its frames.
function moves(fit: Fit): boolean {
  return fit.moving === true;
}

/** The ladder's first rung that fits. Sizes fall along it, so that half of what is left can be skipped each time. */
async function smallestLoss(
  fit: Fit,
  attempt: (size: Size, quality: number | undefined) => Promise<Encoded>,
): Promise<Encoded> {
  const rungs = rungsOf(fit);
  let [low, high] = [0, rungs.length - 1];
  let best: Encoded | undefined;
  while (low <= high) {
    // The first rung usually fits.
    const middle = best === undefined && low === 0 && high === rungs.length - 1 ? 0 : (low + high) >> 1;
    const { size, quality } = rungs[middle]!;
    const encoded = await attempt(size, quality);
    if (encoded.bytes.length <= fit.bytes) {
      best = encoded;
      high = middle - 1;
    } else low = middle + 1;
  }
  if (!best) throw new CannotFit(`it cannot be made smaller than ${fit.bytes} bytes`);
  return best;
}

function rungsOf({ width, height, quality, bytes }: Fit): { size: Size; quality?: number }[] {
  const seen = new Set<string>();
  return LADDER.flatMap(([scale, share]) => {
    const size = {
      width: Math.max(1, Math.floor(width * scale)),
      height: Math.max(1, Math.floor(height * scale)),
    };
    if ((size.width * size.height * LEAST_BITS) / 8 > bytes) return [];
    const rung = {
      size,
      ...(quality !== undefined && { quality: Math.min(quality, Math.round((quality * share) / 100)) }),
    };
    const key = JSON.stringify(rung);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew ? [rung] : [];
  });
}

interface Decoded {
  data: Buffer;
  info: { width: number; height: number; channels: 1 | 2 | 3 | 4 };
  /** The decoded picture's size divided by the source's. */
  scale: number;
}

/** Upright, in sRGB, as large as the largest of the fits needs it. */
async function decode(source: Uint8Array | string, fits: readonly Fit[]): Promise<Decoded> {
  const { autoOrient } = await open(source).metadata();
  const { width, height } = autoOrient;
  if (!width || !height) throw new CannotFit("its size cannot be read");
  for (const fit of fits) requireShape({ width, height }, fit);
  const scale = Math.min(1, Math.max(...fits.map((fit) => neededScale(fit, width))));
  const size = { width: Math.ceil(width * scale), height: Math.ceil(height * scale) };
  const image = open(source).autoOrient().toColourspace("srgb");
  const { data, info } = await (scale < 1 ? image.resize({ ...size, fit: "fill" }) : image)
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, info: info as Decoded["info"], scale: info.width / width };
}

/** What was planned from its head must be what is decoded, or it would be squeezed. */
function requireShape({ width, height }: Size, fit: Fit): void {
  if (fit.crop || fit.bars) return;
  const [planned, found] = [fit.width / fit.height, width / height];
  // Small pictures are rounded to whole pixels.
  const rounding = 1 / fit.width + 1 / fit.height + 0.01;
  if (Math.abs(planned / found - 1) > rounding)
    throw new CannotFit("it has another shape than its head says");
}

function neededScale({ width, crop, bars }: Fit, source: number): number {
  if (crop) return width / crop.width;
  if (bars) return width / bars.width;
  return width / source;
}

async function encodeStill(
  { data, info, scale }: Decoded,
  { type, crop, bars }: Fit,
  size: Size,
  quality: number | undefined,
): Promise<Encoded> {
  let image = sharp(data, { raw: info, limitInputPixels: MOST_PIXELS });
  if (crop) {
    const left = Math.min(Math.round(crop.left * scale), info.width - 1);
    const top = Math.min(Math.round(crop.top * scale), info.height - 1);
    const width = Math.min(Math.max(1, Math.round(crop.width * scale)), info.width - left);
    const height = Math.min(Math.max(1, Math.round(crop.height * scale)), info.height - top);
    image = image.extract({ left, top, width, height });
  }
  // A picture that one could see through has white behind it where that cannot be.
  if (type === "image/jpeg") image = image.flatten({ background: "#ffffff" });
  image = image.resize({
    ...size,
    ...(bars ? { fit: "contain", background: bars.color } : { fit: "fill" }),
  });
  if (bars) image = image.flatten({ background: bars.color });
  return finish(image, type, quality);
}

async function encodeMoving(
  source: Uint8Array | string,
  { type }: Fit,
  size: Size,
  quality: number | undefined,
): Promise<Encoded> {
  const image = open(source, true).resize({ ...size, fit: "fill" });
  const { width, pageHeight } = await open(source, true).metadata();
  requireShape({ width, height: pageHeight ?? 1 }, { type, ...size, bytes: 0 });
  const { bytes } = await finish(image, type, quality);
  return { bytes, ...size };
}

async function finish(image: Sharp, type: string, quality: number | undefined): Promise<Encoded> {
  const { data, info } = await as(image, type, quality).toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}

function as(image: Sharp, type: string, quality: number | undefined): Sharp {
  switch (type) {
    case "image/jpeg":
      // Coding that is made for the picture is a fifteenth smaller and four times as slow.
      return image.jpeg({ quality, optimiseCoding: false });
    case "image/webp":
      return image.webp({ quality, effort: 2 });
    case "image/avif":
      return image.avif({ quality, effort: 2 });
    case "image/gif":
      return image.gif({ effort: 5 });
    default:
      return image.png({ compressionLevel: 7 });
  }
}

// Whatever does not end well is an error, and so is what would fill the memory.
function open(source: Uint8Array | string, animated = false): Sharp {
  return sharp(source, { failOn: "warning", limitInputPixels: MOST_PIXELS, animated });
}

/**
 * How a picture is made to fit a network: decided from its head and the network's rules, so that it is the same on every
 * machine. What an encoder makes of it is not decided here. Pure.
 */
import type { FileRules, Fit, Media } from "../adapter.ts";

/** A picture as far as it is known before it is decoded. */
export type Picture = Pick<Media, "type" | "bytes" | "width" | "height"> & {
  /** It moves. */
  animated?: boolean;
  /** Something can be seen through it. */
  transparent?: boolean;
};

/** What the author allows beyond scaling. */
export interface Framing {
  /** What stays in the picture when it is cropped: the point's place, as fractions of width and height. */
  focus?: { x: number; y: number };
  /** Bars of this colour where the shape does not fit: `#rrggbb`. */
  bars?: string;
}

/** What the encoder's library reads. */
export const READABLE: ReadonlySet<string> = new Set([
  "image/jpeg",
  "image/png",
  "image/webp",
  "image/gif",
  "image/avif",
  "image/tiff",
]);
// What is made anew has no more: forty megapixels fill any screen, and a larger one any memory.
const MOST_MADE = 40_000_000;
// Smallest loss first; the encoder goes down from here only if the bytes do not fit.
const QUALITY = 90;

/** `undefined`: it fits as it is, or nothing can be done. `most`: of bytes, where several files share a post's. */
export function fitOf(
  picture: Picture,
  rules: FileRules,
  framing: Framing = {},
  most = rules.bytes,
): Fit | undefined {
  const { width, height, bytes } = picture;
  if (!width || !height || !READABLE.has(picture.type)) return undefined;
  const seen = { width, height };
  const shape = shapeOf(seen, rules, framing);
  const framed = shape?.crop ?? shape?.bars ?? seen;
  const within = scaled(framed, rules);
  const isTaken = rules.types.includes(picture.type);
  const isSmaller = within.width < framed.width || within.height < framed.height;
  if (isTaken && bytes <= most && !isSmaller && !shape) return undefined;
  if (most <= 0) return undefined;
  const size = scaled(framed, { ...rules, pixels: Math.min(rules.pixels ?? MOST_MADE, MOST_MADE) });
  const type = typeFor(picture, rules, bytes > most);
  if (type === undefined) return undefined;
  // Frames are scaled, and neither cropped nor given bars.
  const moves =
    picture.animated === true && MOVING.has(type) && !rules.still?.includes(picture.type) && !shape;
  return {
    type,
    ...size,
    bytes: Math.min(most, rules.bytes),
    ...(LOSSY.has(type) && { quality: QUALITY }),
    ...shape,
    ...(moves && { moving: true as const }),
  };
}

/** The file as it will be, as far as that is known before it is encoded. */
export function expected<T extends Media>(media: T): T {
  if (!media.fit) return media;
  const { type, width, height, bytes } = media.fit;
  const { fit: _, ...rest } = media;
  return { ...rest, type, width, height, bytes } as T;
}

const LOSSY = new Set(["image/jpeg", "image/webp", "image/avif"]);
const MOVING = new Set(["image/gif", "image/webp"]);
const TRANSPARENT = ["image/webp", "image/png"];

/** Keeps the type where it can. A picture of a screen stays sharp as long as it fits. */
function typeFor(
  { type, animated, transparent }: Picture,
  { types, still }: FileRules,
  tooLarge: boolean,
): string | undefined {
  const first = (wanted: readonly string[]) => wanted.find((one) => types.includes(one));
  const moves = animated === true && !still?.includes(type);
  if (moves && MOVING.has(type)) {
    if (types.includes(type)) return type;
    if (type === "image/gif" && types.includes("image/webp")) return "image/webp";
  }
  if (transparent)
    return (tooLarge ? undefined : first([type])) ?? first(TRANSPARENT) ?? first(["image/jpeg"]);
  // Its pixels have no loss, and where they take too many bytes they must have some.
  if (type === "image/png" || type === "image/gif" || type === "image/tiff")
    return (
      (tooLarge ? undefined : first([type, "image/png"])) ?? first(["image/jpeg", "image/webp", "image/png"])
    );
  return first([type, "image/jpeg", "image/webp", "image/png"]);
}

interface Size {
  width: number;
  height: number;
}

/** Of the same shape, within the rules: every bound is one on the scale. */
function scaled({ width, height }: Size, { pixels, side, sum }: FileRules): Size {
  const scale = Math.min(
    1,
    pixels ? Math.sqrt(pixels / (width * height)) : 1,
    side ? side / Math.max(width, height) : 1,
    sum ? sum / (width + height) : 1,
  );
  if (scale === 1) return { width, height };
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

/** What is cut off or added, where the shape is not allowed and the author says how. */
function shapeOf(
  { width, height }: Size,
  rules: FileRules,
  { focus, bars }: Framing,
): Pick<Fit, "crop" | "bars"> | undefined {
  const [least, most] = boundsOf(rules);
  const shape = width / height;
  if (shape >= least && shape <= most) return undefined;
  const wanted = shape < least ? least : most;
  if (focus) {
    const crop =
      shape > wanted
        ? { width: Math.floor(height * wanted), height }
        : { width, height: Math.floor(width / wanted) };
    const place = (whole: number, part: number, at: number) =>
      Math.round(Math.min(Math.max(at * whole - part / 2, 0), whole - part));
    return {
      crop: { left: place(width, crop.width, focus.x), top: place(height, crop.height, focus.y), ...crop },
    };
  }
  if (bars === undefined) return undefined;
  const size =
    shape > wanted
      ? { width, height: Math.ceil(width / wanted) }
      : { width: Math.ceil(height * wanted), height };
  return { bars: { ...size, color: bars } };
}

/** The narrowest and the widest shape, as width divided by height. */
function boundsOf({ ratio, shape }: FileRules): [least: number, most: number] {
  const [least, most] = shape ?? [0, Number.POSITIVE_INFINITY];
  return ratio === undefined ? [least, most] : [Math.max(least, 1 / ratio), Math.min(most, ratio)];
}

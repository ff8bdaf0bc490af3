/** How many pictures an image file holds, and whether it is whole. From its structure; nothing is decoded. */
import { crc32 } from "node:zlib";

export interface Frames {
  /** It moves. */
  animated: boolean;
  /** Its bytes end before its structure does: half a download. */
  cut: boolean;
  /** A checksum does not hold. */
  damaged?: true;
  /** How many bytes follow its end: another file, or what was cropped away. */
  rest?: number;
}

export function framesOf(type: string, bytes: Uint8Array): Frames {
  return READERS[type]?.(bytes) ?? { animated: false, cut: false };
}

const READERS: Record<string, (bytes: Uint8Array) => Frames> = {
  "image/png": png,
  "image/gif": gif,
  "image/webp": webp,
  "image/jpeg": jpeg,
  "image/avif": avif,
};

// PNG 3rd edition: chunks up to IEND, each with a checksum; acTL before IDAT makes it animated.
function png(bytes: Uint8Array): Frames {
  const view = viewOf(bytes);
  let animated = false;
  let pixels = false;
  // IHDR comes first (11.2.1), with sides above zero.
  const hasHead = bytes.length >= 33 && view.getUint32(12) === 0x49484452;
  if (!hasHead || view.getUint32(16) === 0 || view.getUint32(20) === 0)
    return { animated, cut: bytes.length < 33, damaged: true };
  for (let at = 8; at + 12 <= bytes.length; ) {
    const name = view.getUint32(at + 4);
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4))
      return { animated, cut: false, damaged: true };
    if (name === 0x6163544c) animated = true;
    if (name === 0x49444154) pixels = true;
    if (name === 0x49454e44)
      return { animated, cut: false, ...(pixels ? restAfter(bytes, end) : { damaged: true as const }) };
    at = end;
  }
  return { animated, cut: true };
}

// GIF89a: blocks up to the trailer. Some writers leave the trailer out.
function gif(bytes: Uint8Array): Frames {
  const table = (flags: number) => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 7) + 1));
  let at = 13 + table(bytes[10] ?? 0);
  let pictures = 0;
  while (at < bytes.length) {
    const block = bytes[at];
    if (block === 0x3b) return { animated: pictures > 1, cut: pictures === 0, ...restAfter(bytes, at + 1) };
    if (block === 0x2c) {
      pictures += 1;
      at += 11 + table(bytes[at + 9] ?? 0);
    } else if (block === 0x21) at += 2;
    else return { animated: pictures > 1, cut: pictures === 0, ...restAfter(bytes, at) };
    while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!;
    at += 1;
  }
  return { animated: pictures > 1, cut: pictures === 0 || at > bytes.length };
}

// RFC 9649: the RIFF header says how long it is, the VP8X chunk whether it moves.
function webp(bytes: Uint8Array): Frames {
  if (bytes.length < 21) return { animated: false, cut: true };
  const view = viewOf(bytes);
  const animated = view.getUint32(12) === 0x56503858 && (bytes[20]! & 0x02) !== 0;
  const end = view.getUint32(4, true) + 8;
  if (end > bytes.length + 1) return { animated, cut: true };
  return { animated, cut: false, ...restAfter(bytes, end + (end % 2)) };
}

// ITU T.81: segments up to the scan, and somewhere behind it the end of the image.
function jpeg(bytes: Uint8Array): Frames {
  const view = viewOf(bytes);
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda) {
      const end = endAfter(bytes, at);
      return end === undefined
        ? { animated: false, cut: true }
        : { animated: false, cut: false, ...(isOurs(bytes, end) ? {} : restAfter(bytes, end)) };
    }
    at += 2 + view.getUint16(at + 2);
    if (at > bytes.length) return { animated: false, cut: true };
  }
  // There was no scan.
  return { animated: false, cut: true };
}

// ISO/IEC 23008-12 in 14496-12: boxes up to the end of the file.
function avif(bytes: Uint8Array): Frames {
  const view = viewOf(bytes);
  const names = new Set<string>();
  for (let at = 0; at < bytes.length; ) {
    if (at + 16 > bytes.length) return { animated: false, cut: true };
    const short = view.getUint32(at);
    const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short === 0 ? bytes.length - at : short;
    if (size < 8 || at + size > bytes.length) return { animated: false, cut: true };
    names.add(String.fromCharCode(...bytes.subarray(at + 4, at + 8)));
    at += size;
  }
  return { animated: false, cut: false, ...(names.has("meta") ? {} : { damaged: true as const }) };
}

function endAfter(bytes: Uint8Array, from: number): number | undefined {
  for (let at = bytes.indexOf(0xff, from + 2); at >= 0; at = bytes.indexOf(0xff, at + 1))
    if (bytes[at + 1] === 0xd9) return at + 2;
  return undefined;
}

// Phones put further pictures (CIPA DC-007), films and their own remarks behind a JPEG's end.
function isOurs(bytes: Uint8Array, end: number): boolean {
  const before = Buffer.from(bytes.buffer, bytes.byteOffset, end);
  const behind = Buffer.from(bytes.buffer, bytes.byteOffset + end, bytes.length - end);
  const next = behind.subarray(0, 64).toString("latin1");
  // Each is announced in the picture itself, or has its own mark at its end: an editor's leftover has neither.
  if (/^\0*\xff\xd8/.test(next)) return before.includes("MPF\0", 0, "latin1");
  if (/^[\s\S]{4}ftyp/.test(next)) return before.includes("MotionPhoto") || before.includes("MicroVideo");
  return behind.subarray(-8).includes("SEFT") && behind.includes("SEFH");
}

function restAfter(bytes: Uint8Array, end: number): Pick<Frames, "rest"> {
  // Some writers fill up.
  const behind = bytes.subarray(end);
  return behind.some((byte) => byte !== 0) ? { rest: behind.length } : {};
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

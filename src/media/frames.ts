/** How many pictures an image file holds, and whether its end is there. From its structure; nothing is decoded. */

export interface Frames {
  /** It moves. */
  animated: boolean;
  /** Its bytes end before its structure does: half a download. */
  cut: boolean;
}

/** `bytes` may be only the beginning of a file of `size` bytes; then `cut` is not known, and false. */
export function framesOf(type: string, bytes: Uint8Array, size = bytes.length): Frames {
  const read = READERS[type]?.(bytes) ?? { animated: false, cut: false };
  return size > bytes.length ? { ...read, cut: false } : read;
}

const READERS: Record<string, (bytes: Uint8Array) => Frames> = {
  "image/png": png,
  "image/gif": gif,
  "image/webp": webp,
  "image/jpeg": jpeg,
};

// PNG 3rd edition: chunks up to IEND; acTL before IDAT makes it animated.
function png(bytes: Uint8Array): Frames {
  const view = viewOf(bytes);
  let animated = false;
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    const name = view.getUint32(at + 4);
    if (name === 0x6163544c) animated = true;
    if (name === 0x49454e44) return { animated, cut: false };
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
    if (block === 0x3b) return { animated: pictures > 1, cut: false };
    if (block === 0x2c) {
      pictures += 1;
      at += 11 + table(bytes[at + 9] ?? 0);
    } else if (block === 0x21) at += 2;
    else return { animated: pictures > 1, cut: false };
    while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at]!;
    at += 1;
  }
  return { animated: pictures > 1, cut: pictures > 0 && at > bytes.length };
}

// RFC 9649: the RIFF header says how long it is, the VP8X chunk whether it moves.
function webp(bytes: Uint8Array): Frames {
  if (bytes.length < 21) return { animated: false, cut: true };
  const view = viewOf(bytes);
  const animated = view.getUint32(12) === 0x56503858 && (bytes[20]! & 0x02) !== 0;
  return { animated, cut: view.getUint32(4, true) + 8 > bytes.length + 1 };
}

// ITU T.81: segments up to the scan, and somewhere behind it the end of the image. Phones put films behind that.
function jpeg(bytes: Uint8Array): Frames {
  const view = viewOf(bytes);
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker === 0xda) return { animated: false, cut: !endsAfter(bytes, at) };
    at += 2 + view.getUint16(at + 2);
    if (at > bytes.length) return { animated: false, cut: true };
  }
  return { animated: false, cut: false };
}

function endsAfter(bytes: Uint8Array, from: number): boolean {
  for (let at = bytes.indexOf(0xff, from + 2); at >= 0; at = bytes.indexOf(0xff, at + 1))
    if (bytes[at + 1] === 0xd9) return true;
  return false;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

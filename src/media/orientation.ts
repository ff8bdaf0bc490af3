/**
 * How an image lies, from its EXIF data: in a PNG's eXIf chunk (PNG 3rd edition, 11.3.4.5) and in a WebP's EXIF chunk (RFC
 * 9649, 2.7.1.5). Browsers turn both as they turn a JPEG.
 */

/** 1 to 8; 1 is upright. */
export function orientationOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = isPng(bytes)
    ? chunk(view, { from: 8, head: 8, name: "eXIf", tail: 4, little: false })
    : word(bytes, 0) === "RIFF" && word(bytes, 8) === "WEBP"
      ? chunk(view, { from: 12, head: 8, name: "EXIF", tail: 0, little: true })
      : undefined;
  return found === undefined ? 1 : fromTiff(found);
}

function isPng(bytes: Uint8Array): boolean {
  return bytes[0] === 0x89 && word(bytes, 1).startsWith("PNG");
}

interface Shape {
  from: number;
  /** Of a chunk: its length and its name. */
  head: number;
  name: string;
  /** Behind its data: a checksum. */
  tail: number;
  /** RIFF: the name comes first, numbers begin with their low byte, and odd lengths are filled up. */
  little: boolean;
}

function chunk(view: DataView, { from, head, name, tail, little }: Shape): DataView | undefined {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  for (let at = from; at + head <= view.byteLength; ) {
    const length = view.getUint32(little ? at + 4 : at, little);
    const start = at + head;
    if (start + length > view.byteLength) return undefined;
    if (word(bytes, little ? at : at + 4) === name)
      return new DataView(view.buffer, view.byteOffset + start, length);
    at = start + length + tail + (little ? length % 2 : 0);
  }
  return undefined;
}

const ORIENTATION = 0x0112;

function fromTiff(data: DataView): number {
  // Some writers put a JPEG's "Exif\0\0" in front.
  const start = data.byteLength > 6 && data.getUint32(0) === 0x45786966 ? 6 : 0;
  const has = (at: number, length: number) => at >= start && at + length <= data.byteLength;
  if (!has(start, 8)) return 1;
  const order = data.getUint16(start);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  const directory = start + data.getUint32(start + 4, little);
  if (!has(directory, 2)) return 1;
  const count = data.getUint16(directory, little);
  for (let entry = 0; entry < count; entry++) {
    const at = directory + 2 + 12 * entry;
    if (!has(at, 12)) return 1;
    if (data.getUint16(at, little) !== ORIENTATION) continue;
    const value = data.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

function word(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

/**
 * What an image's EXIF data says: in a JPEG's APP1 segment (EXIF 2.32, 4.5.4), a PNG's eXIf chunk (PNG 3rd edition,
 * 11.3.4.5) and a WebP's EXIF chunk (RFC 9649, 2.7.1.5).
 */

const ORIENTATION = 0x0112;
const PLACE = 0x8825;

/** How it lies: 1 to 8; 1 is upright. Browsers turn all of these formats. */
export function orientationOf(bytes: Uint8Array): number {
  if (isAvif(bytes)) return turnOf(bytes);
  const value = tagIn(exifOf(bytes), ORIENTATION, (view, at, little) => view.getUint16(at, little)) ?? 1;
  return value >= 1 && value <= 8 ? value : 1;
}

/** Whether it says where the picture was taken: in EXIF data, or in XMP. */
export function hasLocation(bytes: Uint8Array): boolean {
  if (tagIn(exifOf(bytes), PLACE, () => true)) return true;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes("GPSLatitude");
}

function isAvif(bytes: Uint8Array): boolean {
  return word(bytes, 4) === "ftyp" && /^(avif|avis|mif1|heic)$/.test(word(bytes, 8));
}

/** ISO/IEC 23008-12, 6.5.10: an `irot` property turns it by quarters; its EXIF data is only a remark. */
function turnOf(bytes: Uint8Array): number {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 65_536));
  const at = head.indexOf("irot", 0, "latin1");
  const quarters = at < 0 ? 0 : (head[at + 4] ?? 0) & 3;
  return [1, 8, 3, 6][quarters] ?? 1;
}

function exifOf(bytes: Uint8Array): DataView | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isPng(bytes)) return chunk(view, { from: 8, head: 8, name: "eXIf", tail: 4, little: false });
  if (word(bytes, 0) === "RIFF" && word(bytes, 8) === "WEBP")
    return chunk(view, { from: 12, head: 8, name: "EXIF", tail: 0, little: true });
  if (bytes[0] === 0xff && bytes[1] === 0xd8) return segment(view);
  // A TIFF is what the others have within them.
  if (/^(II\*\0|MM\0\*)/.test(word(bytes, 0))) return view;
  if (!isAvif(bytes)) return undefined;
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf("Exif\0\0", 0, "latin1");
  return at < 0 ? undefined : new DataView(view.buffer, view.byteOffset + at);
}

/** The APP1 segment that begins with "Exif"; there are others of that number. */
function segment(view: DataView): DataView | undefined {
  for (let at = 2; at + 10 <= view.byteLength && view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1);
    const length = view.getUint16(at + 2);
    if (marker === 0xda || at + 2 + length > view.byteLength) return undefined;
    if (marker === 0xe1 && view.getUint32(at + 4) === 0x45786966)
      return new DataView(view.buffer, view.byteOffset + at + 4, length - 2);
    at += 2 + length;
  }
  return undefined;
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

/** `read` gets the place of the entry's value. */
function tagIn<T>(
  data: DataView | undefined,
  tag: number,
  read: (view: DataView, at: number, little: boolean) => T,
): T | undefined {
  if (!data) return undefined;
  // Some writers put a JPEG's "Exif\0\0" in front.
  const start = data.byteLength > 6 && data.getUint32(0) === 0x45786966 ? 6 : 0;
  const has = (at: number, length: number) => at >= start && at + length <= data.byteLength;
  if (!has(start, 8)) return undefined;
  const order = data.getUint16(start);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const little = order === 0x4949;
  const directory = start + data.getUint32(start + 4, little);
  if (!has(directory, 2)) return undefined;
  const count = data.getUint16(directory, little);
  for (let entry = 0; entry < count; entry++) {
    const at = directory + 2 + 12 * entry;
    if (!has(at, 12)) return undefined;
    if (data.getUint16(at, little) === tag) return read(data, at + 8, little);
  }
  return undefined;
}

function word(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

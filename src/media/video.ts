/**
 * How long a video is, how large and in which code, from its container. Nothing is decoded, and of a large file only what
 * tells this is read.
 */
import type { FileHandle } from "node:fs/promises";

export interface VideoFacts {
  seconds?: number;
  /** As it is seen, in pixels. */
  width?: number;
  height?: number;
  /** Of the pictures, as people call it: `H.264`. */
  codec?: string;
  /** Its metadata says where it was taken. */
  located?: true;
  /** The file ends before its container does: half a download. */
  cut?: boolean;
}

export async function videoFacts(type: string, file: FileHandle, size: number): Promise<VideoFacts> {
  if (type === "video/mp4" || type === "video/quicktime" || type === "video/x-m4v") return mp4(file, size);
  if (type === "video/webm" || type === "video/matroska" || type === "video/x-matroska")
    return webm(file, size);
  return {};
}

const CODECS: Readonly<Record<string, string>> = {
  avc1: "H.264",
  avc3: "H.264",
  hvc1: "H.265",
  hev1: "H.265",
  vp08: "VP8",
  vp09: "VP9",
  av01: "AV1",
  mp4v: "MPEG-4",
  apch: "ProRes",
  apcn: "ProRes",
  apcs: "ProRes",
  apco: "ProRes",
  ap4h: "ProRes",
  V_VP8: "VP8",
  V_VP9: "VP9",
  V_AV1: "AV1",
  "V_MPEG4/ISO/AVC": "H.264",
  "V_MPEGH/ISO/HEVC": "H.265",
};

async function read(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(length), position: at });
  return buffer.subarray(0, bytesRead);
}

// --- MP4 and QuickTime: ISO/IEC 14496-12, boxes in boxes ---------------------------------------------------------

// The index of hours of film, and more boxes than any camera makes: a file with more is an attack.
const MOST_INDEX = 64_000_000;
const MOST_BOXES = 20_000;

async function mp4(file: FileHandle, size: number): Promise<VideoFacts> {
  let found: VideoFacts | undefined;
  let count = 0;
  for (let at = 0; at < size; ) {
    if (++count > MOST_BOXES) return found ?? {};
    const head = await read(file, at, 16);
    if (head.length < 8) return { ...found, cut: true };
    const box = sizeOf(head, size - at);
    if (box.size < box.head) return found ?? {};
    if (at + box.size > size) return { ...found, cut: true };
    if (box.name === "moov" && box.size <= MOST_INDEX)
      found = movie(await read(file, at + box.head, box.size - box.head));
    at += box.size;
  }
  // A film without its index is half a recording.
  return found ?? { cut: true };
}

interface Box {
  name: string;
  size: number;
  /** Bytes before its content. */
  head: number;
}

function sizeOf(head: Buffer, rest: number): Box {
  const short = head.readUInt32BE(0);
  const name = head.toString("latin1", 4, 8);
  if (short === 1 && head.length >= 16) return { name, size: Number(head.readBigUInt64BE(8)), head: 16 };
  return { name, size: short === 0 ? rest : short, head: 8 };
}

function boxes(content: Buffer): Map<string, Buffer[]> {
  const found = new Map<string, Buffer[]>();
  let count = 0;
  for (let at = 0; at + 8 <= content.length && ++count <= MOST_BOXES; ) {
    const { name, size, head } = sizeOf(content.subarray(at, at + 16), content.length - at);
    if (size < head) break;
    const same = found.get(name) ?? [];
    same.push(content.subarray(at + head, at + size));
    found.set(name, same);
    at += size;
  }
  return found;
}

function movie(content: Buffer): VideoFacts {
  const parts = boxes(content);
  const seconds = durationOf(parts.get("mvhd")?.[0]);
  const tracks = (parts.get("trak") ?? []).map(track);
  const pictures = tracks.find(({ kind }) => kind === "vide");
  return {
    ...(seconds !== undefined && seconds > 0 && { seconds }),
    ...(pictures?.width && { width: pictures.width, height: pictures.height }),
    ...(pictures?.codec && { codec: pictures.codec }),
    ...(PLACE.test(content.toString("latin1")) && { located: true as const }),
  };
}

// QuickTime's user data and metadata keys.
const PLACE = /\xa9xyz|location\.ISO6709|loci/;

// Version 1 has its times in 64 bits.
function durationOf(head: Buffer | undefined): number | undefined {
  if (!head || head.length < 20) return undefined;
  const isLong = head[0] === 1;
  if (isLong && head.length < 32) return undefined;
  const scale = head.readUInt32BE(isLong ? 20 : 12);
  const duration = isLong ? Number(head.readBigUInt64BE(24)) : head.readUInt32BE(16);
  return scale === 0 ? undefined : duration / scale;
}

function track(content: Buffer) {
  const parts = boxes(content);
  const media = boxes(parts.get("mdia")?.[0] ?? Buffer.alloc(0));
  const kind = media.get("hdlr")?.[0]?.toString("latin1", 8, 12);
  const table = boxes(boxes(media.get("minf")?.[0] ?? Buffer.alloc(0)).get("stbl")?.[0] ?? Buffer.alloc(0));
  const code = table.get("stsd")?.[0]?.toString("latin1", 12, 16);
  return { kind, codec: CODECS[code ?? ""] ?? code, ...seenSize(parts.get("tkhd")?.[0]) };
}

// The matrix turns it: a phone that was held upright.
function seenSize(head: Buffer | undefined): { width?: number; height?: number } {
  const at = head?.[0] === 1 ? 52 : 40;
  if (!head || head.length < at + 44) return {};
  const isTurned = head.readInt32BE(at) === 0 && head.readInt32BE(at + 16) === 0;
  const [width, height] = [head.readUInt32BE(at + 36) >>> 16, head.readUInt32BE(at + 40) >>> 16];
  if (!width || !height) return {};
  return isTurned ? { width: height, height: width } : { width, height };
}

// --- WebM and Matroska: RFC 8794 and RFC 9559, elements in elements ----------------------------------------------

// What describes the film stands before it.
const HEAD = 1_000_000;

async function webm(file: FileHandle, size: number): Promise<VideoFacts> {
  const head = await read(file, 0, Math.min(HEAD, size));
  for (const { id, content, end } of elements(head)) {
    if (id !== 0x18538067) continue;
    const facts = segment(content);
    return end !== undefined && end > size ? { ...facts, cut: true } : facts;
  }
  return {};
}

interface Element {
  id: number;
  content: Buffer;
  /** Where it ends in what it was read from; absent where its length is not known. */
  end?: number;
}

function* elements(bytes: Buffer): Generator<Element> {
  for (let at = 0; at < bytes.length; ) {
    const id = numberAt(bytes, at, false);
    const length = id && numberAt(bytes, at + id.width, true);
    if (!id || !length) return;
    const start = at + id.width + length.width;
    const end = length.value === undefined ? undefined : start + length.value;
    yield { id: id.value!, content: bytes.subarray(start, end), end };
    if (end === undefined) return;
    at = end;
  }
}

/** The number of leading zeros says how many bytes follow; all ones: unknown. */
function numberAt(bytes: Buffer, at: number, masked: boolean): { value?: number; width: number } | undefined {
  const first = bytes[at];
  if (first === undefined || first === 0) return undefined;
  const width = Math.clz32(first) - 23;
  if (at + width > bytes.length) return undefined;
  let value = masked ? first & (0xff >> width) : first;
  let isUnknown = masked && value === 0xff >> width;
  for (let next = 1; next < width; next++) {
    const byte = bytes[at + next]!;
    isUnknown &&= byte === 0xff;
    value = value * 256 + byte;
  }
  return isUnknown ? { width } : { value, width };
}

function segment(content: Buffer): VideoFacts {
  const facts: VideoFacts = {};
  let scale = 1_000_000;
  let duration: number | undefined;
  for (const { id, content: part } of elements(content)) {
    if (id === 0x1549a966)
      for (const { id, content } of elements(part)) {
        if (id === 0x2ad7b1) scale = unsigned(content);
        if (id === 0x4489 && content.length === 8) duration = content.readDoubleBE();
        if (id === 0x4489 && content.length === 4) duration = content.readFloatBE();
      }
    if (id === 0x1654ae6b) Object.assign(facts, pictures(part));
    // Clusters: the film itself.
    if (id === 0x1f43b675) break;
  }
  return { ...facts, ...(duration !== undefined && { seconds: (duration * scale) / 1e9 }) };
}

function pictures(tracks: Buffer): VideoFacts {
  for (const { id, content } of elements(tracks)) {
    if (id !== 0xae) continue;
    const parts = new Map([...elements(content)].map((part) => [part.id, part.content]));
    if (unsigned(parts.get(0x83)) !== 1) continue;
    const code = parts.get(0x86)?.toString("latin1") ?? "";
    const video = new Map(
      [...elements(parts.get(0xe0) ?? Buffer.alloc(0))].map((part) => [part.id, part.content]),
    );
    const [width, height] = [unsigned(video.get(0xb0)), unsigned(video.get(0xba))];
    return { codec: CODECS[code] ?? code, ...(width && height && { width, height }) };
  }
  return {};
}

function unsigned(content?: Buffer): number {
  return (content ?? Buffer.alloc(0)).reduce((value, byte) => value * 256 + byte, 0);
}

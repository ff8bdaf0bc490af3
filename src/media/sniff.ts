/** What a file is, from its first bytes. Loads a library: reach it by a dynamic import. */
import { imageSize } from "image-size";
import { hasLocation, orientationOf } from "./exif.ts";

// The kinds that the networks take; their library reads the size from the same bytes. Everything else is looked up.
const IMAGES: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  svg: "image/svg+xml",
  tiff: "image/tiff",
};

export interface Sniffed {
  /** MIME type. */
  type: string;
  /** As it is seen, in pixels. */
  width?: number;
  height?: number;
  /** Its metadata says where it was taken. */
  located?: true;
}

/** `undefined` for what no network takes. */
export async function sniff(head: Uint8Array): Promise<Sniffed | undefined> {
  const { type, ...size } = sizeOf(head) ?? {};
  const image = IMAGES[type ?? ""];
  if (image) return { ...size, type: image, ...(hasLocation(head) && { located: true as const }) };
  const { mimeOf } = await import("./mime.ts");
  const mime = await mimeOf(head);
  if (mime && (/^(video|audio)\//.test(mime) || mime === "application/pdf")) return { type: mime };
  if (mime?.startsWith("image/")) return { ...size, type: mime };
  const captions = mime === undefined || mime === "text/vtt" ? captionsIn(head) : undefined;
  return captions === undefined ? undefined : { type: captions };
}

// https://www.w3.org/TR/webvtt1/#file-structure; SubRip has no description but its players: a number, and from when to when.
const WEBVTT = /^\ufeff?WEBVTT(?:[ \t\r\n]|$)/;
const SUBRIP = /^\ufeff?\s*\d+[ \t]*\r?\n\d{1,2}:\d\d:\d\d[,.]\d{3}[ \t]+-->[ \t]+\d{1,2}:\d\d:\d\d[,.]\d{3}/;

/** What is said in a video, as text with times. */
function captionsIn(head: Uint8Array): string | undefined {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(head.subarray(0, 500));
  if (WEBVTT.test(text)) return "text/vtt";
  return SUBRIP.test(text) ? "application/x-subrip" : undefined;
}

function sizeOf(head: Uint8Array): { type?: string; width?: number; height?: number } | undefined {
  try {
    const { width, height, orientation = orientationOf(head), type } = imageSize(head);
    // EXIF orientations 5 to 8 lie on their side.
    const seen = orientation > 4 ? { width: height, height: width } : { width, height };
    return { ...seen, type };
  } catch {
    // A format whose size the library cannot read; rules about pixels cannot be checked then.
    return undefined;
  }
}

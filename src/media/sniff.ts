/** What a file is, from its first bytes. Loads a library: reach it by a dynamic import. */
import { imageSize } from "image-size";
import { orientationOf } from "./orientation.ts";

// The kinds that the networks take; their library reads the size from the same bytes. Everything else is looked up.
const IMAGES: Record<string, string> = {
  png: "image/png",
  jpg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  svg: "image/svg+xml",
};

export interface Sniffed {
  /** MIME type. */
  type: string;
  /** As it is seen, in pixels. */
  width?: number;
  height?: number;
}

/** `undefined` for what no network takes. */
export async function sniff(head: Uint8Array): Promise<Sniffed | undefined> {
  const { type, ...size } = sizeOf(head) ?? {};
  const image = IMAGES[type ?? ""];
  if (image) return { ...size, type: image };
  const { mimeOf } = await import("./mime.ts");
  const mime = await mimeOf(head);
  if (mime && (/^(video|audio)\//.test(mime) || mime === "application/pdf")) return { type: mime };
  return mime?.startsWith("image/") ? { ...size, type: mime } : undefined;
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

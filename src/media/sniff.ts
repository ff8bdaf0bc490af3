/** What a file is, from its first bytes. Loads two libraries: reach it by a dynamic import. */
import { fileTypeFromBuffer } from "file-type";
import { imageSize } from "image-size";

/** MIME type, and an image's width and height as it is seen; `undefined` for what is neither image nor video. */
export async function sniff(
  head: Uint8Array,
): Promise<{ type: string; width?: number; height?: number } | undefined> {
  const found = await fileTypeFromBuffer(head);
  if (found?.mime.startsWith("video/")) return { type: found.mime };
  if (found?.mime.startsWith("image/")) return { ...sizeOf(head), type: found.mime };
  const size = sizeOf(head);
  return size?.type === "svg" ? { ...size, type: "image/svg+xml" } : undefined;
}

function sizeOf(head: Uint8Array): { type?: string; width?: number; height?: number } | undefined {
  try {
    const { width, height, orientation = 1, type } = imageSize(head);
    // EXIF orientations 5 to 8 lie on their side.
    const seen = orientation > 4 ? { width: height, height: width } : { width, height };
    return { ...seen, type };
  } catch {
    // A format whose size the library cannot read; rules about pixels cannot be checked then.
    return undefined;
  }
}

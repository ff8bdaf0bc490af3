/** What a file is by its first bytes; the networks look, too. */

const MARKS: [type: string, at: number, bytes: string][] = [
  ["image/png", 0, "\x89PNG\r\n\x1a\n"],
  ["image/jpeg", 0, "\xff\xd8\xff"],
  ["image/gif", 0, "GIF8"],
  ["image/webp", 8, "WEBP"],
  ["image/avif", 4, "ftypavif"],
  ["image/heic", 4, "ftypheic"],
  ["video/quicktime", 4, "ftypqt  "],
  ["video/mp4", 4, "ftyp"],
  ["video/webm", 0, "\x1a\x45\xdf\xa3"],
];

/** A MIME type, or `undefined` for what is neither a usual image nor a usual video. */
export function sniff(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 32)).toString("latin1");
  return MARKS.find(([, at, mark]) => head.startsWith(mark, at))?.[0];
}

/** Width and height of a PNG, which says them in a fixed place; `undefined` for everything else. */
export function pngSize(bytes: Uint8Array): { width: number; height: number } | undefined {
  if (sniff(bytes) !== "image/png" || bytes.length < 24) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

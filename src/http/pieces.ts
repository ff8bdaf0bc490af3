/** A file in pieces, for networks that take large ones so. */
import type { Source } from "./request.ts";

export interface Piece {
  bytes: Buffer;
  /** Of its first byte in the file. */
  at: number;
}

/**
 * From byte `from` on, each of `size` bytes; the last one has what is left. One piece is in memory at a time.
 */
export async function* piecesOf({ open }: Source, size: number, from = 0): AsyncGenerator<Piece> {
  let held: Uint8Array[] = [];
  let length = 0;
  let skip = from;
  let at = from;
  for await (const read of open()) {
    const bytes = read.subarray(Math.min(skip, read.length));
    skip -= read.length - bytes.length;
    if (bytes.length === 0) continue;
    held.push(bytes);
    length += bytes.length;
    if (length < size) continue;
    let all = Buffer.concat(held, length);
    for (; all.length >= size; all = all.subarray(size), at += size)
      yield { bytes: all.subarray(0, size), at };
    held = all.length > 0 ? [all] : [];
    length = all.length;
  }
  if (length > 0) yield { bytes: Buffer.concat(held, length), at };
}

/** The `Content-Range` of a piece: RFC 9110, 14.4. */
export function rangeOf({ bytes, at }: Piece, { size }: Pick<Source, "size">): string {
  return `bytes ${at}-${at + bytes.length - 1}/${size}`;
}

/**
 * Whether the end of a write-ahead log was cut off. SQLite takes what is left for all there was, and entries that were on
 * disk would be gone without a word. Its index file remembers how many frames were committed: after a crash, and while
 * another process works, it says how long the log has to be. Formats: sqlite.org/walformat.html, wal-index header.
 */
import { readFileSync, statSync } from "node:fs";
import { endianness } from "node:os";

const HEADER = 32;
const FRAME_HEADER = 24;

/** `false` also when there is nothing to compare. */
export function isTruncated(file: string): boolean {
  // Another process may close the database in between, and take both files away: what is wrong stays wrong.
  return looksTruncated(file) && looksTruncated(file);
}

function looksTruncated(file: string): boolean {
  const index = indexOf(`${file}-shm`);
  if (!index || index.saved >= index.frames) return false;
  const length = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  return length < HEADER + index.frames * (FRAME_HEADER + index.page);
}

/** How many frames are committed, how many of them are in the database already, and the size of a page. */
function indexOf(file: string): { frames: number; saved: number; page: number } | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  // Two copies of the header of 48 bytes each; when they differ somebody is writing, and SQLite sorts it out.
  if (bytes.length < 136 || !bytes.subarray(0, 48).equals(bytes.subarray(48, 96))) return undefined;
  if (bytes[12] === 0) return undefined;
  const little = endianness() === "LE";
  const u32 = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const page = little ? bytes.readUInt16LE(14) : bytes.readUInt16BE(14);
  return { frames: u32(16), saved: u32(96), page: page === 1 ? 65_536 : page };
}

/**
 * Whether a write-ahead log holds what was written to it. SQLite reads it up to the first frame that is not whole and takes that
 * for all there was: entries that were on disk would be gone without a word. Its index file remembers how many frames were
 * committed, and the checksum over all of them: after a crash, and while another process works, the log has to agree.
 * Formats: sqlite.org/walformat.html and sqlite.org/fileformat.html, section 4.
 */
import { readFileSync } from "node:fs";
import { endianness } from "node:os";

const HEADER = 32;
const FRAME_HEADER = 24;

/** Nothing also when there is nothing to compare. */
export function faultInLog(file: string): "truncated" | "damaged" | undefined {
  // Another process may close the database in between and remove both files, so check twice.
  return lookAt(file) && lookAt(file);
}

function lookAt(file: string): "truncated" | "damaged" | undefined {
  const index = indexOf(`${file}-shm`);
  // If everything is in the database already, the log is not read again.
  if (!index || index.saved >= index.frames) return undefined;
  const log = bytesOf(`${file}-wal`) ?? Buffer.alloc(0);
  const end = HEADER + index.frames * (FRAME_HEADER + index.page);
  if (log.length < end) return "truncated";
  return index.checksum.equals(checksumOf(log, index)) ? undefined : "damaged";
}

interface Index {
  frames: number;
  /** How many of them are in the database already. */
  saved: number;
  page: number;
  /** Over the log's header and all frames: two words, as this computer writes them. */
  checksum: Buffer;
}

const LITTLE = endianness() === "LE";

function indexOf(file: string): Index | undefined {
  const bytes = bytesOf(file);
  // Two copies of the header of 48 bytes each; if they differ another process is writing, and SQLite resolves it.
  if (!bytes || bytes.length < 136 || !bytes.subarray(0, 48).equals(bytes.subarray(48, 96))) return undefined;
  if (bytes[12] === 0) return undefined;
  const u32 = (at: number) => (LITTLE ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const page = LITTLE ? bytes.readUInt16LE(14) : bytes.readUInt16BE(14);
  return {
    frames: u32(16),
    saved: u32(96),
    page: page === 1 ? 65_536 : page,
    checksum: bytes.subarray(24, 32),
  };
}

// Fibonacci-weighted sums over pairs of words: the log's header without its own checksum, then each frame's first eight bytes and its page.
function checksumOf(log: Buffer, { frames, page }: Index): Buffer {
  // The last bit of the magic number says in which order the words are read.
  const big = (log.readUInt32BE(0) & 1) === 1;
  let first = 0;
  let second = 0;
  const add = (from: number, to: number) => {
    for (let at = from; at < to; at += 8) {
      const one = big ? log.readUInt32BE(at) : log.readUInt32LE(at);
      const other = big ? log.readUInt32BE(at + 4) : log.readUInt32LE(at + 4);
      first = (first + one + second) >>> 0;
      second = (second + other + first) >>> 0;
    }
  };
  add(0, 24);
  for (let frame = 0; frame < frames; frame++) {
    const at = HEADER + frame * (FRAME_HEADER + page);
    add(at, at + 8);
    add(at + FRAME_HEADER, at + FRAME_HEADER + page);
  }
  const sums = Buffer.alloc(8);
  if (LITTLE) sums.writeUInt32LE(second, sums.writeUInt32LE(first));
  else sums.writeUInt32BE(second, sums.writeUInt32BE(first));
  return sums;
}

function bytesOf(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

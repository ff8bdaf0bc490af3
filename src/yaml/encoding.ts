/** Bytes as text, or why they cannot be read as text. */
import type { Problem } from "../errors.ts";

type Why = Pick<Problem, "code" | "message" | "remedy"> & { line?: number };

/** The text without a byte order mark, or why the bytes are not text. */
export function decode(bytes: Uint8Array): string | Why {
  if (startsWith(bytes, [0xff, 0xfe]) || startsWith(bytes, [0xfe, 0xff]) || looksLikeUtf16(bytes)) {
    return {
      code: "wrong-encoding",
      message: "the file is in UTF-16",
      remedy: "Save it as UTF-8: your editor's “Save with encoding” does it.",
    };
  }
  if (looksBinary(bytes)) {
    return {
      code: "binary-file",
      message: "the file is not text",
      remedy: "Name the YAML file, not an image or a document.",
    };
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return {
      code: "wrong-encoding",
      message: "the file is not UTF-8: it looks like Latin-1 or Windows-1252",
      remedy: "Save it as UTF-8: your editor's “Save with encoding” does it.",
      line: lineOfFirstFault(bytes),
    };
  }
}

function startsWith(bytes: Uint8Array, mark: number[]): boolean {
  return mark.every((byte, index) => bytes[index] === byte);
}

/** UTF-16 without a mark: in western text every other byte is zero. */
function looksLikeUtf16(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 400);
  const zeros = [0, 0];
  sample.forEach((byte, index) => {
    if (byte === 0) zeros[index % 2]!++;
  });
  const [even, odd] = zeros as [number, number];
  const many = sample.length / 4;
  return sample.length >= 8 && ((even > many && odd === 0) || (odd > many && even === 0));
}

/** Control characters that no text has. */
function looksBinary(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b) || byte === 0x7f);
}

function lineOfFirstFault(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  let start = 0;
  // A line feed is never part of a longer UTF-8 sequence, so lines can be judged one by one.
  for (;;) {
    const end = bytes.indexOf(0x0a, start);
    try {
      decoder.decode(bytes.subarray(start, end < 0 ? bytes.length : end));
    } catch {
      return line;
    }
    if (end < 0) return line;
    start = end + 1;
    line++;
  }
}

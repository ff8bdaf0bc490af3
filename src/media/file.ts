/** A media file as it is on disk: inside the project, known by its bytes and not by its name. */
import { createHash } from "node:crypto";
import { open, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Media } from "../adapter.ts";
import type { Problem, ProblemCode } from "../errors.ts";
import { isWithin } from "../project-file.ts";
import { suggest } from "../suggest.ts";
import { type Frames, framesOf } from "./frames.ts";
import type { Sniffed } from "./sniff.ts";
import type { VideoFacts } from "./video.ts";

export interface MediaFile extends Omit<Media, "alt"> {
  /** Absolute, links resolved. */
  path: string;
  /** A picture that moves. */
  animated?: boolean;
  /** One can see through it. Absent: nobody has looked. */
  transparent?: boolean;
  /** Its metadata says where it was taken. */
  located?: true;
  /** How many bytes follow the picture's end. */
  rest?: number;
  /** How long a video lasts. */
  seconds?: number;
  /** Of a video's pictures: `H.264`. */
  codec?: string;
}

// Types and sizes stand at the beginning of a file, after its metadata. A picture is read whole.
const HEAD = 4 * 1024 * 1024;
const MOST_PICTURE = 64_000_000;
// More than any camera's; a file of a few kilobytes can claim a thousand times as many.
const MOST_PIXELS = 80_000_000;
const CHUNK = 1024 * 1024;

/** The file's absolute path, or why it cannot be used. `file` is relative to `root`, the project's folder. */
export async function locateMedia(root: string, file: string): Promise<string | Problem> {
  if (/^[a-z][a-z0-9+.-]+:\/\//i.test(file)) {
    return problem(
      "media-remote",
      `\`${file}\` is an address, not a file`,
      "Download it into the project first.",
    );
  }
  const path = resolve(root, file);
  if (isAbsolute(file) || !isWithin(root, path)) return outside(file, "");
  try {
    const [realRoot, real] = await Promise.all([realpath(root), realpath(path)]);
    if (!isWithin(realRoot, real)) return outside(file, " through a link");
    const { size, ...kind } = await stat(real).then((found) => ({ size: found.size, file: found.isFile() }));
    if (!kind.file)
      return problem("media-not-a-file", `\`${file}\` is not a file`, "Name an image or a video.");
    if (size === 0) return problem("media-empty", `\`${file}\` is empty`, "Save the image again.");
    return real;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ENOTDIR") return unreadable(file, error);
    const beside = await readdir(dirname(path)).catch(() => [] as string[]);
    const near = suggest(basename(file), beside);
    return problem(
      "media-missing",
      `there is no file \`${file}\` in the project`,
      near
        ? `Did you mean \`${near}\`?`
        : "Write its path from the campaign's folder, or from the one of broadcast.yml.",
    );
  }
}

/** Reads the file once: its digest, its type, and the size of an image as it is seen (turned by its EXIF data). */
export async function describeMedia(root: string, file: string): Promise<MediaFile | Problem> {
  const path = await locateMedia(root, file);
  if (typeof path !== "string") return path;
  try {
    const { sha256, bytes, head } = await digest(path);
    const { sniff } = await import("./sniff.ts");
    const kind = await sniff(head);
    if (!kind) {
      return problem(
        "media-type",
        `\`${file}\` is not an image, video, sound, caption file or PDF that is known`,
        "Save it as PNG, JPEG, MP4, MP3, VTT or PDF.",
      );
    }
    const facts = kind.type.startsWith("video/")
      ? await factsOf(path, kind.type, bytes)
      : picture(kind, head, bytes);
    const wrong = wrongWith(file, bytes, { ...kind, ...facts });
    if (wrong) return wrong;
    const { cut: _, damaged: _damaged, animated, ...known } = facts;
    return {
      file: relative(root, join(root, file)).split(sep).join("/"),
      path,
      sha256,
      bytes,
      ...kind,
      ...known,
      ...(animated && { animated }),
    };
  } catch (error) {
    return unreadable(file, error);
  }
}

type Facts = Partial<Frames> & VideoFacts;

function picture({ type }: Sniffed, head: Uint8Array, bytes: number): Facts {
  return type.startsWith("image/") && bytes <= MOST_PICTURE ? framesOf(type, head) : {};
}

async function factsOf(path: string, type: string, bytes: number): Promise<Facts> {
  const { videoFacts } = await import("./video.ts");
  const handle = await open(path, "r");
  try {
    return await videoFacts(type, handle, bytes);
  } finally {
    await handle.close();
  }
}

/** Why it cannot be used, whatever a network takes. */
export function wrongWith(file: string, bytes: number, facts: Sniffed & Facts): Problem | undefined {
  const again = "Download or save it again.";
  if (facts.cut) return problem("media-unreadable", `\`${file}\` is cut off: its end is missing`, again);
  if (facts.damaged)
    return problem("media-unreadable", `\`${file}\` is damaged: a checksum in it does not hold`, again);
  if (!facts.type.startsWith("image/")) return undefined;
  const { width = 0, height = 0 } = facts;
  if (width * height > MOST_PIXELS)
    return problem(
      "media-size",
      `\`${file}\` says that it is ${width} × ${height}; pictures are read up to ${MOST_PIXELS / 1e6} million pixels`,
      "Scale it.",
    );
  if (bytes > MOST_PICTURE)
    return problem(
      "media-bytes",
      `\`${file}\` has ${Math.round(bytes / 1e6)} MB; pictures are read up to ${MOST_PICTURE / 1e6} MB`,
      "Save it smaller.",
    );
  return undefined;
}

async function digest(path: string): Promise<{ sha256: string; bytes: number; head: Uint8Array }> {
  const hash = createHash("sha256");
  const first: Buffer[] = [];
  let bytes = 0;
  let most = HEAD;
  let spare: Buffer<ArrayBuffer> | undefined;
  const handle = await open(path, "r");
  try {
    for (;;) {
      // What is not kept is read into one place.
      const into = bytes < most || !spare ? Buffer.allocUnsafe(CHUNK) : spare;
      if (bytes >= most) spare = into;
      const { buffer, bytesRead } = await handle.read({ buffer: into });
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      hash.update(chunk);
      if (bytes === 0 && isPicture(chunk)) most = MOST_PICTURE;
      if (bytes < most) first.push(chunk);
      bytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest("hex"), bytes, head: Buffer.concat(first) };
}

// The formats whose structure is read to its end.
function isPicture(head: Buffer): boolean {
  const text = head.toString("latin1", 0, 12);
  return /^(?:\x89PNG|\xff\xd8\xff|GIF8|RIFF[\s\S]{4}WEBP|II\*\0|MM\0\*|[\s\S]{4}ftyp(?:avif|avis|mif1|heic))/.test(
    text,
  );
}

function outside(file: string, how: string): Problem {
  return problem(
    "media-outside",
    `\`${file}\` leads out of the project${how}`,
    "Copy the file into the project, and write its path from the folder of broadcast.yml.",
  );
}

function unreadable(file: string, error: unknown): Problem {
  const why = (error as NodeJS.ErrnoException).code ?? String(error);
  return problem("media-unreadable", `\`${file}\` cannot be read (${why})`, "Check its permissions.");
}

function problem(code: ProblemCode, message: string, remedy: string): Problem {
  return { severity: "error", code, message, remedy };
}

/** A media file as it is on disk: inside the project, known by its bytes and not by its name. */
import { createHash } from "node:crypto";
import { open, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { Media } from "../adapter.ts";
import type { Problem, ProblemCode } from "../errors.ts";
import { isWithin } from "../project-file.ts";
import { suggest } from "../suggest.ts";
import { framesOf } from "./frames.ts";

export interface MediaFile extends Omit<Media, "alt"> {
  /** Absolute, links resolved. */
  path: string;
  /** A picture that moves. */
  animated?: boolean;
}

// Types and sizes stand at the beginning of a file, after its metadata.
const HEAD = 4 * 1024 * 1024;
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
    const { animated, cut } = kind ? framesOf(kind.type, head, bytes) : { animated: false, cut: false };
    if (cut)
      return problem(
        "media-unreadable",
        `\`${file}\` is cut off: its end is missing`,
        "Download or save it again.",
      );
    if (!kind) {
      return problem(
        "media-type",
        `\`${file}\` is not an image, video, sound or PDF that is known`,
        "Save it as PNG, JPEG, MP4, MP3 or PDF.",
      );
    }
    return {
      file: relative(root, join(root, file)).split(sep).join("/"),
      path,
      sha256,
      bytes,
      ...kind,
      ...(animated && { animated }),
    };
  } catch (error) {
    return unreadable(file, error);
  }
}

async function digest(path: string): Promise<{ sha256: string; bytes: number; head: Uint8Array }> {
  const hash = createHash("sha256");
  const first: Buffer[] = [];
  let bytes = 0;
  const handle = await open(path, "r");
  try {
    for (;;) {
      const { buffer, bytesRead } = await handle.read({ buffer: Buffer.allocUnsafe(CHUNK) });
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      hash.update(chunk);
      if (bytes < HEAD) first.push(chunk);
      bytes += bytesRead;
    }
  } finally {
    await handle.close();
  }
  return { sha256: hash.digest("hex"), bytes, head: Buffer.concat(first) };
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

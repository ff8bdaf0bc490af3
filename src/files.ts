/** Writing files so that a reader, or a crash, never meets half of one. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { InputError } from "./errors.ts";

// Beside broadcast.yml: where a project keeps what it must remember, sessions and logins among it.
const STATE = ".broadcast";

/** The same as `writeWhole`, but throws InputError when the system does not let it. */
export async function writeAtomically(
  file: string,
  content: string | Uint8Array,
  mode?: number,
): Promise<void> {
  try {
    await writeWhole(file, content, mode);
  } catch (error) {
    throw unwritable(file, error);
  }
}

/**
 * Replaces the file in one step, after its bytes are on disk. `mode` defaults to the usual rights; secrets take 0o600.
 * Throws what the system answers.
 */
export async function writeWhole(
  file: string,
  content: string | Uint8Array | AsyncIterable<Uint8Array>,
  mode = 0o644,
): Promise<void> {
  const folder = dirname(file);
  const beside = join(folder, `.${basename(file)}.${randomBytes(6).toString("hex")}`);
  try {
    makeFolder(folder);
    const handle = await open(beside, "wx", mode);
    try {
      if (typeof content === "string" || content instanceof Uint8Array) await handle.writeFile(content);
      else for await (const piece of content) await handle.write(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw error;
  }
}

/**
 * Makes a folder and those above it. The state folder is kept out of git from its first moment, whatever the project
 * ignores: it holds tokens. Who wants it otherwise empties its `.gitignore`, which is never written again.
 */
export function makeFolder(folder: string, mode?: number): void {
  mkdirSync(folder, { recursive: true, mode });
  const parts = folder.split(sep);
  const at = parts.lastIndexOf(STATE);
  const project = parts.slice(0, at).join(sep);
  if (at < 0 || !existsSync(join(project, "broadcast.yml"))) return;
  try {
    writeFileSync(join(project, STATE, ".gitignore"), "*\n", { flag: "wx" });
  } catch {
    // There already; or nothing can be written here, which the file that this folder is for will tell.
  }
}

const WHY: Readonly<Record<string, [why: string, remedy: string]>> = {
  EACCES: [
    "you do not have permission to write there",
    "Give yourself write permission for it and its folder.",
  ],
  EPERM: [
    "you do not have permission to write there",
    "Give yourself write permission for it and its folder.",
  ],
  EROFS: ["its disk is read-only", "Make it writable, or work on a copy of the project."],
  ENOSPC: ["the disk is full", "Free some space, and run this again."],
  EDQUOT: ["your quota on the disk is full", "Free some space, and run this again."],
  EISDIR: ["it is a folder", "Name a file in it."],
  ENOTDIR: ["a part of its path is a file", "Choose another place, or move that file away."],
  EEXIST: ["a part of its path is a file", "Choose another place, or move that file away."],
  ENAMETOOLONG: ["its name is too long", "Choose a shorter one."],
};

/** Half a sentence for the person; nothing for an error that is not the system's. */
export function whyUnwritable(error: unknown): string | undefined {
  return WHY[(error as NodeJS.ErrnoException).code ?? ""]?.[0];
}

/** What the system answered to writing `file`, as an InputError; errors of any other kind come back as they are. */
export function unwritable(file: string, error: unknown): unknown {
  const [why, remedy] = WHY[(error as NodeJS.ErrnoException).code ?? ""] ?? [];
  if (why === undefined) return error;
  return new InputError({
    severity: "error",
    code: "unwritable-file",
    message: `${relative(process.cwd(), file) || file} cannot be written: ${why}`,
    remedy,
  });
}

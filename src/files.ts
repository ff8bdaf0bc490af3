/** Writing files so that a reader, or a crash, never meets half of one. */
import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** Replaces the file in one step, after its bytes are on disk. `mode` defaults to the usual rights; secrets take 0o600. */
export async function writeAtomically(
  file: string,
  content: string | Uint8Array,
  mode = 0o644,
): Promise<void> {
  const folder = dirname(file);
  await mkdir(folder, { recursive: true });
  const beside = join(folder, `.${basename(file)}.${randomBytes(6).toString("hex")}`);
  try {
    const handle = await open(beside, "wx", mode);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, file);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

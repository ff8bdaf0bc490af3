/**
 * A mark that only this person's computer can make. What lies in a project's folder may have come with somebody's commit, a
 * picture under another one's name too; what carries the mark was made here.
 */
import { createHmac, randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { writeWhole } from "../files.ts";

const LENGTH = 32;
let known: Promise<Buffer> | undefined;

/** Hex. The same words give the same mark on this computer, and another one elsewhere. */
export async function sealOf(words: string): Promise<string> {
  known ??= keyIn(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"));
  return createHmac("sha256", await known)
    .update(words)
    .digest("hex");
}

/** Where it cannot be kept, it holds for this process: then nothing is taken for made here that an earlier one made. */
async function keyIn(cache: string): Promise<Buffer> {
  const file = join(cache, "broadcast", "seal.key");
  const kept = await readFile(file).catch(() => undefined);
  if (kept?.length === LENGTH) return kept;
  const key = randomBytes(LENGTH);
  await writeWhole(file, key, 0o600).catch(() => {});
  // Of two that begin at once, the later one's key stays.
  return (await readFile(file).catch(() => undefined)) ?? key;
}

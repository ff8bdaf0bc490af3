/**
 * npm packages that only these proofs need: locked in `packages/NAME` or another folder, installed the first time into a folder of their own
 * beside the system's other temporary files (or BROADCAST_TEST_CACHE), and never dependencies of the project.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What cannot be had on this machine, and why. */
export class Missing extends Error {}

const CACHE = process.env.BROADCAST_TEST_CACHE ?? join(tmpdir(), "broadcast-test-cache");
const PATIENCE = 15 * 60_000;

/** The folder with the packages of `source` and its scripts. Throws Missing when npm cannot install them. */
export function installed(name: string, source = resolve("test/real/packages", name)): string {
  const lock = readFileSync(join(source, "package-lock.json"));
  // What was built for one Node does not load in another.
  const digest = createHash("sha256").update(lock).update(process.versions.modules).digest("hex");
  const folder = join(CACHE, `${name}-${digest.slice(0, 12)}`);
  if (!existsSync(folder)) install(name, source, folder);
  for (const file of readdirSync(source).filter((one) => one.endsWith(".mjs")))
    copyFileSync(join(source, file), join(folder, file));
  return folder;
}

function install(name: string, source: string, folder: string): void {
  mkdirSync(CACHE, { recursive: true });
  const made = mkdtempSync(join(CACHE, `${name}-`));
  try {
    for (const file of ["package.json", "package-lock.json"])
      copyFileSync(join(source, file), join(made, file));
    execFileSync("npm", ["ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"], {
      cwd: made,
      stdio: ["ignore", "ignore", "pipe"],
      timeout: PATIENCE,
    });
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    // Another process was faster.
    if (existsSync(folder)) return;
    const said = String((error as { stderr?: unknown }).stderr ?? error)
      .trim()
      .split("\n")[0];
    throw new Missing(`npm cannot install it: ${said}`);
  }
}

/** The built CLI as a process, in a folder of its own, without anything of the surrounding shell. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const bin = join(root, "bin/broadcast.js");
const built = join(root, "dist/cli.js");

/** For `beforeAll`: builds when a source is newer. */
export function build(): void {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).map(
    (name) => statSync(join(root, "src", name)).mtimeMs,
  );
  if (!existsSync(built) || statSync(built).mtimeMs < Math.max(...sources))
    execFileSync(process.execPath, [join(root, "scripts/build.mjs")], { cwd: root, stdio: "inherit" });
}

export interface Ran {
  code: number | null;
  /** What ended the process, when it did not end by itself. */
  signal?: NodeJS.Signals | null;
  out: string;
  err: string;
}

export function broadcast(
  cwd: string,
  argv: readonly string[],
  { env = {}, input }: { env?: Record<string, string>; input?: string } = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [bin, ...argv], {
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: cwd, BROADCAST_KEYRING: "none", ...env },
  });
  child.stdin.end(input);
  const ran: Ran = { code: null, out: "", err: "" };
  child.stdout.on("data", (chunk) => {
    ran.out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    ran.err += chunk;
  });
  return new Promise((resolve) => {
    child.on("close", (code, signal) => resolve({ ...ran, code, ...(signal ? { signal } : {}) }));
  });
}

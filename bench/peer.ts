/**
 * Programs of others that the benches run beside ours: installed for the bench alone, in a folder of the system's temporary
 * ones, so that they are not among our dependencies.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The folder of an installed package, or `undefined` if it cannot be had: then there is nothing to compare with. */
export function peer(name: string, version: string): string | undefined {
  const home = join(tmpdir(), "broadcast-bench-peers", `${name.replaceAll("/", "+")}@${version}`);
  const installed = join(home, "node_modules", name);
  if (existsSync(join(installed, "package.json"))) return installed;
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), "{}");
  try {
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--silent", `${name}@${version}`], {
      cwd: home,
    });
    return installed;
  } catch {
    return undefined;
  }
}

// Runs a TypeScript script of this project on Node 20, which cannot: `node scripts/run.mjs scripts/generate.ts`.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { build } from "esbuild";

const [entry, ...rest] = process.argv.slice(2);
const folder = join(process.cwd(), "node_modules/.cache/broadcast", `${process.pid}`);
mkdirSync(folder, { recursive: true });
const outfile = join(folder, `${basename(entry, ".ts")}.mjs`);
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  packages: "external",
  loader: { ".sql": "text" },
  logLevel: "warning",
});
const { status } = spawnSync(process.execPath, [outfile, ...rest], { stdio: "inherit" });
rmSync(folder, { recursive: true, force: true });
process.exit(status ?? 1);

// What esbuild makes of src/: the CLI and the library in lazy chunks, as ES modules in memory. Also says which source is where.
import { createRequire } from "node:module";

const { build } = createRequire(import.meta.url)("esbuild");

/** `root`: the project's folder; `out`: where the files are to go. Nothing is written. */
export function bundle(root, out) {
  return build({
    absWorkingDir: root,
    entryPoints: { cli: "src/cli/main.ts", index: "src/index.ts", testing: "src/testing.ts" },
    outdir: out,
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "node",
    target: "node20",
    legalComments: "none",
    // Flat, so that `../templates` is the package's from every chunk.
    chunkNames: "[name]-[hash]",
    loader: { ".sql": "text" },
    external: ["@photostructure/sqlite", "sharp", "pg", "graphile-worker", "playwright-core"],
    logLevel: "warning",
  });
}

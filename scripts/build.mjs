// Bundles the CLI and the library into dist/, in lazy chunks: what a command does not use, it does not load.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);

let esbuild;
try {
  esbuild = require("esbuild");
} catch {
  // Installed without development dependencies: the published package brings its dist along.
  if (existsSync(join(root, "dist/cli.js"))) process.exit(0);
  console.error("broadcast: esbuild is missing; install with development dependencies to build dist/");
  process.exit(1);
}

rmSync(join(root, "dist"), { recursive: true, force: true });
await esbuild.build({
  absWorkingDir: root,
  entryPoints: { cli: "src/cli/main.ts", index: "src/index.ts", testing: "src/testing.ts" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  minify: true,
  legalComments: "none",
  // Flat, so that `../templates` is the package's from every chunk.
  chunkNames: "[name]-[hash]",
  loader: { ".sql": "text" },
  external: ["@photostructure/sqlite", "sharp", "pg-native"],
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
if (existsSync(join(root, "src/sandbox/timeline/assets"))) {
  cpSync(join(root, "src/sandbox/timeline/assets"), join(root, "dist/timeline"), { recursive: true });
}
if (process.argv.includes("--types")) {
  execFileSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
    { cwd: root, stdio: "inherit" },
  );
}

// Builds dist/: the CLI and the library in lazy chunks, so that what a command does not use is not loaded, and V8's code for
// the usual commands (build/start.cjs says why). The chunks are CommonJS, the only kind for which Node takes such code.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
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

// What package.json exports.
const LIBRARY = ["index.js", "testing.js"];

// Made beside the old one and put in its place at the end: a program that is started meanwhile finds one or the other.
const out = join(root, `dist-${process.pid}`);
process.on("exit", () => rmSync(out, { recursive: true, force: true }));
mkdirSync(out);

const { bundle } = await import("./build/bundle.mjs");
const { outputFiles, metafile } = await bundle(root, out);
const common = (name) => name.replace(/\.js$/, ".cjs");
for (const { path, text } of outputFiles) {
  const { imports, exports } = metafile.outputs[path.slice(root.length + 1)];
  writeFileSync(common(path), await commonJs(text, imports));
  // Other programs import the library as a module; it is the same one that the CLI and its plug-ins share.
  if (LIBRARY.includes(basename(path))) writeFileSync(path, wrapper(basename(path), exports));
}
for (const file of ["start.cjs", "import.cjs", "cli.js"])
  copyFileSync(join(root, "scripts/build", file), join(out, file));
const { keepCode } = await import("./build/keep.mjs");
try {
  await keepCode(out, root);
} catch (error) {
  // The program is complete without; whatever is wrong with it, people must be able to run it and see.
  console.warn(`broadcast: built, but it does not start quickly: ${error.message}`);
}
if (process.argv.includes("--types")) {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  execFileSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", join(out, "types")], {
    cwd: root,
    stdio: "inherit",
  });
}
const old = `${out}-old`;
if (existsSync(join(root, "dist"))) renameSync(join(root, "dist"), old);
renameSync(out, join(root, "dist"));
rmSync(old, { recursive: true, force: true });

/** esbuild splits only ES modules, so each chunk is turned after the split. */
async function commonJs(text, imports) {
  let source = text;
  for (const { path, kind, external } of imports) {
    const name = `./${basename(path)}`;
    if (external) continue;
    source =
      kind === "dynamic-import"
        ? source.replaceAll(`import("${name}")`, `Promise.resolve().then(() => require("${common(name)}"))`)
        : source.replaceAll(` "${name}"`, ` "${common(name)}"`);
  }
  // What is left is from outside: a plug-in, or a library that may be missing.
  source = source.replaceAll(/\bimport\(/g, 'require("./import.cjs").imported(');
  const { code } = await esbuild.transform(source, {
    format: "cjs",
    platform: "node",
    target: "node20",
    minify: true,
    // Node shows the line at which an error was not caught.
    lineLimit: 160,
    legalComments: "none",
    define: { "import.meta.url": "moduleUrl" },
    banner: source.includes("import.meta.url")
      ? 'const moduleUrl = require("node:url").pathToFileURL(__filename).href;'
      : "",
  });
  return code;
}

function wrapper(name, exports) {
  return [
    'import { createRequire } from "node:module";',
    `export const { ${exports.join(", ")} } = createRequire(import.meta.url)("./${common(name)}");`,
    "",
  ].join("\n");
}

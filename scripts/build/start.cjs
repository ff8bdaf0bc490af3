// Loads the built program. Most of a short command's time is compiling JavaScript, and all of it has been compiled before:
// `build.mjs` runs the usual commands once and keeps V8's code for them (about 60 of 190 ms for `plan`). The code belongs to
// one Node on one kind of machine; where there is none, everything is compiled as usual.
const { existsSync, readFileSync, mkdirSync, writeFileSync } = require("node:fs");
const Module = require("node:module");
const { join } = require("node:path");
const { Script } = require("node:vm");

const codes = join(__dirname, `code-${process.version}-${process.platform}-${process.arch}`);

/** Runs a file of this folder. `keep` writes down the compiled code of everything that was used, at the end of the process. */
exports.start = (name, { keep = false } = {}) => {
  if (keep) {
    mkdirSync(codes, { recursive: true });
    process.on("exit", () => {
      for (const [part, { script }] of parts) writeFileSync(join(codes, part), script.createCachedData());
    });
  } else if (!existsSync(codes)) {
    // From 22.1 on Node has such a memory of its own.
    Module.enableCompileCache?.();
    return require(join(__dirname, name));
  }
  return load(name);
};

const parts = new Map();
const outside = Module.createRequire(__filename);

function load(name) {
  const known = parts.get(name);
  if (known) return known.module.exports;
  const filename = join(__dirname, name);
  // Node's own loader (a plug-in that imports the library) must find the same parts, not make second ones.
  const module = new Module(filename);
  require.cache[filename] = module;
  module.filename = filename;
  const script = new Script(
    `(function (exports, require, module, __filename) {${readFileSync(filename, "utf8")}\n})`,
    { filename, cachedData: codeOf(name) },
  );
  parts.set(name, { module, script });
  script.runInThisContext()(module.exports, inside, module, filename);
  module.loaded = true;
  return module.exports;
}

function codeOf(name) {
  try {
    return readFileSync(join(codes, name));
  } catch {
    // Never needed when the code was kept, or not on this machine.
    return undefined;
  }
}

function inside(id) {
  return id.startsWith("./") && id !== "./import.cjs" ? load(id.slice(2)) : outside(id);
}

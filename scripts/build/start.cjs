// Loads the built program. Most of a short command's time is compiling JavaScript, and all of it has been compiled before:
// `build.mjs` runs the usual commands once and keeps V8's code for them (about 60 of 190 ms for `plan`), packed with the
// sources into one file (another 12 ms: they are some 120 parts). The code belongs to one Node on one kind of machine; where
// there is none, everything is compiled as usual.
const { existsSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync } = require("node:fs");
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
    return load(name, loose);
  }
  const pack = openPack();
  if (pack) return load(name, pack);
  // From 22.1 on Node has such a memory of its own.
  Module.enableCompileCache?.();
  return require(join(__dirname, name));
};

const parts = new Map();
const outside = Module.createRequire(__filename);

/** `read` gives a part's source and the code that was kept for it, if any. */
function load(name, read) {
  const known = parts.get(name);
  if (known) return known.module.exports;
  const filename = join(__dirname, name);
  // Node's own loader (a plug-in that imports the library) must find the same parts, not make second ones.
  const module = new Module(filename);
  require.cache[filename] = module;
  module.filename = filename;
  const { source, code } = read(name);
  const script = new Script(source, { filename, cachedData: code });
  parts.set(name, { module, script });
  script.runInThisContext()(module.exports, inside, module, filename);
  module.loaded = true;
  return module.exports;

  function inside(id) {
    return id.startsWith("./") && id !== "./import.cjs" ? load(id.slice(2), read) : outside(id);
  }
}

function loose(name) {
  const kept = join(codes, name);
  return { source: wrapped(name), code: existsSync(kept) ? readFileSync(kept) : undefined };
}

// pack.mjs says what is in the two files.
function openPack() {
  const list = join(codes, "parts.json");
  if (!existsSync(list)) return undefined;
  const places = new Map(Object.entries(JSON.parse(readFileSync(list, "utf8"))));
  const file = openSync(join(codes, "parts.bin"));
  return (name) => {
    const place = places.get(name);
    // The usual commands did not need it.
    if (!place) return { source: wrapped(name) };
    const [at, code, source, encoding] = place;
    const bytes = Buffer.allocUnsafeSlow(code + source);
    readSync(file, bytes, 0, bytes.length, at);
    return { source: bytes.toString(encoding, code), code: bytes.subarray(0, code) };
  };
}

function wrapped(name) {
  return `(function (exports, require, module, __filename) {${readFileSync(join(__dirname, name), "utf8")}\n})`;
}
exports.wrapped = wrapped;

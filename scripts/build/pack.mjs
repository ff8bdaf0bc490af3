// Packs the parts that the usual commands use: `parts.bin` has V8's code and the source of each, one after the other,
// and `parts.json` says where: { [name]: [offset, bytes of code, bytes of source, the source's encoding] }.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** `built`: the folder with start.cjs; `folder`: where the code was kept, a file for each part. */
export function packCode(built, folder) {
  const { wrapped } = createRequire(import.meta.url)(join(built, "start.cjs"));
  const places = {};
  const bytes = [];
  let at = 0;
  for (const name of readdirSync(folder)) {
    const code = readFileSync(join(folder, name));
    const text = wrapped(name);
    // Most sources are ASCII, which is read fastest as what it is.
    const encoding = /^[\0-\x7f]*$/.test(text) ? "latin1" : "utf8";
    const source = Buffer.from(text, encoding);
    places[name] = [at, code.length, source.length, encoding];
    bytes.push(code, source);
    at += code.length + source.length;
    rmSync(join(folder, name));
  }
  writeFileSync(join(folder, "parts.bin"), Buffer.concat(bytes));
  writeFileSync(join(folder, "parts.json"), JSON.stringify(places));
}

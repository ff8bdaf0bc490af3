// Writes src/tlds.generated.ts: the top-level domains that exist, from the public suffix list inside tldts-icann.
// Its API cannot say whether a TLD is real (unknown ones fall under the list's default rule), so its table is read.
// Run it after tldts-icann was updated: `node scripts/tlds.mjs`.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const root = join(dirname(require.resolve("tldts-icann")), "../..");
const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const table = readFileSync(join(root, "dist/es6/src/data/trie.js"), "utf8");
const source = `data:text/javascript,${encodeURIComponent(table)}`;
const { edgeStart, edgeLength, labelText, rulesRoot } = await import(source);

const names = [];
let offset = 0;
for (let edge = 0; edge < edgeLength.length; edge += 1) {
  const label = labelText.slice(offset, offset + edgeLength[edge]);
  offset += edgeLength[edge];
  if (edge >= edgeStart[rulesRoot] && edge < edgeStart[rulesRoot + 1]) names.push(label);
}
names.sort();

// X's own counter still believes in these. Whether X does cannot be seen from outside, so they count as it says.
const { extractUrls } = require("twitter-text");
const lists = join(dirname(require.resolve("twitter-text")), "regexp");
const believed = ["validCCTLD.js", "validGTLD.js"].flatMap((file) =>
  readFileSync(join(lists, file), "utf8").split(/[^\p{L}\p{M}\p{N}-]+/u),
);
const gone = [...new Set(believed)]
  .filter((name) => name.length > 1 && !names.includes(name) && extractUrls(`http://acme.${name}`).length > 0)
  .sort();

const latin = names.filter((name) => /^[a-z0-9-]+$/.test(name));
const other = names.filter((name) => !/^[a-z0-9-]+$/.test(name));
const wrapped = (list) => list.join(" ").replace(/(.{1,100})(?: |$)/gu, "  $1\n");
writeFileSync(
  "src/tlds.generated.ts",
  `// Written by scripts/tlds.mjs from tldts-icann ${version}. Do not edit.\n` +
    `export const latin = \`\n${wrapped(latin)}\`;\nexport const international = \`\n${wrapped(other)}\`;\n` +
    `/** Of no use any more, but in the list of twitter-text. */\nexport const withdrawn = \`\n${wrapped(gone)}\`;\n`,
);
console.log(`${latin.length} latin, ${other.length} international, ${gone.length} withdrawn`);

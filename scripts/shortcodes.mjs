// Writes src/text/shortcodes.generated.ts: the short names that GitHub knows for emoji, from gemoji.
// Run it after gemoji was updated: `node scripts/shortcodes.mjs`.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(import.meta.resolve("gemoji"));
const { version } = JSON.parse(readFileSync(join(dirname(entry), "package.json"), "utf8"));
const { gemoji } = await import("gemoji");

const words = gemoji.map(({ emoji, names }) => `${emoji} ${names.join(" ")}`);
writeFileSync(
  new URL("../src/text/shortcodes.generated.ts", import.meta.url),
  `// Written by scripts/shortcodes.mjs from gemoji ${version}. Do not edit.\nexport const table =\n  ${JSON.stringify(words.join(","))};\n`,
);

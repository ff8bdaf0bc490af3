/** Writes the three files of a new network from patterns that run: `npm run new-network -- acmechat`. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { adapter } from "./pattern/adapter.ts";
import { half } from "./pattern/half.ts";
import { test } from "./pattern/test.ts";

const id = process.argv[2] ?? "";
if (!/^[a-z][a-z0-9]*$/.test(id)) {
  console.error("Name it in lower case, as in YAML: npm run new-network -- acmechat");
  process.exit(2);
}
const names = { id, name: id[0]!.toUpperCase() + id.slice(1), today: new Date().toISOString().slice(0, 10) };
const files: Record<string, string> = {
  [`src/adapters/${id}.ts`]: adapter(names),
  [`src/sandbox/networks/${id}.ts`]: half(names),
  [`test/adapters/${id}.test.ts`]: test(names),
};

for (const file of Object.keys(files)) {
  if (existsSync(file) || existsSync(file.replace(/\.ts$/, ""))) {
    console.error(`${file} exists already; nothing was written.`);
    process.exit(2);
  }
}
for (const [file, content] of Object.entries(files)) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  console.log(`written: ${file}`);
}
console.log(
  `Now the numbers with their source, in ${Object.keys(files)[0]}, and the half from the network's documents.`,
);
console.log(
  "Then: npm run generate && npm run check && npm test; faults, kills and documents follow by themselves.",
);

/** Lists the files of the networks: one import each, for the adapters and for their sandbox halves. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { emit } from "./emit.ts";

const WRITTEN = "// Written by `npm run generate` from the files in this folder. Do not edit.";

const WIDTH = 110;

function registry(folder: string, others: string[], type: string, list: (ids: string) => string): string {
  const networks = readdirSync(join(process.cwd(), folder), { withFileTypes: true })
    .map((entry) =>
      entry.isDirectory()
        ? { id: entry.name, path: `./${entry.name}/${entry.name}.ts` }
        : { id: entry.name.replace(/\.ts$/, ""), path: `./${entry.name}` },
    )
    // A dash marks a part of the network before it: `slack-message.ts`.
    .filter(({ id }) => !others.includes(id) && !id.includes("-"))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const imports = networks.map(({ id, path }) => `import { ${id} } from "${path}";`);
  const ids = networks.map(({ id }) => id);
  const line = list(ids.join(", "));
  // As the formatter has it: in one line where it fits.
  const fits = line.split("\n").every(({ length }) => length <= WIDTH);
  const written = fits ? line : list(`\n${ids.map((id) => `  ${id},\n`).join("")}`);
  return [WRITTEN, type, ...imports, "", written, ""].join("\n");
}

emit({
  "src/adapters/index.ts": registry(
    "src/adapters",
    ["index", "plugins"],
    'import type { Adapter } from "../adapter.ts";',
    (ids) => `/** The built-in networks. */\nexport const adapters: readonly Adapter[] = [${ids}];`,
  ),
  "src/sandbox/networks/index.ts": registry(
    "src/sandbox/networks",
    ["index"],
    'import type { SandboxNetwork } from "../network.ts";',
    (ids) =>
      `/** The networks that can be rehearsed. */\nexport const networks: readonly SandboxNetwork[] = [${ids}];`,
  ),
});

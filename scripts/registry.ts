/** Lists the files of the networks: one import each, for the adapters, which load lazily, and for their sandbox halves. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { emit } from "./emit.ts";

const WRITTEN = "// Written by `npm run generate` from the files in this folder. Do not edit.";

/** `id` and the file of each network in a folder. */
function networksIn(folder: string, others: string[]): { id: string; path: string }[] {
  return readdirSync(join(process.cwd(), folder), { withFileTypes: true })
    .map((entry) =>
      entry.isDirectory()
        ? { id: entry.name, path: `./${entry.name}/${entry.name}.ts` }
        : { id: entry.name.replace(/\.ts$/, ""), path: `./${entry.name}` },
    )
    .filter(({ id }) => !others.includes(id))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** `by-hand` as it is called in code. */
function nameOf(id: string): string {
  return id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

function keyOf(id: string): string {
  return id.includes("-") ? `"${id}"` : id;
}

const WIDTH = 110;

// As the formatter has it: in one line where it fits.
function listOf(ids: readonly string[], line: (ids: string) => string): string {
  const short = line(ids.join(", "));
  return short.length <= WIDTH ? short : line(`\n${ids.map((id) => `  ${id},\n`).join("")}`);
}

function adapters(): string {
  const loaders = networksIn("src/adapters", ["index", "plugins"]).map(
    ({ id, path }) => `  ${keyOf(id)}: async () => (await import("${path}")).${nameOf(id)},`,
  );
  return [
    WRITTEN,
    'import type { Adapter } from "../adapter.ts";',
    "",
    "/** The built-in networks, each loaded when it is used. */",
    "export const LOADERS: Readonly<Record<string, () => Promise<Adapter>>> = {",
    ...loaders,
    "};",
    "",
  ].join("\n");
}

function halves(): string {
  const found = networksIn("src/sandbox/networks", ["index"]);
  return [
    WRITTEN,
    'import type { SandboxNetwork } from "../network.ts";',
    ...found.map(({ id, path }) => `import { ${nameOf(id)} } from "${path}";`),
    "",
    "/** The networks that can be rehearsed. */",
    listOf(
      found.map(({ id }) => nameOf(id)),
      (ids) => `export const networks: readonly SandboxNetwork[] = [${ids}];`,
    ),
    "",
  ].join("\n");
}

emit({ "src/adapters/index.ts": adapters(), "src/sandbox/networks/index.ts": halves() });

/** What is imported by name when it is needed must have that name in the bundle, too: there a CommonJS module has `default` only. */
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";

const { build } = createRequire(import.meta.url)("esbuild");
const EXTERNAL = ["@photostructure/sqlite", "sharp", "pg", "graphile-worker", "playwright-core"];

it("are there in the bundle under the names that are asked for", async () => {
  const asked = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) =>
      [
        ...readFileSync(join("src", file), "utf8").matchAll(
          /const \{ ([^}]+) \} =\s*(?:\()?await import\("([^."][^"]*)"\)/g,
        ),
      ].map(([, names = "", from = ""]) => ({
        file,
        from,
        names: names.split(",").map((one) => one.trim().split(":")[0]!),
      })),
    )
    .filter(({ from }) => !from.startsWith("node:") && !EXTERNAL.includes(from));
  expect(asked.length).toBeGreaterThan(1);
  const missing: string[] = [];
  for (const { file, from, names } of asked) {
    const { outputFiles } = await build({
      // As in dist/, where others import it, too.
      stdin: { contents: `export const found = () => import("${from}")`, resolveDir: process.cwd() },
      bundle: true,
      splitting: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "node",
      outdir: "out",
      logLevel: "silent",
    });
    const exported = outputFiles.map(({ text }: { text: string }) => text).join("\n");
    const list = [...exported.matchAll(/export \{([^}]*)\}/g)].map(([, words]) => words).join(",");
    for (const name of names) {
      const isThere = new RegExp(`\\b${name}\\b(?=\\s*(,|$|\\n))|export default`).test(
        name === "default" ? exported : list,
      );
      if (!isThere) missing.push(`${file}: ${name} of ${from}`);
    }
  }
  expect(missing).toEqual([]);
});

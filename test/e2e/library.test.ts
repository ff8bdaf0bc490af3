/** The built library as another program uses it. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { build, root } from "./built.ts";

let folder: string;
beforeAll(() => {
  build();
  folder = mkdtempSync(join(tmpdir(), "broadcast-library-"));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string): Promise<{ code: number; out: string; err: string }> {
  const file = join(folder, "program.mjs");
  const library = pathToFileURL(join(root, "dist/index.js")).href;
  writeFileSync(file, program.replace("LIBRARY", JSON.stringify(library)));
  return new Promise((resolve) => {
    execFile(process.execPath, [file], { cwd: folder, env: { PATH: process.env.PATH } }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

it("an error that nobody catches names what is wrong, and shows no code of ours", async () => {
  writeFileSync(
    join(folder, "broadcast.yml"),
    'channels:\n  news: { network: feed, folder: public, title: Acme, url: "https://acme.example/" }\n',
  );
  writeFileSync(join(folder, "c.yml"), "kind: update\ntitle: Hello\nbdy: Words.\nchannels: [news]\n");
  const { code, err } = await run('import { send } from LIBRARY;\nawait send("c.yml");\n');
  expect(code).not.toBe(0);
  expect(err).toContain("c.yml:3:1  error  ");
  expect(err).toContain("  = Did you mean `body`?");
  expect(err.length).toBeLessThan(1_000);
});

it("sends, and gives the receipts and the exit code", async () => {
  writeFileSync(join(folder, "c.yml"), "kind: update\ntitle: Hello\nbody: Words.\nchannels: [news]\n");
  const { code, out, err } = await run(
    'import { send } from LIBRARY;\nconst { histories, code } = await send("c.yml");\nconsole.log(code, histories[0].state, histories[0].receipts[0].url);\n',
  );
  expect(code, err).toBe(0);
  expect(out).toMatch(/^0 published https:\/\/acme\.example\/\S+\n$/);
});

it("corrects what is out, and takes it back", async () => {
  const { code, out, err } = await run(
    `import { writeFileSync, readdirSync } from "node:fs";
import { edit, openProject, retract, status } from LIBRARY;
writeFileSync("c.yml", "kind: update\\ntitle: Hello\\nbody: Better words.\\nchannels: [news]\\n");
const project = await openProject({ cwd: process.cwd() });
const edited = await edit("c.yml", project);
console.log(edited.code, edited.outcomes[0].is, JSON.stringify(readdirSync("public")));
const taken = await retract("c.yml", project, { by: "marta", reason: "wrong" });
console.log(taken.code, taken.histories[0].state, readdirSync("public").filter((name) => name.startsWith("hello")).length);
`,
  );
  expect(code, err).toBe(0);
  expect(out).toMatch(/^0 done \S+\n0 retracted 0\n$/);
});

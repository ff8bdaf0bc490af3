/** The built program with the code that V8 kept for it, and without: the same, only quicker. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Script } from "node:vm";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const CODE = `code-${process.version}-${process.platform}-${process.arch}`;

let folder: string;

beforeAll(() => {
  // A build of its own, from a copy: others may be using dist/.
  folder = mkdtempSync(join(tmpdir(), "broadcast-start-"));
  for (const part of ["bin", "src", "scripts", "templates", "campaigns", "broadcast.yml", "package.json"])
    cpSync(resolve(part), join(folder, part), { recursive: true });
  symlinkSync(resolve("node_modules"), join(folder, "node_modules"));
  execFileSync(process.execPath, [join(folder, "scripts/build.mjs")], { cwd: folder });
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function broadcast(...argv: string[]): string {
  return execFileSync(process.execPath, [join(folder, "bin/broadcast.js"), ...argv], {
    cwd: folder,
    encoding: "utf8",
    env: { PATH: process.env.PATH, HOME: folder },
  });
}

const plan = () => {
  const { created: _, ...rest } = JSON.parse(broadcast("plan", "campaigns/release.yml", "--json"));
  return rest;
};

describe("the built program", () => {
  it("brings code along that this Node takes", () => {
    const places: Record<string, [number, number, number, BufferEncoding]> = JSON.parse(
      readFileSync(join(folder, "dist", CODE, "parts.json"), "utf8"),
    );
    const bytes = readFileSync(join(folder, "dist", CODE, "parts.bin"));
    expect(Object.keys(places)).toContain("cli.cjs");
    const refused = Object.entries(places).filter(([part, [at, code, source, encoding]]) => {
      const text = bytes.toString(encoding, at + code, at + code + source);
      expect(text).toContain(readFileSync(join(folder, "dist", part), "utf8"));
      const cachedData = Buffer.from(bytes.subarray(at, at + code));
      return new Script(text, { cachedData }).cachedDataRejected;
    });
    expect(refused).toEqual([]);
  });

  it("loads the image library for a picture that it has not looked at yet, and for nothing else", async () => {
    const wide = await sharp({ create: { width: 500, height: 20, channels: 3, background: "#fff" } })
      .webp()
      .toBuffer();
    const tells = join(folder, "tells.cjs");
    writeFileSync(
      tells,
      `process.on("exit", () => { const all = process.report.getReport().sharedObjects.join(); process.stderr.write(/libvips|sharp/.test(all) ? "with sharp" : "without sharp"); });`,
    );
    const place = mkdtempSync(join(folder, "project-"));
    const loads = (file?: string) => {
      const config = `channels:\n  talk: { network: telegram, token: "\${T}", chat: "@acme" }\n`;
      const campaign = `kind: update\nbody: Hi.\nchannels: [talk]\n${file ? `media: [{ file: ${file}, alt: A, letterbox: white }]` : ""}\n`;
      cpSync(resolve("campaigns"), join(place, "campaigns"), { recursive: true });
      writeFileSync(join(place, "broadcast.yml"), config);
      writeFileSync(join(place, "c.yml"), campaign);
      // Twenty-five times as wide as high: Telegram takes twenty.
      writeFileSync(join(place, "a.webp"), wide);
      const { stderr } = spawnSync(
        process.execPath,
        ["--require", tells, join(folder, "bin/broadcast.js"), "plan", "c.yml"],
        { cwd: place, encoding: "utf8", env: { PATH: process.env.PATH, HOME: folder, T: "1:a" } },
      );
      return stderr.match(/with(?:out)? sharp/)?.[0];
    };
    expect(loads()).toBe("without sharp");
    for (const file of ["campaigns/images/ticks.png", "a.webp"]) {
      expect(loads(file), file).toBe("with sharp");
      expect(loads(file), file).toBe("without sharp");
    }
  });

  // A word of each that is still there when it is minified.
  it.each([
    ["undici's index", "MockAgent"],
    ["the feed reader", "dc:creator"],
    ["the agents' server", "tools/call"],
    ["the git ledger", "--force-with-lease"],
    ["prompts", "ExitPromptError"],
  ])("leaves %s out of what the usual commands load", (_, word) => {
    expect(readFileSync(join(folder, "dist", CODE, "parts.bin")).includes(word)).toBe(false);
    const outputs = readdirSync(join(folder, "dist")).filter((name) => name.endsWith(".cjs"));
    const somewhere = outputs.some((name) => readFileSync(join(folder, "dist", name)).includes(word));
    expect(somewhere).toBe(word !== "MockAgent");
  });

  it("shares the library with the plug-ins of a project", () => {
    writeFileSync(
      join(folder, "plug-in.mjs"),
      `import { InputError } from ${JSON.stringify(join(folder, "dist/index.js"))};
       throw new InputError({ severity: "error", code: "mine", message: "the plug-in's own problem" });`,
    );
    const program = `const { InputError } = require("./dist/start.cjs").start("index.cjs"); const { imported } = require("./dist/import.cjs");
      imported(require("node:url").pathToFileURL("plug-in.mjs").href).catch((error) => console.log(error instanceof InputError));`;
    expect(execFileSync(process.execPath, ["-e", program], { cwd: folder, encoding: "utf8" })).toBe("true\n");
  });

  it("plans the same without", () => {
    const quick = plan();
    rmSync(join(folder, "dist", CODE), { recursive: true });
    expect(plan()).toEqual(quick);
  });
});

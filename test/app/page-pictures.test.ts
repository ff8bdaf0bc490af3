/** Pictures of a page are those that were planned, whatever lies in the cache under their names. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { expect, it } from "vitest";
import { picturesOf } from "../../src/app/page-pictures.ts";

it("are made anew where somebody else has put another one there", async () => {
  const root = mkdtempSync(join(tmpdir(), "broadcast-pictures-"));
  const noise = { create: { width: 80, height: 60, channels: 3, background: "red" } } as const;
  const bytes = await sharp(noise).png().toBuffer();
  writeFileSync(join(root, "a.png"), bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const media = [{ file: "a.png", sha256, type: "image/png", bytes: bytes.length, alt: "Red" }];
  const deliveries = [{ posts: [{ post: { media } }] }] as never;
  const project = { config: { root } } as never;
  const first = (await picturesOf(deliveries, project)).symbols.toString();
  const folder = join(root, ".broadcast/cache/pages");
  const other = await sharp(noise).negate().webp().toBuffer();
  for (const mark of ["", "0".repeat(64)]) {
    for (const name of [...readdirSync(folder), `${sha256}-760.webp`])
      writeFileSync(join(folder, name), Buffer.concat([Buffer.from(mark), other]));
    expect((await picturesOf(deliveries, project)).symbols.toString()).toBe(first);
  }
  rmSync(root, { recursive: true });
});

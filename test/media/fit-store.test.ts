import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test, vi } from "vitest";
import type { Fit, Media } from "../../src/adapter.ts";
import * as encoder from "../../src/media/encode.ts";
import { createFitStore } from "../../src/media/fit-store.ts";
import { project } from "../campaign/project.ts";

const noise = { type: "gaussian" as const, mean: 128, sigma: 40 };
const source = await sharp({ create: { width: 300, height: 200, channels: 3, background: "#888", noise } })
  .png()
  .toBuffer();
const fit: Fit = { type: "image/jpeg", width: 150, height: 100, bytes: 100_000, quality: 90 };

function stand() {
  const root = project({ "images/hero.png": source });
  const folder = join(root, "cache");
  const media: Media = {
    file: "images/hero.png",
    sha256: createHash("sha256").update(source).digest("hex"),
    type: "image/png",
    bytes: source.length,
    alt: "Noise",
    fit,
  };
  return { root, folder, media };
}

async function read(open: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of open) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe("what was made to fit", () => {
  test("is a file of its own, known by its digest", async () => {
    const { root, folder, media } = stand();
    const store = createFitStore(root, folder);
    const made = await store.fitted(media);
    expect(made.media).toEqual({ file: "images/hero.jpg", alt: "Noise", ...made.fitted });
    const bytes = await read((await store.open(made.media)).open());
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(made.fitted.sha256);
    expect(await sharp(bytes).metadata()).toMatchObject({ format: "jpeg", width: 150, height: 100 });
  });

  test("is made once: for several channels, and for the next run", async () => {
    const { root, folder, media } = stand();
    const encode = vi.spyOn(encoder, "encodeAll");
    const store = createFitStore(root, folder);
    await store.make([
      media,
      { ...media, alt: "Other words" },
      { ...media, fit: { ...fit, width: 75, height: 50 } },
    ]);
    // Decoded once, for both sizes.
    expect(encode.mock.calls.map(([, fits]) => fits.length)).toEqual([2]);
    await createFitStore(root, folder).make([media]);
    expect(encode).toHaveBeenCalledTimes(1);
    encode.mockRestore();
  });

  test("is made anew where its file is gone or spoilt", async () => {
    const { root, folder, media } = stand();
    const [first] = await createFitStore(root, folder).make([media]);
    writeFileSync(join(folder, first!.sha256), Buffer.alloc(first!.bytes, 7));
    expect(await createFitStore(root, folder).make([media])).toEqual([first]);
    rmSync(join(folder, first!.sha256));
    const { media: file } = await createFitStore(root, folder).fitted(media, first);
    expect(file.sha256).toBe(first!.sha256);
    expect(readdirSync(folder)).toContain(first!.sha256);
  });

  test("is made anew where somebody else has put a picture under its name", async () => {
    const { root, folder, media } = stand();
    const [first] = await createFitStore(root, folder).make([media]);
    const other = await sharp(source).negate().jpeg().toBuffer();
    const sha256 = createHash("sha256").update(other).digest("hex");
    const [record] = readdirSync(folder).filter((name) => name.endsWith(".json"));
    const kept = JSON.parse(readFileSync(join(folder, record!), "utf8"));
    writeFileSync(join(folder, sha256), other);
    writeFileSync(join(folder, record!), JSON.stringify({ ...kept, sha256, bytes: other.length }));
    expect(await createFitStore(root, folder).make([media])).toEqual([first]);
  });

  test("stays what it was at the first attempt, or is refused", async () => {
    const { root, folder, media } = stand();
    const store = createFitStore(root, folder);
    const other = await store.fitted({ ...media, fit: { ...fit, quality: 50 } });
    // An earlier version of the library made this one, and it is still there.
    expect((await store.fitted(media, other.fitted)).media.sha256).toBe(other.fitted.sha256);
    rmSync(join(folder, other.fitted.sha256));
    await expect(store.fitted(media, other.fitted)).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("another version of the image library"),
    });
  });

  test("comes from the bytes that were planned, and from no others", async () => {
    const { root, folder, media } = stand();
    writeFileSync(join(root, media.file), await sharp(source).negate().png().toBuffer());
    await expect(createFitStore(root, folder).make([media])).rejects.toMatchObject({
      code: "rejected",
      message: expect.stringContaining("not the one that was planned"),
    });
  });
});

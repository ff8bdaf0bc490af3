import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import type { Fit } from "../../src/adapter.ts";
import { CannotFit, encodeAll, isTransparent } from "../../src/media/encode.ts";
import { project } from "../campaign/project.ts";

const noise = { type: "gaussian" as const, mean: 128, sigma: 40 };
/** As large as a photograph of its size. */
const photo = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: "#888", noise } });
const made = (changes: Partial<Fit> = {}): Fit => ({
  type: "image/jpeg",
  width: 600,
  height: 400,
  bytes: 1_000_000,
  quality: 90,
  ...changes,
});
const one = async (source: Uint8Array, wanted: Fit) => (await encodeAll(source, [wanted]))[0]!;

describe("a picture that is made to fit", () => {
  test("has the size and the type that were planned, and no metadata", async () => {
    const source = await photo(1200, 800)
      .withExif({ IFD0: { Artist: "Anna" }, IFD3: { GPSLatitudeRef: "N" } })
      .withIccProfile("p3")
      .jpeg()
      .toBuffer();
    expect((await sharp(source).metadata()).exif).toBeDefined();
    for (const type of ["image/jpeg", "image/png", "image/webp"]) {
      const { bytes, width, height } = await one(source, made({ type }));
      const found = await sharp(bytes).metadata();
      expect(found).toMatchObject({ width: 600, height: 400, format: type.split("/")[1] });
      expect([width, height]).toEqual([600, 400]);
      expect([found.exif, found.icc, found.xmp]).toEqual([undefined, undefined, undefined]);
    }
  });

  test("has the smallest loss that fits: first in quality, then in size", async () => {
    const source = await photo(600, 400).png().toBuffer();
    const [large, less, small] = await encodeAll(source, [
      made(),
      made({ bytes: 140_000 }),
      made({ bytes: 20_000 }),
    ]);
    expect(large).toMatchObject({ width: 600, height: 400 });
    expect(less).toMatchObject({ width: 600, height: 400 });
    expect(less!.bytes.length).toBeLessThan(large!.bytes.length);
    expect(less!.bytes.length).toBeLessThanOrEqual(140_000);
    expect(small!.bytes.length).toBeLessThanOrEqual(20_000);
    expect(small!.width).toBeLessThan(600);
    expect(small!.width / small!.height).toBeCloseTo(1.5, 1);
  });

  test("is upright, whatever its EXIF data says", async () => {
    const source = await photo(400, 600).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await one(source, made({ width: 300, height: 200 }))).toMatchObject({ width: 300, height: 200 });
    const { orientation } = await sharp((await one(source, made())).bytes).metadata();
    expect(orientation).toBeUndefined();
  });

  test("shows the part that was chosen, also when it is scaled", async () => {
    // Red on the left, green on the right.
    const half = { width: 600, height: 800, channels: 3 as const };
    const source = await sharp({ create: { width: 1200, height: 800, channels: 3, background: "#ff0000" } })
      .composite([{ input: { create: { ...half, background: "#00ff00" } }, left: 600, top: 0 }])
      .png()
      .toBuffer();
    const crop = { left: 600, top: 0, width: 600, height: 800 };
    const { bytes } = await one(source, made({ crop, width: 150, height: 200 }));
    const { channels } = await sharp(bytes).stats();
    expect(channels[0]!.mean).toBeLessThan(5);
    expect(channels[1]!.mean).toBeGreaterThan(250);
  });

  test("has its bars in the colour that was asked for", async () => {
    const source = await sharp({ create: { width: 100, height: 300, channels: 3, background: "#ff0000" } })
      .png()
      .toBuffer();
    const bars = { width: 300, height: 300, color: "#0000ff" };
    const { bytes } = await one(source, made({ bars, width: 150, height: 150 }));
    const at = async (left: number, top: number) =>
      sharp(await sharp(bytes).extract({ left, top, width: 10, height: 10 }).png().toBuffer()).stats();
    const [corner, middle] = [await at(0, 0), await at(70, 70)];
    expect(corner.channels[2]!.mean).toBeGreaterThan(250);
    expect(middle.channels[0]!.mean).toBeGreaterThan(250);
  });

  test("is white behind what one can see through, where nothing can be seen through", async () => {
    const clear = await sharp({ create: { width: 60, height: 40, channels: 4, background: "#00000000" } })
      .png()
      .toBuffer();
    const { channels } = await sharp((await one(clear, made({ width: 60, height: 40 }))).bytes).stats();
    expect(channels[0]!.mean).toBeGreaterThan(250);
  });

  test("keeps all its frames where it may move, and the first where not", async () => {
    const frames = await Promise.all(
      ["#ff0000", "#00ff00", "#0000ff"].map((background) =>
        sharp({ create: { width: 40, height: 40, channels: 3, background } })
          .png()
          .toBuffer(),
      ),
    );
    const source = await sharp(frames, { join: { animated: true } })
      .gif()
      .toBuffer();
    const size = { width: 20, height: 20, quality: undefined };
    const moving = await one(source, made({ ...size, type: "image/gif", moving: true }));
    expect((await sharp(moving.bytes).metadata()).pages).toBe(3);
    expect(moving).toMatchObject({ width: 20, height: 20 });
    const still = await one(source, made({ ...size, type: "image/png" }));
    expect((await sharp(still.bytes).metadata()).pages ?? 1).toBe(1);
  });

  test("that ends early, or cannot be made so small, is one error", async () => {
    const source = await photo(600, 400).jpeg().toBuffer();
    const half = Buffer.concat([source.subarray(0, source.length / 2), Buffer.from([0xff, 0xd9])]);
    await expect(one(half, made())).rejects.toThrow(CannotFit);
    await expect(one(Buffer.from("no picture"), made())).rejects.toThrow(CannotFit);
    await expect(one(source, made({ bytes: 200 }))).rejects.toThrow("cannot be made smaller than 200 bytes");
  });

  test("is not decoded if it claims more pixels than a camera has", async () => {
    const bomb = await photo(60, 40).png().toBuffer();
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(40_000, 20);
    await expect(one(bomb, made())).rejects.toThrow(CannotFit);
  });
});

test("whether one can see through a picture is a question of its pixels", async () => {
  const make = (alpha: number) =>
    sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 1, g: 2, b: 3, alpha } } })
      .png()
      .toBuffer();
  const folder = project({ "solid.png": await make(1), "clear.png": await make(0.5) });
  expect(await isTransparent(join(folder, "solid.png"))).toBe(false);
  expect(await isTransparent(join(folder, "clear.png"))).toBe(true);
});

import { describe, expect, test } from "vitest";
import type { FileRules } from "../../src/adapter.ts";
import { expected, type Framing, fitOf, type Picture } from "../../src/media/fit.ts";

const rules = (changes: Partial<FileRules> = {}): FileRules => ({
  types: ["image/jpeg", "image/png", "image/gif"],
  bytes: 1_000_000,
  ...changes,
});
const picture = (changes: Partial<Picture> = {}): Picture => ({
  type: "image/jpeg",
  bytes: 500_000,
  width: 3000,
  height: 2000,
  ...changes,
});
const made = (changes: Partial<Picture>, declared: Partial<FileRules> = {}, framing: Framing = {}) =>
  fitOf(picture(changes), rules(declared), framing);

describe("a picture", () => {
  test.each<[string, Partial<Picture>, Partial<FileRules>]>([
    ["that fits", {}, {}],
    ["whose size nobody knows", { width: undefined, height: undefined, bytes: 9_000_000 }, {}],
    ["that the library does not read", { type: "image/heic" }, {}],
    ["for a network that takes none that can be made", {}, { types: ["image/bmp"] }],
    ["of a shape that is not taken, where the author says nothing", {}, { ratio: 1.2 }],
  ])("%s is left alone", (_, changes, declared) => {
    expect(made(changes, declared)).toBeUndefined();
  });

  test.each<[string, Partial<Picture>, Partial<FileRules>, object]>([
    ["of too many bytes keeps its size", { bytes: 2_000_000 }, {}, { width: 3000, height: 2000 }],
    ["too long", {}, { side: 1500 }, { width: 1500, height: 1000 }],
    ["of too many pixels", {}, { pixels: 1_500_000 }, { width: 1500, height: 1000 }],
    ["too long and too high together", {}, { sum: 2500 }, { width: 1500, height: 1000 }],
    ["under several bounds", {}, { side: 2000, sum: 1000 }, { width: 600, height: 400 }],
  ])("%s", (_, changes, declared, size) => {
    const found = made(changes, declared);
    expect(found).toEqual({ type: "image/jpeg", bytes: 1_000_000, quality: 90, ...size });
  });

  test.each<[string, Partial<Picture>, Partial<FileRules>, string]>([
    ["a photograph in a format of its own", { type: "image/avif" }, {}, "image/jpeg"],
    ["a screen that is only too wide stays sharp", { type: "image/png" }, { side: 1000 }, "image/png"],
    ["a screen of too many bytes", { type: "image/png", bytes: 5e6 }, {}, "image/jpeg"],
    ["one can see through it", { type: "image/png", bytes: 5e6, transparent: true }, {}, "image/png"],
    [
      "one can see through it, and WebP is taken",
      { type: "image/png", bytes: 5e6, transparent: true },
      { types: ["image/jpeg", "image/webp", "image/png"] },
      "image/webp",
    ],
    [
      "one can see through it, and nothing for that is taken",
      { type: "image/png", transparent: true },
      { types: ["image/jpeg"] },
      "image/jpeg",
    ],
    ["a TIFF", { type: "image/tiff" }, {}, "image/png"],
  ])("becomes the type that keeps most of it: %s", (_, changes, declared, type) => {
    expect(made(changes, declared)?.type).toBe(type);
  });

  test("that moves keeps moving where that is taken, and stands still where not", () => {
    const moving = { type: "image/gif", animated: true, bytes: 5e6 };
    expect(made(moving)).toMatchObject({ type: "image/gif", moving: true });
    expect(made(moving, { types: ["image/webp"] })).toMatchObject({ type: "image/webp", moving: true });
    expect(made(moving, { still: ["image/gif"] })).not.toHaveProperty("moving");
    expect(made(moving, { types: ["image/jpeg"] })).not.toHaveProperty("moving");
  });

  test("is cropped around its focus, in the nearest shape that is taken", () => {
    const shape: [number, number] = [0.8, 1];
    expect(made({}, { shape }, { focus: { x: 0.5, y: 0.5 } })).toMatchObject({
      crop: { left: 500, top: 0, width: 2000, height: 2000 },
      width: 2000,
      height: 2000,
    });
    expect(made({}, { shape }, { focus: { x: 1, y: 0 } })?.crop?.left).toBe(1000);
    expect(made({}, { shape }, { focus: { x: 0.1, y: 0 } })?.crop?.left).toBe(0);
    expect(made({ width: 1000, height: 2000 }, { shape }, { focus: { x: 0, y: 0 } })?.crop).toEqual({
      left: 0,
      top: 0,
      width: 1000,
      height: 1250,
    });
  });

  test("gets bars in the nearest shape that is taken", () => {
    const tall = made({ width: 1000, height: 3000 }, { ratio: 2, side: 1500 }, { bars: "#ffffff" });
    expect(tall).toMatchObject({
      bars: { width: 1500, height: 3000, color: "#ffffff" },
      width: 750,
      height: 1500,
    });
    expect(made({ width: 1000, height: 2000 }, { ratio: 2 }, { bars: "#ffffff" })).toBeUndefined();
  });

  test("that moves and must have another shape stands still", () => {
    const moving = { type: "image/gif", animated: true, width: 2400, height: 60 };
    const cropped = made(moving, { ratio: 20 }, { focus: { x: 0.5, y: 0.5 } });
    expect(cropped).toMatchObject({ crop: { width: 1200, height: 60 } });
    expect(cropped).not.toHaveProperty("moving");
  });

  test("is never made larger than any screen, and is left alone where nothing is left of the bytes", () => {
    const huge = made({ width: 11_000, height: 10_000, bytes: 5e6 });
    expect(huge!.width * huge!.height).toBeLessThanOrEqual(40_000_000);
    expect(fitOf(picture(), rules({ bytes: -5 }))).toBeUndefined();
  });

  test("is planned as what it becomes", () => {
    const media = {
      file: "a.png",
      sha256: "00",
      alt: "",
      type: "image/png",
      bytes: 5e6,
      width: 3000,
      height: 2000,
    };
    const wanted = fitOf(media, rules({ side: 300 }))!;
    expect(expected({ ...media, fit: wanted })).toEqual({
      ...media,
      type: "image/jpeg",
      bytes: 1_000_000,
      width: 300,
      height: 200,
    });
    expect(expected(media)).toBe(media);
  });
});

import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { describeMedia } from "../../src/media/file.ts";
import { project } from "../campaign/project.ts";
import * as images from "./images.ts";

const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** A JPEG of 4 × 2 pixels as stored, with an EXIF orientation: just enough for its header to be read. */
function jpeg(orientation: number): Buffer {
  const exif = Buffer.from(
    `45786966000049492a000800000001001201030001000000${orientation.toString(16).padStart(2, "0")}00000000000000`,
    "hex",
  );
  const app1 = Buffer.concat([Buffer.from([0xff, 0xe1, 0, exif.length + 2]), exif]);
  const frame = Buffer.from("ffc00011080002000403012200021101031101", "hex");
  const scan = Buffer.from("ffda000c03010002110311003f0012ffd9", "hex");
  return Buffer.concat([Buffer.from([0xff, 0xd8]), app1, frame, scan]);
}

describe("a media file", () => {
  test("is known by its bytes and not by its name", async () => {
    const folder = project({ "images/a.jpg": PNG });
    expect(await describeMedia(folder, "./images/a.jpg")).toEqual({
      file: "images/a.jpg",
      path: join(folder, "images/a.jpg"),
      sha256: createHash("sha256").update(PNG).digest("hex"),
      bytes: PNG.length,
      type: "image/png",
      width: 1,
      height: 1,
    });
  });

  test.each([
    ["WEBVTT\n\n00:00.000 --> 00:02.000\nHello\n", "text/vtt"],
    ["\ufeffWEBVTT - said by Marta\n", "text/vtt"],
    ["1\r\n00:00:00,000 --> 00:00:02,000\r\nHello\r\n", "application/x-subrip"],
  ])("may be captions: %j", async (text, type) => {
    expect(await describeMedia(project({ "a.txt": text }), "a.txt")).toMatchObject({ type });
  });

  test.each(["WEBVTTS\n", "1\nHello\n", "00:00:00,000 --> 00:00:02,000\n"])(
    "is not captions: %j",
    async (text) => {
      expect(await describeMedia(project({ "a.vtt": text }), "a.vtt")).toMatchObject({ code: "media-type" });
    },
  );

  test("has the size that people see, not the one that the camera stored", async () => {
    const folder = project({ "upright.jpg": jpeg(1), "turned.jpg": jpeg(6) });
    expect(await describeMedia(folder, "upright.jpg")).toMatchObject({
      type: "image/jpeg",
      width: 4,
      height: 2,
    });
    expect(await describeMedia(folder, "turned.jpg")).toMatchObject({ width: 2, height: 4 });
  });

  test.each([
    ["a PNG", (orientation: number) => images.png({ orientation })],
    ["a WebP", (orientation: number) => images.webp({ orientation })],
  ])("has the size that people see, in %s too", async (_, make) => {
    const folder = project({
      "upright.x": make(1),
      "half.x": make(3),
      "turned.x": make(6),
      "odd.x": make(9),
    });
    for (const name of ["upright.x", "half.x", "odd.x"])
      expect(await describeMedia(folder, name), name).toMatchObject({ width: 4, height: 2 });
    expect(await describeMedia(folder, "turned.x")).toMatchObject({ width: 2, height: 4 });
  });

  test.each([
    ["a GIF", images.gif(2), images.gif(1)],
    ["a WebP", images.webp({ moves: true }), images.webp()],
    ["a PNG", images.png({ moves: true }), images.png()],
  ])("that moves is known from one that does not: %s", async (_, moves, still) => {
    const folder = project({ moves, still });
    expect(await describeMedia(folder, "moves")).toMatchObject({ animated: true });
    expect(await describeMedia(folder, "still")).not.toHaveProperty("animated");
  });

  test.each([
    ["a PNG", images.png()],
    ["a GIF", images.gif(3)],
    ["a WebP", images.webp({ orientation: 1 })],
    ["a JPEG", images.jpeg()],
  ])("that is half there is refused: %s", async (_, whole) => {
    const folder = project({ whole, half: whole.subarray(0, whole.length - 12) });
    expect(await describeMedia(folder, "whole")).not.toHaveProperty("severity");
    expect(await describeMedia(folder, "half")).toMatchObject({
      severity: "error",
      code: "media-unreadable",
      message: "`half` is cut off: its end is missing",
    });
  });

  test.each([
    ["a PNG", images.png()],
    ["a GIF", images.gif(2)],
    ["a WebP", images.webp()],
    ["a JPEG", images.jpeg()],
  ])("that has another file behind its end is told: %s", async (_, whole) => {
    const zip = Buffer.from("PK\x03\x04 a program");
    const folder = project({
      "two.x": Buffer.concat([whole, zip]),
      "filled.x": Buffer.concat([whole, Buffer.alloc(9)]),
    });
    expect(await describeMedia(folder, "two.x")).toMatchObject({ rest: zip.length });
    expect(await describeMedia(folder, "filled.x")).not.toHaveProperty("rest");
  });

  test("may be a telephone's, with a film behind it", async () => {
    const film = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypisom"), Buffer.alloc(12)]);
    const [start, rest] = [images.jpeg().subarray(0, 2), images.jpeg().subarray(2)];
    const words = Buffer.from("http://ns.adobe.com/xap/1.0/\0<x GCamera:MotionPhoto=1/>");
    const app1 = Buffer.concat([Buffer.from([0xff, 0xe1, 0, words.length + 2]), words]);
    const folder = project({
      "a.jpg": Buffer.concat([start, app1, rest, film]),
      // Nothing in it says that there is one.
      "b.jpg": Buffer.concat([images.jpeg(), film]),
      "c.jpg": Buffer.concat([images.jpeg(), images.jpeg()]),
    });
    expect(await describeMedia(folder, "a.jpg")).not.toHaveProperty("rest");
    for (const name of ["b.jpg", "c.jpg"])
      expect(await describeMedia(folder, name), name).toHaveProperty("rest");
  });

  test("that is turned is seen as its readers see it, in AVIF and TIFF, too", async () => {
    const picture = sharp({ create: { width: 60, height: 30, channels: 3, background: "#fff" } });
    const turned = await picture.clone().withMetadata({ orientation: 6 }).tiff().toBuffer();
    const avif = await picture.clone().avif({ effort: 0 }).toBuffer();
    const folder = project({ "a.tiff": turned, "flat.avif": avif });
    expect(await describeMedia(folder, "a.tiff")).toMatchObject({
      type: "image/tiff",
      width: 30,
      height: 60,
    });
    expect(await describeMedia(folder, "flat.avif")).toMatchObject({
      type: "image/avif",
      width: 60,
      height: 30,
    });
  });

  test.each([
    [
      "half an AVIF",
      async () =>
        (
          await sharp({ create: { width: 60, height: 30, channels: 3, background: "#fff" } })
            .avif({ effort: 0 })
            .toBuffer()
        ).subarray(0, -20),
    ],
    ["a JPEG that ends before its scan", async () => images.jpeg().subarray(0, 21)],
    ["a PNG without pixels", async () => images.png({ pixels: false })],
    ["a PNG of no size", async () => images.png({ size: [0, 0] })],
  ])("that is none is refused: %s", async (_, make) => {
    const folder = project({ x: await make() });
    expect(await describeMedia(folder, "x")).toMatchObject({ code: "media-unreadable" });
  });

  test("tells where it was taken by XMP, too", async () => {
    const [start, rest] = [images.jpeg().subarray(0, 2), images.jpeg().subarray(2)];
    const words = Buffer.from('http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude="52,30N"/>');
    const app1 = Buffer.concat([Buffer.from([0xff, 0xe1, 0, words.length + 2]), words]);
    const folder = project({ "a.jpg": Buffer.concat([start, app1, rest]) });
    expect(await describeMedia(folder, "a.jpg")).toMatchObject({ located: true });
  });

  test("with a checksum that does not hold is refused", async () => {
    const spoilt = images.png();
    spoilt[spoilt.length - 20]! ^= 1;
    expect(await describeMedia(project({ spoilt }), "spoilt")).toMatchObject({
      code: "media-unreadable",
      message: "`spoilt` is damaged: a checksum in it does not hold",
    });
  });

  test("that claims more pixels than a camera has is refused", async () => {
    const bomb = images.png({ size: [60_000, 40_000] });
    expect(await describeMedia(project({ bomb }), "bomb")).toMatchObject({
      code: "media-size",
      message: "`bomb` says that it is 60000 × 40000; pictures are read up to 80 million pixels",
    });
  });

  test("tells whether it says where it was taken", async () => {
    const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: "#fff" } });
    const place = { IFD0: { Artist: "Anna" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "52/1 30/1 0/1" } };
    const folder = project({
      "there.jpg": await picture.clone().withExif(place).jpeg().toBuffer(),
      "there.png": await picture.clone().withExif(place).png().toBuffer(),
      "there.webp": await picture.clone().withExif(place).webp().toBuffer(),
      "nowhere.jpg": await picture
        .clone()
        .withExif({ IFD0: { Artist: "Anna" } })
        .jpeg()
        .toBuffer(),
    });
    for (const name of ["there.jpg", "there.png", "there.webp"])
      expect(await describeMedia(folder, name), name).toMatchObject({ located: true });
    expect(await describeMedia(folder, "nowhere.jpg")).not.toHaveProperty("located");
  });

  test("is digested whole, however large", async () => {
    const large = Buffer.concat([PNG, Buffer.alloc(6_000_000, 7)]);
    const folder = project({ "a.png": large });
    expect(await describeMedia(folder, "a.png")).toMatchObject({
      bytes: large.length,
      sha256: createHash("sha256").update(large).digest("hex"),
    });
  });

  test("may be reached through a link inside the project", async () => {
    const folder = project({ "images/a.png": PNG });
    symlinkSync(join(folder, "images"), join(folder, "pictures"));
    expect(await describeMedia(folder, "pictures/a.png")).toMatchObject({
      file: "pictures/a.png",
      type: "image/png",
    });
  });

  test.each([
    ["missing.png", "media-missing"],
    ["../a.png", "media-outside"],
    ["images/../../a.png", "media-outside"],
    ["/etc/passwd", "media-outside"],
    ["linked/passwd", "media-outside"],
    ["folder", "media-not-a-file"],
    ["loop.png", "media-unreadable"],
    ["empty.png", "media-empty"],
    ["notes.txt", "media-type"],
    ["https://acme.example/a.png", "media-remote"],
    [".", "media-outside"],
  ])("%s is refused: %s", async (file, code) => {
    const folder = project({ "empty.png": "", "notes.txt": "words" });
    mkdirSync(join(folder, "folder"));
    symlinkSync("/etc", join(folder, "linked"));
    symlinkSync("loop.png", join(folder, "loop.png"));
    expect(await describeMedia(folder, file)).toMatchObject({ severity: "error", code });
  });
});

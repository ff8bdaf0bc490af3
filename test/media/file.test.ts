import { createHash } from "node:crypto";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
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
  return Buffer.concat([Buffer.from([0xff, 0xd8]), app1, frame, Buffer.from([0xff, 0xd9])]);
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

  test("may be a video", async () => {
    const mp4 = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypisom"), Buffer.alloc(12)]);
    const folder = project({ "a.mp4": mp4 });
    expect(await describeMedia(folder, "a.mp4")).toMatchObject({ type: "video/mp4", bytes: 24 });
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

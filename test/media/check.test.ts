import { describe, expect, test } from "vitest";
import type { Media, MediaRules } from "../../src/adapter.ts";
import { checkMedia } from "../../src/media/check.ts";

const rules: MediaRules = {
  count: 2,
  alt: 10,
  image: {
    types: ["image/png", "image/jpeg"],
    bytes: 1_000_000,
    pixels: 1_000_000,
    side: 2000,
    sum: 3000,
    ratio: 3,
  },
  video: { types: ["video/mp4"], bytes: 40_000_000 },
};

const image = (changes: Partial<Media> = {}): Media => ({
  file: "a.png",
  sha256: "",
  type: "image/png",
  bytes: 1000,
  width: 100,
  height: 100,
  alt: "A dot",
  ...changes,
});
const video = (changes: Partial<Media> = {}) => image({ file: "a.mp4", type: "video/mp4", ...changes });

const codes = (media: Media[], declared: MediaRules | "none" = rules) =>
  checkMedia(media, declared, "Birdsong").map(({ code }) => code);

test("a network that takes no post without a file says so, and one with", () => {
  expect(codes([], { ...rules, least: 1 })).toEqual(["media-count"]);
  expect(codes([image()], { ...rules, least: 1 })).toEqual([]);
});

describe("what a network takes", () => {
  test.each<[string, Media[], string[]]>([
    ["nothing", [], []],
    [
      "as much as it allows",
      [image({ bytes: 1_000_000, width: 1000, height: 1000, alt: "0123456789" }), image()],
      [],
    ],
    ["an image of unknown size", [image({ width: undefined, height: undefined })], []],
    ["too many", [image(), image(), image()], ["media-count"]],
    ["images and videos", [image(), video()], ["media-mixed"]],
    ["another type", [image({ type: "image/webp" })], ["media-type"]],
    ["too many bytes", [image({ bytes: 1_000_001 })], ["media-bytes"]],
    ["too many pixels", [image({ width: 1001, height: 1000 })], ["media-size"]],
    ["too long a side", [image({ width: 2001, height: 400 })], ["media-size", "media-size"]],
    ["too long and too high together", [image({ width: 2000, height: 1001 })], ["media-size", "media-size"]],
    ["too narrow", [image({ width: 100, height: 301 })], ["media-size"]],
    ["too long an alt text", [image({ alt: "01234567890" })], ["alt-too-long"]],
  ])("%s", (_, media, expected) => {
    expect(codes(media)).toEqual(expected);
  });

  test("an alt text counts as the network counts", () => {
    const family = "👨‍👩‍👧‍👦";
    expect(codes([image({ alt: family.repeat(10) })])).toEqual([]);
    expect(codes([image({ alt: family })], { ...rules, altUnit: "utf16" })).toEqual(["alt-too-long"]);
  });

  test("images only", () => {
    expect(codes([video()], { ...rules, video: undefined })).toEqual(["media-type"]);
  });

  test("both kinds where that is allowed", () => {
    expect(codes([image(), video()], { ...rules, mixed: true })).toEqual([]);
  });

  test("no more of a kind than it allows, whatever fits in all", () => {
    const single = { ...rules, video: { ...rules.video!, count: 1 } };
    expect(codes([video()], single)).toEqual([]);
    expect(codes([video(), video()], single)).toEqual(["media-count"]);
    expect(codes([image(), image()], single)).toEqual([]);
    expect(checkMedia([video(), video()], single, "Birdsong")[0]?.message).toBe(
      "Birdsong takes 1 video in a post, not 2",
    );
  });

  test("sound and documents where they are declared", () => {
    const song = image({ file: "a.mp3", type: "audio/mpeg" });
    const paper = image({ file: "a.pdf", type: "application/pdf" });
    const audio = { types: ["audio/mpeg"], bytes: 5_000 };
    const document = { types: ["application/pdf"], bytes: 500 };
    expect(codes([song], { ...rules, audio })).toEqual([]);
    expect(codes([paper], { ...rules, document })).toEqual(["media-bytes"]);
    expect(codes([song, paper])).toEqual(["media-mixed", "media-type", "media-type"]);
  });

  test("a network without media says that they stay behind, and does not refuse", () => {
    expect(checkMedia([image()], "none", "Birdsong")).toMatchObject([
      { severity: "warning", code: "media-left-out" },
    ]);
    expect(codes([], "none")).toEqual([]);
  });

  test("the words name the file, what it is, and what would do", () => {
    const [problem] = checkMedia([image({ bytes: 2_500_000 })], rules, "Birdsong");
    expect(problem).toMatchObject({ message: "`a.png` has 2.5 MB; Birdsong takes 1 MB", index: 0 });
  });
});

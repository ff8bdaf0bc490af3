import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { describeMedia } from "../../src/media/file.ts";
import { project } from "../campaign/project.ts";

const video = (name: string) => readFileSync(join(import.meta.dirname, "videos", name));

describe("a video", () => {
  test.each<[string, object]>([
    ["h264.mp4", { type: "video/mp4", width: 64, height: 36, codec: "H.264" }],
    ["h265.mp4", { type: "video/mp4", width: 64, height: 36, codec: "H.265" }],
    ["vp9.webm", { type: "video/webm", width: 64, height: 36, codec: "VP9" }],
    // Held upright by whoever filmed it.
    ["turned.mov", { type: "video/quicktime", width: 36, height: 64, codec: "H.264" }],
  ])("is known as its player shows it: %s", async (name, facts) => {
    const found = await describeMedia(project({ [name]: video(name) }), name);
    expect(found).toMatchObject(facts);
    expect((found as { seconds: number }).seconds).toBeCloseTo(1, 1);
  });

  test.each(["h264.mp4", "vp9.webm", "turned.mov"])("that is half there is refused: %s", async (name) => {
    const whole = video(name);
    const folder = project({ half: whole.subarray(0, whole.length - 300) });
    expect(await describeMedia(folder, "half")).toMatchObject({
      code: "media-unreadable",
      message: "`half` is cut off: its end is missing",
    });
  });

  test("with lengths that lie ends in a description or in a problem, and in no other way", async () => {
    for (const name of ["h264.mp4", "vp9.webm"]) {
      const whole = video(name);
      for (let at = 0; at < whole.length; at += 7) {
        const lying = Buffer.from(whole);
        lying[at] = 0xff;
        const found = await describeMedia(project({ lying }), "lying");
        expect(Object.keys(found)).toContain("code" in found ? "message" : "sha256");
      }
    }
  });

  test("of many boxes within boxes is read in bounded time", async () => {
    const box = (name: string, content: Buffer) => {
      const head = Buffer.alloc(8);
      head.writeUInt32BE(content.length + 8);
      head.write(name, 4, "latin1");
      return Buffer.concat([head, content]);
    };
    const free = box("free", Buffer.alloc(0));
    const many = (count: number) => Buffer.concat(Array(count).fill(free));
    const type = box("ftyp", Buffer.from("isom\0\0\0\0isom", "latin1"));
    const folder = project({
      "inside.mp4": Buffer.concat([type, box("moov", many(160_000))]),
      "outside.mp4": Buffer.concat([type, many(160_000)]),
    });
    const began = performance.now();
    for (const name of ["inside.mp4", "outside.mp4"])
      expect(await describeMedia(folder, name)).toMatchObject({ type: "video/mp4" });
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

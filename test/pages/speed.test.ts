/** A page for fifty channels and eight pictures is there before one has let go of the key, and small enough for a mail. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, it } from "vitest";
import { previewOf } from "../../src/app/preview-page.ts";
import { everything } from "./everything.ts";

const stage = everything({ copies: 3 });
afterAll(() => rmSync(stage.folder, { recursive: true, force: true }));

it("is built in 1.5 seconds and takes less than a megabyte without its pictures", async () => {
  const names = Array.from({ length: 8 }, (_, n) => `photo-${n}.jpg`);
  for (const [n, name] of names.entries()) {
    const noise = {
      create: {
        width: 1600,
        height: 1000,
        channels: 3 as const,
        background: "#336",
        noise: { type: "gaussian" as const, mean: 100 + n, sigma: 30 },
      },
    };
    await sharp(noise).jpeg().toFile(join(stage.folder, name));
  }
  const channels = stage.channels.slice(0, 50);
  const only = Object.fromEntries(
    channels.map((name, n) => [name, { media: [{ file: names[n % 8], alt: `Photo ${n % 8}` }] }]),
  );
  const file = stage.write("fifty", {
    kind: "release",
    title: "Fifty",
    summary: "A summary that is about as long as summaries are, with a link.",
    body: "**Words** with [a link](https://acme.example/a).\n\n- one\n- two\n\n".repeat(8),
    link: "https://acme.example/",
    vars: { version: "1.0.0" },
    channels,
    only,
  });
  const project = await stage.open();
  // What is loaded at the first use is loaded; pictures are made anew each time.
  const times: number[] = [];
  let page = "";
  for (let n = 0; n < 3; n++) {
    rmSync(join(stage.folder, ".broadcast"), { recursive: true, force: true });
    const begun = performance.now();
    page = (await previewOf({ file }, project, { command: "broadcast preview" })).page;
    times.push(performance.now() - begun);
  }
  expect(page.match(/<article class="proof/g)).toHaveLength(50);
  expect(page.match(/data:image\/webp;base64,/g)).toHaveLength(8);
  const without = page.replace(/data:image\/webp;base64,[A-Za-z0-9+/=]*/g, "");
  expect(without.length).toBeLessThan(1_000_000);
  // The machine may be busy once.
  expect(Math.min(...times)).toBeLessThan(1_500);
}, 60_000);

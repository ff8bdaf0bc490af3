/** A page that needs several requests: whatever becomes of one of them, it is there once, and whole. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { notion } from "../../src/adapters/notion/notion.ts";
import type { Fault } from "../../src/sandbox/chaos.ts";
import { notion as half } from "../../src/sandbox/networks/notion/notion.ts";
import { sample } from "../sample.ts";
import { jumpingClock, type Loop, openLoop } from "./loop.ts";

const LINES = Array.from({ length: 230 }, (_, n) => `Item ${n}`);
const text = LINES.map((line) => `- ${line}`).join("\n");

describe.each(sample(half.ways.slice(0, 2), 1))("a long page of Notion: $name", (way) => {
  let clock: ReturnType<typeof jumpingClock>;
  beforeEach(() => {
    clock = jumpingClock();
  });
  afterEach(() => clock.restore());
  const on = async (steps: Fault[], test: (loop: Loop) => Promise<void>) => {
    const loop = await openLoop({ adapter: notion, way }, clock, [text], [{ path: "/v1/blocks", steps }]);
    try {
      await test(loop);
    } finally {
      await loop.close();
    }
  };
  const isWhole = async (loop: Loop) => {
    const posts = await loop.sandbox.posts();
    expect(posts.map((post) => post.text.split("\n"))).toEqual([LINES]);
    expect(await loop.history()).toMatchObject({ state: "published", receipts: [{ id: posts[0]!.id }] });
  };

  const faults: Fault[] = [
    ...(["reset", "commit-then-reset", "commit-then-502", "limited-seconds", "truncated-json"] as const),
    ...(["html-error", "commit-then-hang", "refuse"] as const),
  ];
  it.each(sample(faults, 3).flatMap((fault) => [[fault, 1] as const, [fault, 2] as const]))(
    "%s in request %i after the first",
    (fault, which) =>
      on([...Array(which - 1).fill("ok"), fault], async (loop) => {
        await loop.run({ deadline: fault === "commit-then-hang" ? 150 : 5_000 });
        await isWhole(loop);
      }),
  );

  it("killed when all is there and nothing is written down", () =>
    on([], async (loop) => {
      await loop.runAndDie();
      await loop.run();
      await isWhole(loop);
    }));
});

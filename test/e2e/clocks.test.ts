/**
 * Clocks that are wrong: ours against the server's, two machines against each other, one that is put right in between. A wrong
 * clock may make it wait; it never makes a post appear twice, and never leaves one stuck.
 */
import { afterAll, describe, expect, it } from "vitest";
import type { Clock } from "../../src/clock.ts";
import { createServerClocks } from "../../src/http/server-clock.ts";
import { sample } from "../sample.ts";
import { jumpingClock, type Loop, openLoop } from "../sandbox/loop.ts";
import { ROWS } from "../sandbox/rows.ts";

const clock = jumpingClock();
afterAll(() => clock.restore());

const SECOND = 1_000;
const HOUR = 3_600_000;

/** The same clock, wrong by so much. */
const wrongBy = (ms: number): Clock => ({ ...clock, now: () => clock.now() + ms });
/** Another process: it has heard of no server's clock yet. */
const machine = (ms: number) => ({ clock: wrongBy(ms), clocks: createServerClocks() });

const asking = ROWS.filter(({ asks, plain }) => asks && plain);
const all = ROWS.filter(({ plain }) => plain);

describe.each(asking)("$name", (row) => {
  const { text } = row;
  const on = async (test: (loop: Loop) => Promise<void>) => {
    const loop = await openLoop(row, clock, [text]);
    try {
      await test(loop);
    } finally {
      await loop.close();
    }
  };
  const out = async (loop: Loop) => (await loop.sandbox.posts()).length;

  it.each(sample([6 * SECOND, 90 * SECOND, 3 * HOUR, -6 * SECOND, -3 * HOUR], 1))(
    "posts once when our clock is %i ms ahead of the server's and the sender is killed",
    (ms) =>
      on(async (loop) => {
        await loop.runAndDie(machine(ms));
        await loop.run(machine(ms));
        expect(await out(loop)).toBe(1);
        expect((await loop.history()).state).toBe("published");
      }),
  );

  const PAIRS: readonly [number, number][] = [
    [0, 100 * SECOND],
    [100 * SECOND, 0],
    [-100 * SECOND, 100 * SECOND],
    [3 * HOUR, 0],
    [0, 3 * HOUR],
  ];
  it.each(sample(PAIRS, 1))(
    "posts once when the next machine's clock is another one: %i ms, then %i ms",
    (first, second) =>
      on(async (loop) => {
        await loop.runAndDie(machine(first));
        // The lease of a clock that is ahead is not over yet by ours: such a lease cannot be.
        await loop.run(machine(second));
        expect(await out(loop)).toBe(1);
        expect((await loop.history()).state).toBe("published");
      }),
  );
});

describe.each(all)("$name", (row) => {
  it("is not stuck after a clock that was three hours ahead is put right", async () => {
    const loop = await openLoop(row, clock, [row.text]);
    try {
      await loop.runAndDie(machine(3 * HOUR));
      await loop.run(machine(0));
      const { state } = await loop.history();
      expect(state).toBe(row.asks || row.adapter.idempotency !== "none" ? "published" : "held");
      expect((await loop.sandbox.posts()).length).toBe(1);
    } finally {
      await loop.close();
    }
  });
});
